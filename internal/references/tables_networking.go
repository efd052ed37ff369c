package references

// networking are the fields of ingress controllers, service meshes and what issues their certificates.
var networking = []row{
	{group: "networking.istio.io", kinds: kinds("Gateway"), paths: []string{
		"spec.servers[].tls.credentialName", "spec.servers[].tls.credentialNames[]",
		"spec.servers[].tls.caCertCredentialName",
	}, meaning: ReadsElsewhere},
	{group: "networking.istio.io", kinds: kinds("Sidecar"), paths: []string{
		"spec.ingress[].tls.credentialName", "spec.ingress[].tls.credentialNames[]"}},
	{group: "networking.istio.io", kinds: kinds("DestinationRule"), paths: []string{
		"spec.trafficPolicy.tls.credentialName", "spec.trafficPolicy.portLevelSettings[].tls.credentialName",
		"spec.trafficPolicy.tunnel.tls.credentialName", "spec.subsets[].trafficPolicy.tls.credentialName",
		"spec.subsets[].trafficPolicy.portLevelSettings[].tls.credentialName",
	}},
	{group: "projectcontour.io", kinds: kinds("ContourConfiguration"), paths: []string{
		"spec.envoy.clientCertificate.name", "spec.httpproxy.fallbackCertificate.name"}},
	{group: "projectcontour.io", kinds: kinds("ContourDeployment"), paths: []string{
		"spec.runtimeSettings.envoy.clientCertificate.name",
		"spec.runtimeSettings.httpproxy.fallbackCertificate.name"}},
	{group: "gateway.envoyproxy.io", kinds: kinds("EnvoyProxy"),
		paths: []string{"spec.backendTLS.clientCertificateRef.name"}},
	{group: "gateway.envoyproxy.io", kinds: kinds("Backend"), paths: []string{"spec.tls.clientCertificateRef.name"}},
	{group: "route.openshift.io", kinds: kinds("Route"), paths: []string{"spec.tls.externalCertificate.name"}},
	{group: "cert-manager.io", kinds: kinds("Issuer", "ClusterIssuer"),
		paths: []string{"spec.venafi.tpp.credentialsRef.name"}},
	{group: "chisel-operator.io", kinds: kinds("ExitNode"), paths: []string{"spec.auth"}},
	{group: "chisel-operator.io", kinds: kinds("ExitNodeProvisioner"), paths: []string{
		"spec.AWS.auth", "spec.DigitalOcean.auth", "spec.Linode.auth"}},
}

package wiring

// networking are the fields of ingress controllers, service meshes and what issues their certificates.
var networking = []row{
	{group: "networking.istio.io", kinds: kinds("Gateway"), paths: []string{
		"spec.servers[].tls.credentialName", "spec.servers[].tls.credentialNames[]", "spec.servers[].tls.caCertCredentialName",
	}, meaning: elsewhere},
	{group: "networking.istio.io", kinds: kinds("DestinationRule"), paths: []string{
		"spec.trafficPolicy.tls.credentialName", "spec.trafficPolicy.portLevelSettings[].tls.credentialName",
		"spec.trafficPolicy.tunnel.tls.credentialName", "spec.subsets[].trafficPolicy.tls.credentialName",
		"spec.subsets[].trafficPolicy.portLevelSettings[].tls.credentialName",
	}},
	{group: "route.openshift.io", kinds: kinds("Route"), paths: []string{"spec.tls.externalCertificate.name"}},
	{group: "cert-manager.io", kinds: kinds("Issuer", "ClusterIssuer"), paths: []string{"spec.venafi.tpp.credentialsRef.name"}},
}

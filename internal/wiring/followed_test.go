package wiring

import "slices"

// followedRow is fields of some kinds that must follow, by the tables or by their shape.
type followedRow struct {
	group string
	kinds []string
	paths []string
	// pods are paths at which fields of a pod are.
	pods []string
}

// followed are the fields that a reader of the API references of these projects expects to follow.
var followed = []followedRow{
	// Kubernetes
	{group: "", kinds: kinds("ServiceAccount"), paths: []string{"secrets[].name", "imagePullSecrets[].name"}},
	{group: "", kinds: kinds("PersistentVolume"), paths: []string{
		"spec.azureFile.secretName", "spec.cephfs.secretRef.name", "spec.cinder.secretRef.name",
		"spec.flexVolume.secretRef.name",
		"spec.iscsi.secretRef.name", "spec.rbd.secretRef.name", "spec.scaleIO.secretRef.name",
		"spec.storageos.secretRef.name",
		"spec.csi.controllerExpandSecretRef.name", "spec.csi.controllerPublishSecretRef.name",
		"spec.csi.nodeExpandSecretRef.name",
		"spec.csi.nodePublishSecretRef.name", "spec.csi.nodeStageSecretRef.name",
	}},
	{group: "networking.k8s.io", kinds: kinds("Ingress"), paths: ingress},
	{group: "extensions", kinds: kinds("Ingress"), paths: ingress},
	{group: "rbac.authorization.k8s.io", kinds: kinds("Role", "ClusterRole"),
		paths: []string{"rules[].resourceNames[]"}},
	{group: "storage.k8s.io", kinds: kinds("StorageClass"), paths: []string{
		"parameters.secretName", "parameters.adminSecretName", "parameters.userSecretName", "parameters.secretRef",
		`parameters.csi\.storage\.k8s\.io/provisioner-secret-name`,
		`parameters.csi\.storage\.k8s\.io/node-stage-secret-name`,
		`parameters.csi\.storage\.k8s\.io/node-publish-secret-name`,
		`parameters.csi\.storage\.k8s\.io/node-expand-secret-name`,
		`parameters.csi\.storage\.k8s\.io/controller-publish-secret-name`,
		`parameters.csi\.storage\.k8s\.io/controller-expand-secret-name`,
	}},
	{group: "gateway.networking.k8s.io", kinds: kinds("Gateway"), paths: []string{
		"spec.listeners[].tls.certificateRefs[].name",
		"spec.listeners[].tls.frontendValidation.caCertificateRefs[].name"}},
	{group: "gateway.networking.k8s.io", kinds: kinds("BackendTLSPolicy"),
		paths: []string{"spec.validation.caCertificateRefs[].name"}},

	// Ingress controllers and meshes
	{group: "networking.istio.io", kinds: kinds("Gateway"), paths: []string{"spec.servers[].tls.credentialName"}},
	{group: "networking.istio.io", kinds: kinds("DestinationRule"), paths: []string{
		"spec.trafficPolicy.tls.credentialName", "spec.trafficPolicy.portLevelSettings[].tls.credentialName",
		"spec.subsets[].trafficPolicy.tls.credentialName"}},
	{group: "traefik.io", kinds: kinds("IngressRoute", "IngressRouteTCP"), paths: []string{"spec.tls.secretName"}},
	{group: "traefik.io", kinds: kinds("TLSStore"),
		paths: []string{"spec.defaultCertificate.secretName", "spec.certificates[].secretName"}},
	{group: "traefik.io", kinds: kinds("Middleware"),
		paths: []string{"spec.basicAuth.secret", "spec.digestAuth.secret", "spec.forwardAuth.tls.certSecret",
			"spec.forwardAuth.tls.caSecret"}},
	{group: "traefik.io", kinds: kinds("ServersTransport"),
		paths: []string{"spec.certificatesSecrets[]", "spec.rootCAsSecrets[]"}},
	{group: "projectcontour.io", kinds: kinds("HTTPProxy"),
		paths: []string{"spec.virtualhost.tls.secretName", "spec.virtualhost.tls.clientValidation.caSecret"}},
	{group: "route.openshift.io", kinds: kinds("Route"), paths: []string{"spec.tls.externalCertificate.name"}},
	{group: "serving.knative.dev", kinds: kinds("DomainMapping"), paths: []string{"spec.tls.secretName"}},

	// cert-manager
	{group: "cert-manager.io", kinds: kinds("Certificate"), paths: []string{
		"spec.keystores.jks.passwordSecretRef.name", "spec.keystores.pkcs12.passwordSecretRef.name"}},
	{group: "cert-manager.io", kinds: kinds("Issuer", "ClusterIssuer"), paths: []string{
		"spec.ca.secretName", "spec.acme.privateKeySecretRef.name",
		"spec.acme.externalAccountBinding.keySecretRef.name",
		"spec.vault.auth.tokenSecretRef.name", "spec.vault.auth.appRole.secretRef.name",
		"spec.vault.auth.kubernetes.secretRef.name",
		"spec.vault.auth.clientCertificate.secretName", "spec.vault.caBundleSecretRef.name",
		"spec.vault.clientCertSecretRef.name", "spec.vault.clientKeySecretRef.name",
		"spec.venafi.tpp.credentialsRef.name", "spec.venafi.cloud.apiTokenSecretRef.name",
		"spec.acme.solvers[].dns01.acmeDNS.accountSecretRef.name",
		"spec.acme.solvers[].dns01.akamai.accessTokenSecretRef.name",
		"spec.acme.solvers[].dns01.akamai.clientSecretSecretRef.name",
		"spec.acme.solvers[].dns01.akamai.clientTokenSecretRef.name",
		"spec.acme.solvers[].dns01.azureDNS.clientSecretSecretRef.name",
		"spec.acme.solvers[].dns01.cloudDNS.serviceAccountSecretRef.name",
		"spec.acme.solvers[].dns01.cloudflare.apiKeySecretRef.name",
		"spec.acme.solvers[].dns01.cloudflare.apiTokenSecretRef.name",
		"spec.acme.solvers[].dns01.digitalocean.tokenSecretRef.name",
		"spec.acme.solvers[].dns01.rfc2136.tsigSecretSecretRef.name",
		"spec.acme.solvers[].dns01.route53.accessKeyIDSecretRef.name",
		"spec.acme.solvers[].dns01.route53.secretAccessKeySecretRef.name",
	}},

	// Prometheus Operator
	{group: "monitoring.coreos.com", kinds: kinds("Prometheus", "PrometheusAgent"), pods: []string{"spec"},
		paths: slices.Concat([]string{
			"spec.secrets[]", "spec.additionalScrapeConfigs.name", "spec.additionalAlertManagerConfigs.name",
			"spec.additionalAlertRelabelConfigs.name", "spec.thanos.objectStorageConfig.name"},
			scrape("spec.remoteWrite[]"), scrape("spec.remoteRead[]"), scrape("spec.apiserverConfig"))},
	{group: "monitoring.coreos.com", kinds: kinds("ServiceMonitor"), paths: scrape("spec.endpoints[]")},
	{group: "monitoring.coreos.com", kinds: kinds("PodMonitor"), paths: scrape("spec.podMetricsEndpoints[]")},
	{group: "monitoring.coreos.com", kinds: kinds("Probe", "ScrapeConfig"), paths: scrape("spec")},
	{group: "monitoring.coreos.com", kinds: kinds("Alertmanager"), pods: []string{"spec"},
		paths: []string{"spec.configSecret", "spec.secrets[]"}},
	{group: "monitoring.coreos.com", kinds: kinds("ThanosRuler"), pods: []string{"spec"}, paths: []string{
		"spec.objectStorageConfig.name", "spec.alertmanagersConfig.name", "spec.queryConfig.name"}},
	{group: "monitoring.coreos.com", kinds: kinds("AlertmanagerConfig"), paths: []string{
		"spec.receivers[].slackConfigs[].apiURL.name", "spec.receivers[].pagerdutyConfigs[].routingKey.name",
		"spec.receivers[].pagerdutyConfigs[].serviceKey.name", "spec.receivers[].opsgenieConfigs[].apiKey.name",
		"spec.receivers[].webhookConfigs[].urlSecret.name", "spec.receivers[].emailConfigs[].authPassword.name",
		"spec.receivers[].emailConfigs[].authSecret.name", "spec.receivers[].telegramConfigs[].botToken.name",
		"spec.receivers[].discordConfigs[].apiURL.name", "spec.receivers[].pushoverConfigs[].token.name",
		"spec.receivers[].pushoverConfigs[].userKey.name", "spec.receivers[].victoropsConfigs[].apiKey.name",
		"spec.receivers[].msteamsConfigs[].webhookUrl.name",
		"spec.receivers[].webexConfigs[].httpConfig.authorization.credentials.name"}},

	// Flux
	{group: "source.toolkit.fluxcd.io", kinds: kinds(
		"GitRepository", "HelmRepository", "OCIRepository", "Bucket", "HelmChart"),
		paths: []string{
			"spec.secretRef.name", "spec.certSecretRef.name", "spec.proxySecretRef.name", "spec.verify.secretRef.name"}},
	{group: "kustomize.toolkit.fluxcd.io", kinds: kinds("Kustomization"), paths: []string{
		"spec.decryption.secretRef.name", "spec.kubeConfig.secretRef.name", "spec.postBuild.substituteFrom[].name"}},
	{group: "helm.toolkit.fluxcd.io", kinds: kinds("HelmRelease"),
		paths: []string{"spec.valuesFrom[].name", "spec.kubeConfig.secretRef.name"}},
	{group: "notification.toolkit.fluxcd.io", kinds: kinds("Provider", "Receiver"), paths: []string{
		"spec.secretRef.name", "spec.certSecretRef.name", "spec.proxySecretRef.name"}},
	{group: "image.toolkit.fluxcd.io", kinds: kinds("ImageRepository"), paths: []string{
		"spec.secretRef.name", "spec.certSecretRef.name", "spec.proxySecretRef.name"}},

	// Argo
	{group: "argoproj.io", kinds: kinds("ApplicationSet"), paths: []string{
		"spec.generators[].scmProvider.github.tokenRef.secretName",
		"spec.generators[].scmProvider.gitlab.tokenRef.secretName",
		"spec.generators[].scmProvider.gitea.tokenRef.secretName",
		"spec.generators[].pullRequest.github.tokenRef.secretName",
		"spec.generators[].pullRequest.gitlab.tokenRef.secretName",
		"spec.generators[].pullRequest.gitea.tokenRef.secretName"}},
	{group: "argoproj.io", kinds: kinds("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate"),
		pods:  []string{"spec", "spec.templates[]"},
		paths: workflow("spec")},
	{group: "argoproj.io", kinds: kinds("CronWorkflow"),
		pods:  []string{"spec.workflowSpec", "spec.workflowSpec.templates[]"},
		paths: workflow("spec.workflowSpec")},

	// What no table has: the keys tell.
	{group: "monitoring.coreos.com", kinds: kinds("AlertmanagerConfig"), paths: []string{
		"spec.receivers[].webhookConfigs[].httpConfig.bearerTokenSecret.name",
		"spec.receivers[].slackConfigs[].httpConfig.basicAuth.password.name",
		"spec.receivers[].snsConfigs[].sigv4.accessKey.name"}},
	{group: "postgresql.cnpg.io", kinds: kinds("Cluster"), paths: []string{
		"spec.externalClusters[].password.name", "spec.externalClusters[].sslKey.name"}},
	{group: "barmancloud.cnpg.io", kinds: kinds("ObjectStore"), paths: []string{
		"spec.configuration.s3Credentials.accessKeyId.name"}},
	{group: "kafka.strimzi.io", kinds: kinds("KafkaConnect"), paths: []string{
		"spec.authentication.passwordSecret.secretName", "spec.tls.trustedCertificates[].secretName",
		"spec.template.pod.imagePullSecrets[].name", "spec.externalConfiguration.volumes[].secret.secretName"}},
	{group: "tekton.dev", kinds: kinds("Pipeline", "PipelineRun"),
		paths: []string{"spec.workspaces[].secret.secretName"}},
	{group: "apps.kruise.io", kinds: kinds("CloneSet"),
		paths: []string{"spec.template.spec.containers[].envFrom[].secretRef.name"}},
	{group: "kubegres.reactive-tech.io", kinds: kinds("Kubegres"),
		paths: []string{"spec.env[].valueFrom.secretKeyRef.name"}},
	{group: "aws.upbound.io", kinds: kinds("ProviderConfig"), paths: []string{"spec.credentials.secretRef.name"}},
	{group: "secrets.hashicorp.com", kinds: kinds("VaultAuth"),
		paths: []string{"spec.appRole.secretRef", "spec.jwt.secretRef"}},
	{group: "secrets.hashicorp.com", kinds: kinds("VaultConnection"), paths: []string{"spec.caCertSecretRef"}},
	{group: "grafana.integreatly.org", kinds: kinds("GrafanaDatasource"), paths: []string{
		"spec.valuesFrom[].valueFrom.secretKeyRef.name"}},
	{group: "traefik.containo.us", kinds: kinds("IngressRoute"), paths: []string{"spec.tls.secretName"}},
	{group: "fluxcd.controlplane.io", kinds: kinds("FluxInstance"),
		paths: []string{"spec.sync.pullSecret", "spec.distribution.artifactPullSecret"}},
	{group: "argoproj.io", kinds: kinds("AnalysisTemplate"),
		paths: []string{"spec.args[].valueFrom.secretKeyRef.name"}},
	{group: "argoproj.io", kinds: kinds("ApplicationSet"), paths: []string{
		"spec.generators[].matrix.generators[].merge.generators[].scmProvider.github.tokenRef.secretName"}},
	{group: "velero.io", kinds: kinds("BackupStorageLocation"), paths: []string{"spec.credential.name"}},
	{group: "longhorn.io", kinds: kinds("BackupTarget"), paths: []string{"spec.credentialSecret"}},
	{group: "volsync.backube", kinds: kinds("ReplicationSource"), paths: []string{"spec.restic.repository"}},
	{group: "gateway.networking.x-k8s.io", kinds: kinds("XListenerSet"),
		paths: []string{"spec.listeners[].tls.certificateRefs[].name"}},
	{group: "gateway.envoyproxy.io", kinds: kinds("SecurityPolicy"), paths: []string{
		"spec.oidc.clientSecret.name", "spec.basicAuth.users.name", "spec.apiKeyAuth.credentialRefs[].name"}},
	{group: "elasticsearch.k8s.elastic.co", kinds: kinds("Elasticsearch"), paths: []string{
		"spec.secureSettings[].secretName", "spec.http.tls.certificate.secretName",
		"spec.auth.fileRealm[].secretName"}},
	{group: "operators.coreos.com", kinds: kinds("CatalogSource"), paths: []string{"spec.secrets[]"}},
	{group: "cilium.io", kinds: kinds("CiliumNetworkPolicy"), paths: []string{
		"spec.egress[].toPorts[].terminatingTLS.secret.name"}},
	{group: "cilium.io", kinds: kinds("CiliumBGPPeerConfig"), paths: []string{"spec.authSecretRef"}},
	{group: "external-secrets.io", kinds: kinds("PushSecret"), paths: []string{"spec.selector.secret.name"}},
	{group: "bmc.tinkerbell.org", kinds: kinds("Machine"),
		paths: []string{"spec.connection.providerOptions.rpc.hmac.secrets.sha256[].name"}},
	{group: "sinks.knative.dev", kinds: kinds("IntegrationSink"), paths: []string{"spec.aws.auth.secret.ref.name"}},
	{group: "extensions", kinds: kinds("DaemonSet"), paths: []string{"spec.template.spec.imagePullSecrets[].name"}},

	// Others
	{group: "keda.sh", kinds: kinds("TriggerAuthentication", "ClusterTriggerAuthentication"),
		paths: []string{"spec.secretTargetRef[].name"}},
	{group: "external-secrets.io", kinds: kinds("SecretStore", "ClusterSecretStore"), paths: []string{
		"spec.provider.vault.auth.tokenSecretRef.name", "spec.provider.vault.auth.appRole.secretRef.name",
		"spec.provider.aws.auth.secretRef.accessKeyIDSecretRef.name",
		"spec.provider.aws.auth.secretRef.secretAccessKeySecretRef.name",
		"spec.provider.gcpsm.auth.secretRef.secretAccessKeySecretRef.name",
		"spec.provider.azurekv.authSecretRef.clientId.name",
		"spec.provider.azurekv.authSecretRef.clientSecret.name"}},
	{group: "postgresql.cnpg.io", kinds: kinds("Cluster"), paths: []string{
		"spec.superuserSecret.name", "spec.bootstrap.initdb.secret.name", "spec.bootstrap.recovery.secret.name",
		"spec.imagePullSecrets[].name", "spec.certificates.serverTLSSecret", "spec.certificates.serverCASecret",
		"spec.certificates.clientCASecret", "spec.certificates.replicationTLSSecret",
		"spec.managed.roles[].passwordSecret.name",
		"spec.backup.barmanObjectStore.s3Credentials.accessKeyId.name",
		"spec.backup.barmanObjectStore.s3Credentials.secretAccessKey.name"}},
	{group: "build.openshift.io", kinds: kinds("BuildConfig"), paths: []string{
		"spec.source.sourceSecret.name", "spec.source.secrets[].secret.name", "spec.output.pushSecret.name",
		"spec.strategy.dockerStrategy.pullSecret.name", "spec.strategy.sourceStrategy.pullSecret.name"}},
}

// ingress are the fields of an Ingress, and the annotations in which ingress-nginx names Secrets, as `name` or as
// `namespace/name`.
var ingress = []string{
	"spec.tls[].secretName",
	`metadata.annotations.ingress\.kubernetes\.io/auth-secret`,
	`metadata.annotations.nginx\.ingress\.kubernetes\.io/auth-secret`,
	`metadata.annotations.nginx\.ingress\.kubernetes\.io/auth-tls-secret`,
	`metadata.annotations.nginx\.ingress\.kubernetes\.io/proxy-ssl-secret`,
}

// scrape are the fields in which the Prometheus Operator says how to log in to what it talks to.
func scrape(at string) []string {
	var out []string
	for _, path := range []string{
		"basicAuth.username.name", "basicAuth.password.name", "bearerTokenSecret.name",
		"authorization.credentials.name",
		"oauth2.clientId.secret.name", "oauth2.clientSecret.name", "sigv4.accessKey.name", "sigv4.secretKey.name",
		"tlsConfig.ca.secret.name", "tlsConfig.cert.secret.name", "tlsConfig.keySecret.name",
	} {
		out = append(out, at+"."+path)
	}
	return out
}

// workflow are the fields of an Argo Workflow that are not those of a pod.
func workflow(at string) []string {
	var out []string
	for _, path := range []string{
		"container.env[].valueFrom.secretKeyRef.name", "container.envFrom[].secretRef.name",
		"script.env[].valueFrom.secretKeyRef.name", "script.envFrom[].secretRef.name",
		"inputs.artifacts[].s3.accessKeySecret.name", "inputs.artifacts[].s3.secretKeySecret.name",
		"outputs.artifacts[].s3.accessKeySecret.name", "outputs.artifacts[].s3.secretKeySecret.name",
	} {
		out = append(out, at+".templates[]."+path)
	}
	return out
}

func kinds(names ...string) []string { return names }

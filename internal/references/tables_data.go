package references

// data are the fields of databases, queues, registries and backups.
var data = []row{
	{group: "volsync.backube", kinds: kinds("ReplicationSource", "ReplicationDestination"), paths: []string{
		"spec.restic.repository", "spec.rclone.rcloneConfig"}},
	{group: "mysql.oracle.com", kinds: kinds("InnoDBCluster"), paths: append(mysqlStorage(
		"spec.backupProfiles[].dumpInstance", "spec.backupProfiles[].snapshot",
		"spec.backupSchedules[].backupProfile.dumpInstance", "spec.backupSchedules[].backupProfile.snapshot",
		"spec.initDB.dump"),
		"spec.keyring.encryptedFile.password", "spec.keyring.oci.caCertificate")},
	{group: "mysql.oracle.com", kinds: kinds("MySQLBackup"), paths: mysqlStorage(
		"spec.backupProfile.dumpInstance", "spec.backupProfile.snapshot")},
	{group: "app.redislabs.com", kinds: kinds("RedisEnterpriseDatabase"),
		paths: []string{"spec.clientAuthenticationCertificates[]"}},
	{group: "app.redislabs.com", kinds: kinds("RedisEnterpriseActiveActiveDatabase"), paths: []string{
		"spec.globalConfigurations.clientAuthenticationCertificates[]"}},
	{group: "rabbitmq.com", kinds: kinds("RabbitmqCluster"),
		paths: []string{"spec.secretBackend.externalSecret.name"}},
	{group: "ceph.rook.io", kinds: kinds("CephObjectStore"), paths: []string{
		"spec.gateway.caBundleRef", "spec.gateway.sslCertificateRef"}},
	{group: "repo-manager.pulpproject.org", kinds: kinds("Pulp"), paths: []string{
		"spec.ldap.ca", "spec.ldap.config", "spec.signing_scripts"}},
}

// mysqlStorage are the fields in which Oracle's operator for MySQL says how to log in to the stores of dumps.
func mysqlStorage(dumps ...string) []string {
	var out []string
	for _, dump := range dumps {
		for _, store := range []string{"ociObjectStorage.credentials", "s3.config", "azure.config"} {
			out = append(out, dump+".storage."+store)
		}
	}
	return out
}

package references

// row is one row of a table: what some fields of some kinds of a group mean. In a path, `[]` stands for every
// element of a list, and `\.` for a dot in a key. A name beside a `kind` other than Secret names something else,
// and one beside a `namespace` a Secret there.
type row struct {
	group string
	kinds []string
	paths []string
	// meaning is Reads if it is not set.
	meaning Meaning
}

func kinds(names ...string) []string { return names }

// tables are the fields that name a Secret, or might be thought to, whose keys do not tell: most references are
// found by their shape. A field that neither tells is named in fieldPaths.
var tables = [][]row{kubernetes, networking, delivery, data, outputs}

// kubernetes are the fields of Kubernetes' own kinds, and of the Gateway API.
var kubernetes = []row{
	{group: "rbac.authorization.k8s.io", kinds: kinds("Role", "ClusterRole"),
		paths: []string{"rules[].resourceNames[]"}, meaning: Grants},
	{group: "gateway.networking.k8s.io", kinds: kinds("Gateway"), paths: []string{
		"spec.backendTLS.clientCertificateRef.name", "spec.tls.backend.clientCertificateRef.name"}},
}

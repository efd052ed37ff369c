package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Names are the new names of Secrets, by namespace and old name.
type Names map[string]map[string]string

// Add says that a Secret has a new name.
func (n Names) Add(namespace, from, to string) {
	if n[namespace] == nil {
		n[namespace] = map[string]string{}
	}
	n[namespace][from] = to
}

// Rename makes every reference to a Secret follow it to its new name.
func (it *Items) Rename(names Names) {
	if len(names) == 0 {
		return
	}
	for _, i := range it.items {
		for _, path := range it.paths(i) {
			stale := false
			i.references(i.node.YNode(), path, func(ref ref) {
				_, ok := names.follow(ref)
				stale = stale || ok
			})
			if !stale {
				continue
			}
			i.references(i.edit(), path, func(ref ref) {
				if to, ok := names.follow(ref); ok {
					ref.scalar.Value = ref.prefix + to
				}
			})
		}
	}
}

// ref is a field that names a Secret.
type ref struct {
	scalar *yaml.Node
	// prefix is `namespace/` where the field has that before the name.
	prefix string
	// namespace is where the Secret is; anywhere says that the field does not tell.
	namespace string
	anywhere  bool
}

func (r ref) name() string { return strings.TrimPrefix(r.scalar.Value, r.prefix) }

// follow is the new name that a field should have, and whether it is another than it has.
func (n Names) follow(r ref) (to string, changed bool) {
	if !r.anywhere {
		to, ok := n[r.namespace][r.name()]
		return to, ok && to != r.name()
	}
	for _, names := range n {
		if to, ok := names[r.name()]; ok {
			return to, to != r.name() // a Secret has the same name in all its namespaces
		}
	}
	return "", false
}

// clusterScoped are the kinds in the tables that have no namespace.
var clusterScoped = []string{
	"ClusterIssuer", "ClusterRole", "ClusterSecretStore", "ClusterTriggerAuthentication", "ClusterWorkflowTemplate",
	"PersistentVolume", "StorageClass",
}

// ClusterScoped says whether a resource is of a kind that has no namespace.
func (it *Items) ClusterScoped(i int) bool { return slices.Contains(clusterScoped, it.items[i].kind) }

// references calls do with every field at a path that names a Secret.
func (i *item) references(node *yaml.Node, path []string, do func(ref)) {
	visit(node, path, func(parent, scalar *yaml.Node) {
		if kind := field(parent, "kind"); kind != nil && kind.Value != "Secret" {
			return
		}
		if path[len(path)-1] == "resourceNames[]" && !grantsSecrets(parent) {
			return
		}
		r := ref{scalar: scalar, namespace: i.namespace, anywhere: slices.Contains(clusterScoped, i.kind)}
		for _, name := range []string{"namespace", "secretNamespace"} {
			if there := value(parent, name); there != "" {
				r.namespace, r.anywhere = there, false
			}
		}
		if there, _, qualified := strings.Cut(scalar.Value, "/"); qualified {
			r.prefix, r.namespace, r.anywhere = there+"/", there, false
		}
		do(r)
	})
}

// grantsSecrets says whether a rule of a Role is about Secrets.
func grantsSecrets(rule *yaml.Node) bool {
	return slices.ContainsFunc(elements(rule, "resources"), func(resource *yaml.Node) bool {
		return resource.Value == "secrets" || resource.Value == "*"
	})
}

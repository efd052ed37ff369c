package wiring

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

// meaning is what a field says when it has the name of a Secret.
type meaning int

const (
	// nothing: it is not known to name a Secret.
	nothing meaning = iota
	// reference: something reads the Secret.
	reference
	// elsewhere: something reads a Secret of this name, perhaps in another namespace than the resource's.
	elsewhere
	// grant: a Role grants access to the Secret.
	grant
	// output: an operator writes a Secret of this name.
	output
)

// ref is a field that has the name of a Secret.
type ref struct {
	place
	meaning meaning
	// prefix is `namespace/` where the field has that before the name.
	prefix string
	// namespace is where the Secret is; anywhere reports that the field does not tell.
	namespace string
	anywhere  bool
}

func (r ref) name() string { return strings.TrimPrefix(r.scalar.Value, r.prefix) }

// references calls do with every field of a node, which is the resource or a copy of it, that has a name for which
// named reports true. The trail of a ref is valid until do returns.
func (it *Items) references(i *item, node *yaml.Node, named func(name string) bool, do func(ref)) {
	if i.opaque() {
		return
	}
	wanted := func(value string) bool {
		if _, name, qualified := strings.Cut(value, "/"); qualified {
			value = name
		}
		return named(value)
	}
	scan(node, it.rows(i), wanted, func(p place) {
		if m := it.meaning(i, p); m != nothing {
			do(i.ref(p, m))
		}
	})
}

// opaque reports whether nothing in a resource is a reference: its content is data, or describes other resources.
func (i *item) opaque() bool {
	switch group := i.group(); group {
	case "":
		return i.node == nil || i.kind == "Secret"
	case "apiextensions.k8s.io", "kustomize.config.k8s.io":
		return true
	default:
		return i.apiVersion == schema.APIVersion
	}
}

// meaning judges a field whose text could be a name: by the tables, or else by its shape.
func (it *Items) meaning(i *item, p place) meaning {
	key, inList := p.key(0)
	isName, kind := key == "name" && !inList, ""
	if isName && !isObject(p.around()) {
		kind = value(p.around(), "kind")
	}
	switch {
	case kind != "" && !isSecretKind(kind):
		return nothing
	case p.row == grant && !grantsSecrets(p.around()):
		return nothing
	case p.row != nothing:
		return p.row
	case i.isOwnOutput(p):
		return output
	case i.isData(p):
		return nothing
	case p.under("operatorSpec"): // of Azure's operator: what of a resource it writes into Secrets
		return output
	case !isName:
		return shapeOf(key).meaning(shapeOf(key).text)
	case kind != "":
		if parent, _ := p.key(1); slices.Contains(selecting, parent) {
			return nothing
		}
		return reference
	}
	return it.meaningOfName(i, p)
}

// isSecretKind reports whether a text beside a name says that it is a Secret's.
func isSecretKind(kind string) bool {
	return strings.EqualFold(kind, "Secret") || strings.EqualFold(kind, "Secrets")
}

// meaningOfName judges a field `name` by the keys around it.
func (it *Items) meaningOfName(i *item, p place) meaning {
	parent, _ := p.key(1)
	object, depth := p.object()
	if parent == "metadata" && depth > 0 && value(object, "kind") == "Secret" && len(p.trail) == depth+2 {
		return output // a Secret inside another resource: a template of one, or a list
	}
	if isSelector(p) && !it.configMaps[[2]string{i.namespace, p.scalar.Value}] {
		return reference
	}
	named := shapeOf(parent)
	if above, inList := p.key(2); !inList && !named.object {
		// secret: {ref: {name: x}}, and secrets: {alias: {name: x}}, or a list below the alias
		if slices.Contains(referenceTail, parent) || endsIn(above, []string{"secrets"}) {
			named = shapeOf(above)
		}
	}
	return named.meaning(named.object)
}

// isSelector reports whether a name is that of an object `{name, key}`, which selects a key of a Secret, or of a
// ConfigMap if its path says so. Of 2,349 such objects in public CRD schemas 2,085 are about Secrets, and all but
// 10 of those about ConfigMaps say so.
func isSelector(p place) bool {
	around := p.around()
	for k := 0; k+1 < len(around.Content); k += 2 {
		if !slices.Contains([]string{"name", "key", "optional", "namespace"}, around.Content[k].Value) {
			return false
		}
	}
	ofConfigMap := func(s step) bool { return isConfigMap(words(s.key)) }
	return field(around, "key") != nil && !slices.ContainsFunc(p.trail, ofConfigMap)
}

// isConfigMap reports whether the words of a key speak of a ConfigMap.
func isConfigMap(split []string) bool {
	if says(split, "configmap", "configmaps") {
		return true
	}
	for k := 1; k < len(split); k++ {
		if split[k-1] == "config" && (split[k] == "map" || split[k] == "maps") {
			return true
		}
	}
	return false
}

func (s shape) meaning(names bool) meaning {
	switch {
	case names && s.output:
		return output
	case names:
		return reference
	}
	return nothing
}

// isOwnOutput reports whether a field is the name of an ExternalSecret that does not say which Secret to write: it
// writes the one of its own name.
func (i *item) isOwnOutput(p place) bool {
	return i.kind == "ExternalSecret" && i.group() == "external-secrets.io" &&
		len(p.trail) == 2 && p.trail[0].key == "metadata" && p.trail[1].key == "name" &&
		value(p.trail[0].holder, "spec.target.name") == ""
}

// selecting are the keys of objects that select resources of a build that is not this one: those of patches and
// replacements.
var selecting = []string{"target", "targets", "select", "reject", "source"}

// labelMaps are the keys of maps of labels.
var labelMaps = []string{"labels", "matchLabels", "selector", "nodeSelector", "podLabels", "commonLabels"}

// flat are the keys of maps whose keys are the user's own.
var flat = append([]string{"data", "stringData", "binaryData", "encryptedData", "env"}, labelMaps...)

// isData reports whether a field is the user's own data, whatever its key looks like: a label, what a ConfigMap
// holds, the values of a Helm chart, or an annotation in which a tool keeps its records.
func (i *item) isData(p place) bool {
	if parent, inList := p.key(1); !inList && slices.Contains(flat, parent) {
		return true
	}
	if len(p.trail) == 3 && p.trail[0].key == "metadata" && p.trail[1].key == "annotations" {
		return isRecord(p.trail[2].key)
	}
	return i.isChart() && slices.ContainsFunc(chartValues, p.under)
}

// isRecord reports whether an annotation is one in which a tool keeps its records.
func isRecord(annotation string) bool {
	return annotation == "kubectl.kubernetes.io/last-applied-configuration" ||
		annotation == schema.SecretAnnotation || annotation == schema.OriginAnnotation ||
		strings.HasPrefix(annotation, schema.ChecksumAnnotation) ||
		slices.ContainsFunc(tools, func(prefix string) bool { return strings.HasPrefix(annotation, prefix) })
}

// chartValues are the fields of the kinds that install a Helm chart which hold what only the chart understands.
var chartValues = []string{
	"values", "valuesObject", "valuesContent", "valuesInline", "valuesTemplate", "parameters", "set",
}

// charts are the kinds that install Helm charts.
var charts = kinds("HelmRelease", "HelmChart", "HelmChartConfig", "HelmChartProxy", "Application", "ApplicationSet",
	"Release", "Bundle", "Addon")

// isChart reports whether the resource has a Helm chart installed.
func (i *item) isChart() bool {
	return slices.Contains(charts, i.kind)
}

// ref reads what is beside a name.
func (i *item) ref(p place, m meaning) ref {
	object, depth := p.object()
	r := ref{place: p, meaning: m, namespace: i.namespace, anywhere: i.clusterScoped()}
	if there := value(object, "metadata.namespace"); depth > 0 && there != "" {
		r.namespace, r.anywhere = there, false
	}
	beside := []string{"namespace", "secretNamespace"}
	if key, inList := p.key(0); !inList && strings.HasSuffix(strings.ToLower(key), "name") {
		beside = append(beside, key+"space") // secretName and secretNamespace, x-secret-name and x-secret-namespace
	}
	for _, name := range beside {
		if there := field(p.around(), name); there != nil && there.Kind == yaml.ScalarNode && there.Value != "" {
			r.namespace, r.anywhere = there.Value, false
		}
	}
	if there, _, qualified := strings.Cut(p.scalar.Value, "/"); qualified && isLabel(there) {
		r.prefix, r.namespace, r.anywhere = there+"/", there, false
	}
	return r
}

// isLabel reports whether a text could be the name of a namespace.
func isLabel(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// clusterScoped are kinds that have no namespace.
var clusterScoped = []string{
	"APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterIssuer", "ClusterRole", "ClusterRoleBinding",
	"ClusterSecretStore", "ClusterTriggerAuthentication", "ClusterWorkflowTemplate", "CustomResourceDefinition", "FlowSchema",
	"GatewayClass", "IngressClass", "MultiKueueCluster", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
	"MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration",
	"RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
	"ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeSnapshotClass", "VolumeSnapshotContent",
}

// clusterScoped reports whether the resource is of a kind that has no namespace: one of the list, or, if it has
// none, a custom one whose name says so, such as ClusterPolicy, or a ProviderConfig of Crossplane.
func (i *item) clusterScoped() bool {
	if slices.Contains(clusterScoped, i.kind) {
		return true
	}
	if i.namespace != "" || !strings.Contains(i.group(), ".") {
		return false
	}
	rest, prefixed := strings.CutPrefix(i.kind, "Cluster")
	return prefixed && rest != "" || i.kind == "ProviderConfig"
}

// ClusterScoped reports whether a resource is of a kind that has no namespace.
func (it *Items) ClusterScoped(i int) bool { return it.items[i].clusterScoped() }

// LooksElsewhere reports whether a resource may read a Secret of another namespace than its own: an Istio Gateway
// reads those of its proxies' namespace, and a Gateway of the Gateway API those it names with a namespace.
func (it *Items) LooksElsewhere(i int) bool {
	item := it.items[i]
	return item.clusterScoped() || item.kind == "Gateway" && slices.Contains(
		kinds("networking.istio.io", "gateway.networking.k8s.io"), item.group())
}

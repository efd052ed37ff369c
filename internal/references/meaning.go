package references

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// Meaning is what a field says when it has the name of a Secret.
type Meaning int

const (
	// Nothing says that it is not known to name a Secret.
	Nothing Meaning = iota
	// Reads says that something reads the Secret.
	Reads
	// ReadsElsewhere says that something reads a Secret of this name, perhaps in another namespace than the resource's.
	ReadsElsewhere
	// Grants says that a Role grants access to the Secret.
	Grants
	// Writes says that an operator writes a Secret of this name.
	Writes
)

// Ref is a field that has the name of a Secret.
type Ref struct {
	Place
	Meaning Meaning
	// Prefix is `namespace/` where the field has that before the name.
	Prefix string
	// Namespace is where the Secret is; Anywhere reports that the field does not tell.
	Namespace string
	Anywhere  bool
	// Templated reports that the namespace beside the name is filled in later: ${pvc.namespace}. It is not known.
	Templated bool
}

// Name returns the name of the Secret.
func (r Ref) Name() string { return strings.TrimPrefix(r.Scalar.Value, r.Prefix) }

// References calls do with every field of a node, which is the resource or a copy of it, that has a name for which
// named reports true. The trail of a ref is valid until do returns.
func (f *Finder) References(r *Resource, node *yaml.Node, named func(name string) bool, do func(Ref)) {
	if r.opaque() {
		return
	}
	wanted := func(value string) bool {
		if _, name, qualified := strings.Cut(value, "/"); qualified {
			value = name
		}
		return named(value)
	}
	scan(node, f.rows(r), wanted, func(p Place) {
		if m := f.meaning(r, p); m != Nothing {
			if found := r.ref(p, m); !found.Templated {
				do(found)
			}
		}
	})
}

// opaque reports whether nothing in a resource is a reference: its content is data, or describes other resources.
func (r *Resource) opaque() bool {
	switch group := r.Group(); group {
	case "":
		return r.Node == nil || r.Kind == "Secret"
	case "apiextensions.k8s.io", "kustomize.config.k8s.io":
		return true
	default:
		return r.APIVersion == schema.APIVersion
	}
}

// meaning judges a field whose text could be a name: by the tables, or else by its shape.
func (f *Finder) meaning(r *Resource, p Place) Meaning {
	key, inList := p.key(0)
	isName, kind := key == "name" && !inList, ""
	if isName && !isObject(p.Around()) {
		kind = yamlnode.Value(p.Around(), "kind")
	}
	switch {
	case kind != "" && !isSecretKind(kind):
		return Nothing
	case p.row == Grants && !grantsSecrets(p.Around()):
		return Nothing
	case p.row != Nothing:
		return p.row
	case r.isOwnOutput(p):
		return Writes
	case r.isData(p):
		return Nothing
	case p.under("operatorSpec"): // of Azure's operator: what of a resource it writes into Secrets
		return Writes
	case !isName:
		return shapeOf(key).meaning(shapeOf(key).text)
	case kind != "":
		if parent, _ := p.key(1); slices.Contains(selecting, parent) {
			return Nothing
		}
		return Reads
	}
	return f.meaningOfName(r, p)
}

// isSecretKind reports whether a text beside a name says that it is a Secret's.
func isSecretKind(kind string) bool {
	return strings.EqualFold(kind, "Secret") || strings.EqualFold(kind, "Secrets")
}

// meaningOfName judges a field `name` by the keys around f.
func (f *Finder) meaningOfName(r *Resource, p Place) Meaning {
	parent, _ := p.key(1)
	object, depth := p.object()
	if parent == "metadata" && depth > 0 && yamlnode.Value(object, "kind") == "Secret" && len(p.trail) == depth+2 {
		return Writes // a Secret inside another resource: a template of one, or a list
	}
	if isSelector(p) && !f.configMaps[[2]string{r.Namespace, p.Scalar.Value}] {
		return Reads
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
func isSelector(p Place) bool {
	around := p.Around()
	for k := 0; k+1 < len(around.Content); k += 2 {
		if !slices.Contains([]string{"name", "key", "optional", "namespace"}, around.Content[k].Value) {
			return false
		}
	}
	ofConfigMap := func(s step) bool { return isConfigMap(words(s.key)) }
	return yamlnode.Field(around, "key") != nil && !slices.ContainsFunc(p.trail, ofConfigMap)
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

func (s shape) meaning(names bool) Meaning {
	switch {
	case names && s.output:
		return Writes
	case names:
		return Reads
	}
	return Nothing
}

// isOwnOutput reports whether a field is the name of an ExternalSecret that does not say which Secret to write: it
// writes the one of its own name.
func (r *Resource) isOwnOutput(p Place) bool {
	return r.Kind == "ExternalSecret" && r.Group() == "external-secrets.io" &&
		len(p.trail) == 2 && p.trail[0].key == "metadata" && p.trail[1].key == "name" &&
		yamlnode.Value(p.trail[0].holder, "spec.target.name") == ""
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
func (r *Resource) isData(p Place) bool {
	if parent, inList := p.key(1); !inList && slices.Contains(flat, parent) {
		return true
	}
	if len(p.trail) == 3 && p.trail[0].key == "metadata" && p.trail[1].key == "annotations" {
		return isRecord(p.trail[2].key)
	}
	return r.isChart() && slices.ContainsFunc(chartValues, p.under)
}

// isRecord reports whether an annotation is one in which a tool keeps its records.
func isRecord(annotation string) bool {
	return annotation == yamlnode.LastApplied ||
		annotation == schema.SecretAnnotation || annotation == schema.OriginAnnotation ||
		strings.HasPrefix(annotation, schema.ChecksumAnnotation) ||
		TracksResource(annotation)
}

// chartValues are the fields of the kinds that install a Helm chart which hold what only the chart understands.
var chartValues = []string{
	"values", "valuesObject", "valuesContent", "valuesInline", "valuesTemplate", "parameters", "set",
}

// charts are the kinds that install Helm charts.
var charts = kinds("HelmRelease", "HelmChart", "HelmChartConfig", "HelmChartProxy", "Application", "ApplicationSet",
	"Release", "Bundle", "Addon")

// isChart reports whether the resource has a Helm chart installed.
func (r *Resource) isChart() bool {
	return slices.Contains(charts, r.Kind)
}

// ref reads what is beside a name.
func (r *Resource) ref(p Place, m Meaning) Ref {
	object, depth := p.object()
	found := Ref{Place: p, Meaning: m, Namespace: r.Namespace, Anywhere: r.ClusterScoped()}
	if there := yamlnode.Value(object, "metadata.namespace"); depth > 0 && there != "" {
		found.Namespace, found.Anywhere = there, false
	}
	beside := []string{"namespace", "secretNamespace"}
	if key, inList := p.key(0); !inList && strings.HasSuffix(strings.ToLower(key), "name") {
		beside = append(beside, key+"space") // secretName and secretNamespace, x-secret-name and x-secret-namespace
	}
	for _, name := range beside {
		if there := yamlnode.Field(p.Around(), name); there != nil && there.Kind == yaml.ScalarNode && there.Value != "" {
			found.Namespace, found.Anywhere = there.Value, false
			found.Templated = !isLabel(there.Value) && there.Value != r.Namespace
		}
	}
	if there, _, qualified := strings.Cut(p.Scalar.Value, "/"); qualified && isLabel(there) {
		found.Prefix, found.Namespace, found.Anywhere = there+"/", there, false
	}
	return found
}

// isLabel reports whether a text could be the name of a namespace.
func isLabel(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// clusterScoped are kinds that have no namespace.
var clusterScoped = []string{
	"APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterIssuer", "ClusterRole",
	"ClusterRoleBinding",
	"ClusterSecretStore", "ClusterTriggerAuthentication", "ClusterWorkflowTemplate", "CustomResourceDefinition",
	"FlowSchema",
	"GatewayClass", "IngressClass", "MultiKueueCluster", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
	"MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass", "PriorityLevelConfiguration",
	"RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
	"ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeSnapshotClass", "VolumeSnapshotContent",
}

// ClusterScoped reports whether the resource is of a kind that has no namespace: one of the list, or, if it has
// none, a custom one whose name says so, such as ClusterPolicy, or a ProviderConfig of Crossplane.
func (r *Resource) ClusterScoped() bool {
	if slices.Contains(clusterScoped, r.Kind) {
		return true
	}
	if r.Namespace != "" || !strings.Contains(r.Group(), ".") {
		return false
	}
	rest, prefixed := strings.CutPrefix(r.Kind, "Cluster")
	return prefixed && rest != "" || r.Kind == "ProviderConfig"
}

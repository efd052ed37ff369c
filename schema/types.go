package schema

import "slices"

// The identity of a SecretSpec, and the marks Secretwright leaves on what it makes.
const (
	// APIVersion is the apiVersion of every SecretSpec.
	APIVersion = "secretwright.dev/v1alpha1"
	// Kind is the kind of every SecretSpec.
	Kind = "SecretSpec"
	// SecretAnnotation marks an emitted Secret with `<SecretSpec>/<Secret>`, so that the next run knows it again.
	SecretAnnotation = "secretwright.dev/secret"
	// OriginAnnotation, on a Secret that goes out encrypted, proves to the next run that who made it could read its
	// sources.
	OriginAnnotation = "secretwright.dev/origin"
	// ChecksumAnnotation, followed by a Secret's name, is what `rollout: checksumAnnotation` puts on pod templates.
	ChecksumAnnotation = "checksum.secretwright.dev/"
)

// SecretSpec says, in one place, what Secrets hold, where each value comes from, and who may read it, and how.
type SecretSpec struct {
	// APIVersion is `secretwright.dev/v1alpha1`.
	APIVersion string `json:"apiVersion" jsonschema:"enum=secretwright.dev/v1alpha1"`
	// Kind is `SecretSpec`.
	Kind string `json:"kind" jsonschema:"enum=SecretSpec"`
	// Metadata names the SecretSpec and, optionally, the namespace its Secrets go to.
	Metadata Metadata `json:"metadata"`
	// SOPS is the block that SOPS writes when the SecretSpec is itself an encrypted document: its `value` fields.
	SOPS map[string]any `json:"sops,omitempty"`
	// Sources are the documents the values come from. Each is read and decrypted at most once a run.
	Sources []Source `json:"sources,omitempty"`
	// Secrets are the Secrets to make.
	Secrets []Secret `json:"secrets"`
	// Output says in which form the Secrets go out. Without it they go out in the clear.
	Output *Output `json:"output,omitempty"`
}

// Output is the form in which Secrets go out.
type Output struct {
	// SOPS has each Secret go out as a SOPS document of its own, with `data` encrypted, so that it is safe to commit.
	SOPS *SOPSOutput `json:"sops,omitempty"`
	// Dir is the folder that `secretwright render` without arguments writes into, relative to the folder of the
	// SecretSpec. Nothing else reads it.
	Dir string `json:"dir,omitempty"`
	// Manifests are the files and folders that it then applies the SecretSpec to, relative to the folder of the
	// SecretSpec: all of that folder, if none is listed.
	Manifests []string `json:"manifests,omitempty"`
}

// SOPSOutput says for whom the emitted Secrets are encrypted. Left empty, that is for those who can read every
// encrypted source the Secret is made from.
type SOPSOutput struct {
	// Age are age recipients: `age1...`, or SSH public keys.
	Age []string `json:"age,omitempty"`
	// PGP are fingerprints of PGP keys.
	PGP []string `json:"pgp,omitempty"`
	// KMS are ARNs of AWS KMS keys.
	KMS []string `json:"kms,omitempty"`
	// GCPKMS are resource ids of GCP KMS keys.
	GCPKMS []string `json:"gcp_kms,omitempty"`
	// AzureKV are URLs of Azure Key Vault keys.
	AzureKV []string `json:"azure_kv,omitempty"`
	// HCVault are URIs of keys of HashiCorp Vault's or OpenBao's transit engine.
	HCVault []string `json:"hc_vault,omitempty"`
	// CreationRules has the nearest .sops.yaml, inside the folder Secretwright was started in, decide by the Secret's
	// file.
	CreationRules bool `json:"creationRules,omitempty"`
}

// Explicit reports whether recipients are listed.
func (o SOPSOutput) Explicit() bool {
	return len(o.Age)+len(o.PGP)+len(o.KMS)+len(o.GCPKMS)+len(o.AzureKV)+len(o.HCVault) > 0
}

// UsedSources returns the names of the sources that values come from, sorted.
func (s *SecretSpec) UsedSources() []string {
	var names []string
	for _, secret := range s.Secrets {
		names = append(names, secret.UsedSources()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// UsedSources returns the names of the sources that the Secret's values come from, sorted.
func (s Secret) UsedSources() []string {
	names := []string{s.From}
	for _, value := range s.Data {
		names = append(names, value.From)
	}
	for _, from := range s.DataFrom {
		names = append(names, from.From)
	}
	for _, registry := range s.Registries {
		for _, value := range registry.Values() {
			names = append(names, value.From)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// HasInlineValues reports whether one of the Secret's values stands in the SecretSpec itself.
func (s Secret) HasInlineValues() bool {
	for _, value := range s.Data {
		if value.Value != nil {
			return true
		}
	}
	for _, registry := range s.Registries {
		for _, value := range registry.Values() {
			if value.Value != nil {
				return true
			}
		}
	}
	return false
}

// Metadata is the part of a Kubernetes object's metadata that a SecretSpec uses.
type Metadata struct {
	// Name is the SecretSpec's own name. It becomes the first half of the `secretwright.dev/secret` annotation.
	Name string `json:"name"`
	// Namespace is where the Secrets go. Without it they go where their users are.
	Namespace string `json:"namespace,omitempty"`
	// Labels of the SecretSpec itself; they are not copied to the Secrets.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations of the SecretSpec itself; they are not copied to the Secrets.
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Source is one document that values come from. Exactly one of `file`, `configMap`, `secret` and `inline` says where it
// is.
type Source struct {
	// Name is what `from` calls this source.
	Name string `json:"name"`
	// File is a path relative to the folder of the SecretSpec. It cannot leave the folder Secretwright was started in,
	// or that SECRETWRIGHT_ROOT names, neither by `..`, nor by an absolute path, nor by a symbolic link.
	File string `json:"file,omitempty"`
	// ConfigMap names an item of the ResourceList that carries the document, so that no file system is needed.
	ConfigMap *ConfigMapKey `json:"configMap,omitempty"`
	// Secret names a Secret among the resources that is itself a SOPS document, as Flux has it. A Secret that is taken
	// `from` this source takes its place.
	Secret *ManifestName `json:"secret,omitempty"`
	// Inline is the SOPS document itself, as text.
	Inline string `json:"inline,omitempty"`
	// Format is how SOPS reads the document. Without it the file's name decides, as in the `sops` command:
	// `.yaml`, `.yml`, `.json`, `.env`, `.ini`, and binary for everything else. An inline document is YAML.
	Format Format `json:"format,omitempty" jsonschema:"enum=yaml,enum=json,enum=dotenv,enum=ini,enum=binary"`
	// Dialect is how dotenv text is read: as `sops` does (the default), as `kustomize` does for `envs:` and kubectl for
	// `--from-env-file`, or as `godotenv` does, which ksops uses. It is for documents in the dotenv format alone.
	// docs/compared.md has a table of what they differ in.
	Dialect Dialect `json:"dialect,omitempty" jsonschema:"enum=sops,enum=kustomize,enum=godotenv"`
	// Encrypted is true unless it is set to false, which a document in the clear must say.
	Encrypted *bool `json:"encrypted,omitempty" jsonschema:"default=true"`
	// Public states that nothing in a document in the clear is secret, whatever its keys and values look like.
	Public bool `json:"public,omitempty"`
}

// IsEncrypted reports whether the document must be a SOPS document: always, unless `encrypted: false`.
func (s Source) IsEncrypted() bool { return s.Encrypted == nil || *s.Encrypted }

// ConfigMapKey names one key of a ConfigMap among the items of the ResourceList.
type ConfigMapKey struct {
	// Name is the ConfigMap's metadata.name.
	Name string `json:"name"`
	// Key is a key of its `data` or `binaryData`.
	Key string `json:"key"`
}

// Format names a SOPS store.
type Format string

// The formats SOPS reads.
const (
	YAML   Format = "yaml"
	JSON   Format = "json"
	Dotenv Format = "dotenv"
	INI    Format = "ini"
	Binary Format = "binary"
)

// Dialect is a reading of dotenv text.
type Dialect string

// The readings of dotenv text.
const (
	SOPSDialect      Dialect = "sops"
	KustomizeDialect Dialect = "kustomize"
	GodotenvDialect  Dialect = "godotenv"
)

// Secret describes one Kubernetes Secret and everything that uses it.
type Secret struct {
	// Name is the Secret's plain name; `rollout: nameSuffixHash` adds the hash of its content. Without it the Secret has
	// the name of the manifest it is taken from.
	Name string `json:"name,omitempty" jsonschema:"anyof_required=name"`
	// From names a source that holds a Secret as a manifest, as `kubectl` takes it. The Secret has its name, namespace,
	// type, labels, annotations, `data` and `stringData`; what is said here wins. Of several in the source, `name` or
	// `manifest` picks one; without both, all of them are taken that no other entry picks.
	From string `json:"from,omitempty" jsonschema:"anyof_required=from"`
	// Manifest picks one of several Secrets in the source, if `name` is to be another one than it has there.
	Manifest *ManifestName `json:"manifest,omitempty"`
	// Namespace is where this Secret goes; without it, metadata.namespace of the SecretSpec says so, or else where its
	// users are.
	Namespace string `json:"namespace,omitempty"`
	// Type is the Secret's type: `Opaque`, one of Kubernetes' own, or a type of yours.
	Type string `json:"type,omitempty" jsonschema:"default=Opaque"`
	// Labels go on the emitted Secret.
	Labels map[string]string `json:"labels,omitempty"`
	// Annotations go on the emitted Secret.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Immutable marks the emitted Secret as immutable.
	Immutable bool `json:"immutable,omitempty"`
	// Rollout says what makes the pods that use the Secret restart when its content changes: the content's hash in the
	// Secret's name (`nameSuffixHash`, the default), a checksum annotation on their template (`checksumAnnotation`),
	// or nothing (`none`).
	Rollout Rollout `json:"rollout,omitempty" jsonschema:"enum=nameSuffixHash,enum=checksumAnnotation,enum=none"`
	// Data are the keys of the Secret, as in Secret.data, and where the value of each comes from.
	Data map[string]Value `json:"data,omitempty"`
	// DataFrom adds a key for every scalar of a document, or of one map in it. A key in `data` wins.
	DataFrom []DataFrom `json:"dataFrom,omitempty"`
	// Registries are credentials for container registries, for the types `kubernetes.io/dockerconfigjson` and
	// `kubernetes.io/dockercfg`. They are computed into the key of the type (`.dockerconfigjson`, `.dockercfg`). A
	// config.json that data takes for that key is added to; a server it has already is replaced.
	Registries []Registry `json:"registries,omitempty"`
	// ServiceAccountName is the ServiceAccount that a Secret of type `kubernetes.io/service-account-token` is for.
	ServiceAccountName string `json:"serviceAccountName,omitempty"`
	// Path is the file that the Secret is written to when it is new: a template, in which `{{ .Name }}`, `{{ .Namespace
	// }}` and `{{ .SecretSpec }}` can be used, and `{{ if }}` with one of them, relative to the folder of `--output`, or
	// under kpt to the SecretSpec's.
	Path string `json:"path,omitempty"`
	// UsedBy are the workloads and other objects that use the Secret; the references are written into them.
	UsedBy []Target `json:"usedBy,omitempty"`
}

// ManifestName picks a Secret among those of a source.
type ManifestName struct {
	// Name is its metadata.name.
	Name string `json:"name"`
	// Namespace is its metadata.namespace, if several have the name.
	Namespace string `json:"namespace,omitempty"`
}

// Registry is the credentials for one container registry.
type Registry struct {
	// Server is the registry's host, with its port or path if it has one: `registry.example.com`,
	// `https://index.docker.io/v1/` for Docker Hub.
	Server string `json:"server"`
	// Username is who logs in.
	Username Value `json:"username"`
	// Password is the password or access token.
	Password Value `json:"password"`
	// Email is the account's, which some old registries ask for.
	Email *Value `json:"email,omitempty"`
}

// Rollout is how a change of a Secret's content reaches the pods that use it.
type Rollout string

// The kinds of rollout.
const (
	NameSuffixHash         Rollout = "nameSuffixHash"
	ChecksumAnnotationMode Rollout = "checksumAnnotation"
	NoRollout              Rollout = "none"
)

// Value is where one value comes from: `from` (with or without `key`), `value`, or `template`.
type Value struct {
	// From names a source.
	From string `json:"from,omitempty"`
	// Key is the path of the value in the source, as in kustomize: `a.b.[name=x].c`, `\.` for a dot in a key, `0` for
	// the first element of a list. Without it the value is the whole document.
	Key string `json:"key,omitempty"`
	// As turns a map or a list into text. Without it they are an error.
	As As `json:"as,omitempty" jsonschema:"enum=json,enum=yaml"`
	// Decode undoes an encoding of the value in its source.
	Decode Decode `json:"decode,omitempty" jsonschema:"enum=base64"`
	// Value is the value itself. It is for what is not secret, or for a SecretSpec that is itself encrypted by
	// `secretwright encrypt`.
	Value *string `json:"value,omitempty" scalar:"text" jsonschema:"oneof_type=string;number;boolean"`
	// Public states that a value or template is not secret, whatever its key or form says. Without it one in the clear
	// that looks secret is an error in `secretwright check`.
	Public bool `json:"public,omitempty"`
	// Template is a Go text/template over the other keys of the same Secret.
	Template string `json:"template,omitempty"`
}

// As is a text format for a map or a list.
type As string

// The text formats of `as`.
const (
	AsJSON As = "json"
	AsYAML As = "yaml"
)

// Decode is an encoding to undo.
type Decode string

// Base64 is standard base64 with padding (RFC 4648, section 4); white space in it is ignored.
const Base64 Decode = "base64"

// DataFrom takes every scalar of a document, or of one map in it.
type DataFrom struct {
	// From names a source.
	From string `json:"from"`
	// Key is the path of a map in the source. Without it the document's top level is taken.
	Key string `json:"key,omitempty"`
	// Prefix is put before each key.
	Prefix string `json:"prefix,omitempty"`
	// Decode undoes an encoding of every value in its source, as in `data` of a Secret's manifest.
	Decode Decode `json:"decode,omitempty" jsonschema:"enum=base64"`
	// Overlap says what becomes of a key that an earlier dataFrom gives too. Without it such a key is an error; `replace`
	// has this one win, as the last of several files does in other tools, and `keep` the earlier one.
	Overlap Overlap `json:"overlap,omitempty" jsonschema:"enum=replace,enum=keep"`
}

// Overlap is what becomes of a key that two dataFrom give.
type Overlap string

// What becomes of a key that two dataFrom give.
const (
	ReplaceEarlier Overlap = "replace"
	KeepEarlier    Overlap = "keep"
)

// Target selects what uses a Secret, by kustomize's selectors, and says how it is used.
type Target struct {
	// APIVersion narrows the kind: `apps/v1`, or a group alone: `apps`.
	APIVersion string `json:"apiVersion,omitempty"`
	// Kind is the kind of the object: Deployment, Pod, CronJob, ...
	Kind string `json:"kind"`
	// Name is an anchored regular expression on the object's name, or that very name. Under kustomize the original name
	// matches too.
	Name string `json:"name,omitempty"`
	// Namespace is an anchored regular expression on the object's namespace, or that very namespace.
	Namespace string `json:"namespace,omitempty"`
	// LabelSelector selects by the object's labels, as `kubectl -l` does.
	LabelSelector string `json:"labelSelector,omitempty"`
	// Optional allows the target to match nothing.
	Optional bool `json:"optional,omitempty"`
	// Containers names the containers that see the Secret, init and ephemeral ones too. With a single container it may
	// be left out; `["*"]` means all of them.
	Containers []string `json:"containers,omitempty"`
	// Env maps environment variables to keys of the Secret.
	Env map[string]string `json:"env,omitempty"`
	// EnvFrom makes every key of the Secret an environment variable.
	EnvFrom *EnvFrom `json:"envFrom,omitempty"`
	// Volume mounts the Secret as files.
	Volume *Volume `json:"volume,omitempty"`
	// ImagePullSecret has the pods, or every pod of a ServiceAccount, pull their images with the Secret.
	ImagePullSecret bool `json:"imagePullSecret,omitempty"`
	// TLS has an Ingress, or listeners of a Gateway, serve the Secret's certificate.
	TLS *TLS `json:"tls,omitempty"`
	// FieldPaths are fields, as in kustomize, that the Secret's name is written into:
	// `spec.acme.privateKeySecretRef.name`.
	FieldPaths []string `json:"fieldPaths,omitempty"`
	// PodSpec is where a kind that Secretwright does not know holds its pod: `spec.path.to.podSpec`.
	PodSpec string `json:"podSpec,omitempty"`
}

// TLS has an Ingress, or listeners of a Gateway, serve a certificate.
type TLS struct {
	// Hosts are the Ingress's hosts that the certificate is for. Hosts that its entry has already stay.
	Hosts []string `json:"hosts,omitempty"`
	// Listeners are the names of the Gateway's listeners.
	Listeners []string `json:"listeners,omitempty"`
}

// EnvFrom makes every key of a Secret an environment variable.
type EnvFrom struct {
	// Prefix is put before each variable's name.
	Prefix string `json:"prefix,omitempty"`
}

// Volume mounts a Secret as files.
type Volume struct {
	// Name is the volume's name in the pod. Without it, it is derived from the Secret's plain name.
	Name string `json:"name,omitempty"`
	// MountPath is the folder, in the container, that the files appear in.
	MountPath string `json:"mountPath"`
	// SubPath mounts this one path of the volume instead of its root.
	SubPath string `json:"subPath,omitempty"`
	// ReadOnly mounts the volume read-only.
	ReadOnly bool `json:"readOnly,omitempty"`
	// DefaultMode is the files' mode, 0 to 0777.
	DefaultMode *int32 `json:"defaultMode,omitempty" jsonschema:"minimum=0"`
	// Items maps keys of the Secret to paths in the volume. Without it every key is a file of its own name.
	Items map[string]string `json:"items,omitempty"`
}

package report

// The codes of what a SecretSpec says.
const (
	UnsupportedVersion   Code = "unsupported-version"
	UnreadableSpec       Code = "unreadable-spec"
	AliasInSpec          Code = "alias-in-spec"
	UnknownField         Code = "unknown-field"
	DuplicateField       Code = "duplicate-field"
	WrongKind            Code = "wrong-kind"
	MissingField         Code = "missing-field"
	InvalidName          Code = "invalid-name"
	InvalidDataKey       Code = "invalid-data-key"
	InvalidLabel         Code = "invalid-label"
	InvalidAnnotation    Code = "invalid-annotation"
	InvalidVariable      Code = "invalid-variable"
	InvalidHost          Code = "invalid-host"
	InvalidPattern       Code = "invalid-pattern"
	InvalidSelector      Code = "invalid-selector"
	InvalidPath          Code = "invalid-path"
	InvalidMode          Code = "invalid-mode"
	UnknownValue         Code = "unknown-value"
	UnknownType          Code = "unknown-type"
	UnknownSource        Code = "unknown-source"
	MissingKey           Code = "missing-key"
	DuplicateName        Code = "duplicate-name"
	NameTooLong          Code = "name-too-long"
	ConflictingFields    Code = "conflicting-fields"
	EmptySecret          Code = "empty-secret"
	NoUse                Code = "no-use"
	UselessField         Code = "useless-field"
	FieldNeedsType       Code = "field-needs-type"
	TemplateNotAllowed   Code = "template-not-allowed"
	FixedName            Code = "fixed-name"
	ImmutableKeepsName   Code = "immutable-keeps-name"
	ImmutableToken       Code = "immutable-token"
	ReservedAnnotation   Code = "reserved-annotation"
	AnnotationsTooLarge  Code = "annotations-too-large"
	ContainerAndWildcard Code = "container-and-wildcard"
)

var specRules = []Rule{
	{UnsupportedVersion, "The SecretSpec has an apiVersion that this Secretwright does not know.",
		"apiVersion: secretwright.dev/v2",
		"Write apiVersion: secretwright.dev/v1alpha1, or use the Secretwright it was written for."},
	{UnreadableSpec, "The SecretSpec cannot be decoded, although each field has the right kind.",
		"the SecretSpec cannot be read as YAML", "Remove unusual tags and numbers from the SecretSpec."},
	{AliasInSpec, "A field of the SecretSpec is a YAML alias.", "data: {a: &a {value: x}, b: *a}",
		"Write the value out: a SecretSpec has no aliases."},
	{UnknownField, "The SecretSpec has a field that does not exist there, often a misspelt one.",
		"data: {password: {from: database, ky: app.password}}", "Correct its name, or remove it."},
	{DuplicateField, "A field, or a key of a map, is given twice.", "labels: {app: shop, app: web}",
		"Remove one of them."},
	{WrongKind, "The value of a field is of the wrong kind: text instead of a map, a map instead of a list, and so on.",
		"data: {password: hunter2}", "Write the form that the message shows: data: {password: {value: ...}}."},
	{MissingField, "A field that is needed is missing.", "sources: [{file: database.enc.yaml}]",
		"Add the field that the message names."},
	{InvalidName, "A name breaks Kubernetes' rules for it.", "metadata: {name: My_Shop}",
		"Rename it: mostly lower-case letters, digits, dashes and dots."},
	{InvalidDataKey, "A key of data breaks Kubernetes' rules for keys of a Secret.", "data: {a/b: {value: x}}",
		"Rename it: letters, digits, dashes, underscores and dots."},
	{InvalidLabel, "A label's key or value breaks Kubernetes' rules.", "labels: {app: my shop}", "Correct the label."},
	{InvalidAnnotation, "An annotation's key breaks Kubernetes' rules.", "annotations: {a b: c}", "Correct the key."},
	{InvalidVariable, "The name of an environment variable, or its prefix, breaks Kubernetes' rules.",
		`env: {"A=": password}`,
		"Rename the variable."},
	{InvalidHost, "A host is not a DNS name, nor a wildcard of one.", "tls: {hosts: [https://shop.example.com]}",
		"Write the host alone: shop.example.com, or *.example.com."},
	{InvalidPattern, "The name or namespace of a usedBy entry is not a regular expression.",
		`usedBy: [{kind: Pod, name: "*"}]`,
		"Write a plain name, or an expression that Go's regexp accepts."},
	{InvalidSelector, "A labelSelector does not parse.", "labelSelector: a in b",
		"Write it as for kubectl -l: tier=backend,track!=canary."},
	{InvalidPath, "A path is absolute where it must be relative, relative where it must be absolute, or leaves its folder.",
		"volume: {mountPath: etc/shop}", "Write the path as the message says."},
	{InvalidMode, "A file mode is not between 0 and 0777.", "volume: {mountPath: /etc/shop, defaultMode: 1000}",
		"Write 0 to 0777, in octal with a leading 0."},
	{UnknownValue, "A field that has a fixed set of values has another one.", "rollout: never",
		"Write one of the values that the message lists."},
	{UnknownType, "The type of a Secret is not one of Kubernetes' own, but looks like one.",
		"type: kubernetes.io/tsl",
		"Correct it; a type of your own needs a domain: example.com/licence."},
	{UnknownSource, "A value is taken from a source that is not in sources.", "data: {password: {from: databse}}",
		"Correct the name, or add the source to sources."},
	{MissingKey, "A key is used that the Secret does not have.", "env: {DB_PASSWORD: pasword}",
		"Correct the key, or add it to data."},
	{DuplicateName, "Two sources, Secrets or registries have the same name.",
		"sources: [{name: a, file: x}, {name: a, file: y}]",
		"Give each its own name, or remove one."},
	{NameTooLong, "The Secret's name leaves no room for the hash that is added to it.",
		"243 characters leave no room for the hash",
		"Shorten it to 242 characters, or set rollout: none."},
	{ConflictingFields, "Fields that exclude each other are given together.", "data: {a: {value: x, template: y}}",
		"Keep one of them."},
	{EmptySecret, "The SecretSpec describes no Secret, or a Secret with nothing in it.", "secrets: [{name: database}]",
		"Fill data or dataFrom."},
	{NoUse, "A usedBy entry does not say how the Secret is used.", "usedBy: [{kind: Deployment, name: web}]",
		"Add env, envFrom, volume, imagePullSecret, tls or fieldPaths."},
	{UselessField, "A field has no effect beside the others.",
		"usedBy: [{kind: Own, fieldPaths: [spec.a], containers: [app]}]",
		"Remove it, or add the field it belongs to."},
	{FieldNeedsType, "A field belongs to other types of Secret, or needs keys that the Secret does not have.",
		"{type: Opaque, registries: [...]}", "Set the type that the message names, or remove the field."},
	{TemplateNotAllowed, "A template is used where there can be none.", "registries: [{password: {template: ...}}]",
		"Take the value from a source."},
	{FixedName, "The cluster finds the Secret by its name, which can have no hash.",
		"{type: bootstrap.kubernetes.io/token, rollout: nameSuffixHash}", "Leave rollout out."},
	{ImmutableKeepsName, "An immutable Secret keeps its name, so the API server will refuse every change of it.",
		"{immutable: true, rollout: none}", "Set rollout: nameSuffixHash, or leave immutable out."},
	{ImmutableToken, "A service account token is immutable, but Kubernetes writes the token into it.",
		"{type: kubernetes.io/service-account-token, immutable: true}", "Leave immutable out."},
	{ReservedAnnotation, "The SecretSpec sets an annotation that Secretwright itself writes.",
		"annotations: {secretwright.dev/secret: a}", "Remove it."},
	{AnnotationsTooLarge, "The annotations of a Secret are larger than Kubernetes allows.",
		"they have 262145 bytes together; Kubernetes takes 262144", "Shorten them."},
	{ContainerAndWildcard, `The list of containers has "*" beside names.`, `containers: [app, "*"]`,
		`Write ["*"] alone for all containers.`},
}

package report

// The codes of other tools' configurations.
const (
	ForeignConfig Code = "foreign-config"
	KeyReplaced   Code = "key-replaced"
	NotAResource  Code = "not-a-resource"
	NotText       Code = "not-text"
	OnlyGenerator Code = "only-under-generators"
)

var adoptRules = []Rule{
	{ForeignConfig, "A configuration of ksops or of SopsSecretGenerator was run as that tool runs it.",
		"this ksops is run as ksops v4.5.1 runs it",
		"Nothing has to be done. To go on to a SecretSpec, see [compared.md](compared.md)."},
	{KeyReplaced, "A value took the place of an earlier one of the same key.",
		"the key \"user\" takes the place of an earlier one",
		"Nothing, if that is meant; else remove one of them."},
	{NotAResource, "A file that should be an encrypted manifest is not one.", "its document 1 has no kind",
		"List files of values under `secretFrom`."},
	{NotText, "A file that should be text is not, and the tool damages it.",
		"it has bytes that are not text, and ksops replaces them",
		"List it under `binaryFiles`."},
	{OnlyGenerator, "The configuration of a generator came together with resources, as under `transformers:`.",
		"the configuration of a generator came with a resource, Deployment web",
		"Name the configuration under `generators:`, or write a SecretSpec."},
}

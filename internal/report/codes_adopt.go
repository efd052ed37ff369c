package report

// The codes of other tools' configurations.
const (
	ForeignConfig Code = "foreign-config"
	KeyReplaced   Code = "key-replaced"
	NotAResource  Code = "not-a-resource"
	NotText       Code = "not-text"
	OnlyGenerator Code = "only-under-generators"

	// What secretwright adopt says.
	FileInTheWay   Code = "file-in-the-way"
	NothingToAdopt Code = "nothing-to-adopt"
	LeftAlone      Code = "left-alone"
	PlainInHistory Code = "plain-in-history"
	BuildDiffers   Code = "build-differs"
)

var adoptRules = []Rule{
	{FileInTheWay, "A file that `secretwright adopt` would write exists.", "there is one already", "Rename it."},
	{NothingToAdopt, "The folder has no Secrets to take over.",
		"base: its kustomization has no secretGenerator, no generator of ksops or SopsSecretGenerator, and no Secret among its resources",
		"Name the folder that has the Secrets."},
	{LeftAlone, "Something was not taken over, and is left as it is.", "a folder of generators is left",
		"Take it over by hand, or leave it: it goes on working."},
	{PlainInHistory, "A value that was plain is encrypted now, but Git's history still has it.",
		"password.txt was plain, and Git's history still has it", "Change the value, and remove the file."},
	{BuildDiffers, "The build after the change is not the one before.", "Secret db: data.password differs",
		"Nothing was changed. Take over this Secret by hand."},
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

package report

// The codes of commands that write SecretSpecs and their sources.
const (
	AlreadyThere   Code = "already-there"
	UnknownSecret  Code = "unknown-secret"
	NotSettable    Code = "not-settable"
	ReadersChange  Code = "readers-change"
	TypedInTheOpen Code = "typed-in-the-open"
	LeftInTheClear Code = "left-in-the-clear"
	Written        Code = "written"

	AliasesWrittenOut Code = "aliases-written-out"
)

var authorRules = []Rule{
	{AlreadyThere, "`secretwright add` was asked to add what the SecretSpec has already.",
		"the Secret db has the key password already", "Change the value with `secretwright set`, or leave it out."},
	{UnknownSecret, "A command names a Secret that the SecretSpec does not have.",
		"there is no Secret \"dp\"; did you mean db?",
		"Correct the name, or add the Secret with `secretwright add`."},
	{NotSettable, "`secretwright set` cannot change a value where it comes from.", "the value is a template",
		"Change what it is made from, or the SecretSpec with `secretwright edit`."},
	{ReadersChange, "Who can read a file would change, or changed.", "it is now encrypted for age1y too",
		"Nothing, if that was meant. Values that somebody who is gone has read should be changed."},
	{TypedInTheOpen, "A value was given on the command line, where the shell's history and the list of processes have it.",
		"the value of password was on the command line",
		"Change the value, and leave it out of the command: it is asked for, or read from standard input."},
	{LeftInTheClear, "`secretwright edit` saved new values that the rules in the sops block, such as `encrypted_regex`, have SOPS keep in " +
		"the clear.", "in the clear, by the rules in its sops block: metadata.labels.app",
		"Nothing, if that was meant. Otherwise change the value, and encrypt the file anew under other rules."},
	{AliasesWrittenOut, "`secretwright edit` saved a document whose text had YAML aliases.",
		"its YAML aliases are written out, since SOPS keeps none",
		"Nothing: the values are the same."},
	{Written, "What a command wrote.", "the value of password in the Secret db is set", "Commit it."},
}

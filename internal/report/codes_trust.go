package report

// The codes of trust: who can read what, and who is asked.
const (
	EncryptedFor      Code = "encrypted-for"
	ExampleRecipient  Code = "example-recipient"
	PlainInDocument   Code = "plain-in-document"
	ReadableBy        Code = "readable-by"
	RecipientsChanged Code = "recipients-changed"
	ServerNotAllowed  Code = "server-not-allowed"
	UnlistedRecipient Code = "unlisted-recipient"
)

var trustRules = []Rule{
	{EncryptedFor, "For whom a Secret goes out: for the first time, or for others than the last time, where that was listed or confirmed.",
		"the Secret db is encrypted for the first time, for age1x",
		"Read the list. Nothing signs the `sops` block of a source that it comes from."},
	{ExampleRecipient, "Something is to be encrypted for the recipient of Secretwright's examples, whose key is public.",
		"the recipient age1x is that of Secretwright's examples, and everybody has its key",
		"Make a key of your own with `secretwright init`, and list its public key."},
	{PlainInDocument, "An encrypted document has a value of a Secret in the clear, and its MAC leaves that out, so that anyone can " +
		"change it without a key.",
		"the value at \"stringData.url\" is in the clear in a file that is encrypted, and mac_only_encrypted leaves it out of the MAC: " +
			"anyone can change it without a key",
		"Encrypt it: `sops decrypt -i`, correct the rule for what is encrypted, and `sops encrypt -i`."},
	{ReadableBy, "Who can read the values of a Secret, and where they come from. Only a check says so.",
		"the Secret db has its values from db.enc.yaml, which age1x can read", "Nothing, if that is meant."},
	{RecipientsChanged, "A Secret would go out to others than the last time, and nobody has listed or confirmed them.",
		"the Secret db would be encrypted for others than the last time: age1y is added",
		"Find out who changed the `sops` block of its source. If it is right, name those who are added or gone in `--accept-recipients` or " +
			"`SECRETWRIGHT_ACCEPT_RECIPIENTS`, or list the recipients in `output.sops` or `.sops.yaml`."},
	{ServerNotAllowed, "A document names a server that the environment does not allow, so it was not asked.",
		"the server https://vault.example was not asked, since the environment does not allow it",
		"If it is yours, set `VAULT_ADDR` to it, or list it in `SECRETWRIGHT_ALLOWED_SERVERS`."},
	{UnlistedRecipient, "A document is encrypted for a recipient that its `.sops.yaml` does not list.",
		"it is encrypted for age1x, which .sops.yaml does not list for it",
		"List it, or take it out with `secretwright updatekeys`."},
}

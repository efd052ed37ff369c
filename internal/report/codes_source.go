package report

// The codes of sources and SOPS documents.
const (
	// Where a document is read from.
	NoFileSystem     Code = "no-file-system"
	NoSuchFile       Code = "no-such-file"
	OutsideRoot      Code = "outside-root"
	UnreadableFile   Code = "unreadable-file"
	NotRegularFile   Code = "not-regular-file"
	DocumentTooLarge Code = "document-too-large"
	NoSuchConfigMap  Code = "no-such-configmap"
	SameConfigMap    Code = "ambiguous-configmap"
	NoSuchMapKey     Code = "no-such-configmap-key"
	NotBase64        Code = "not-base64"
	UnusedSource     Code = "unused-source"

	// What is wrong with a document.
	InvalidDocument     Code = "invalid-document"
	MalformedDocument   Code = "malformed-document"
	ExcessiveDocument   Code = "excessive-document"
	NotEncrypted        Code = "not-encrypted"
	TruncatedDocument   Code = "truncated-document"
	PlaintextInDocument Code = "plaintext-in-document"
	InvalidMetadata     Code = "invalid-sops-block"
	NonTextKey          Code = "key-not-text"
	NotDecryptable      Code = "not-decryptable"
	MACMismatch         Code = "mac-mismatch"
	PatchedSecret       Code = "patched-secret"
	EncryptedAsClear    Code = "encrypted-as-clear"
	EncryptedTwice      Code = "encrypted-twice"
	JoinedDocuments     Code = "joined-documents"
	ByteOrderMark       Code = "byte-order-mark"
	LineEndsChanged     Code = "line-ends-changed"

	// Keys.
	NoDecryptionKey      Code = "no-decryption-key"
	NoKeyService         Code = "no-key-service"
	KeyServiceUnusable   Code = "key-service-unusable"
	DecryptionCancelled  Code = "cancelled"
	UnknownRecipient     Code = "unknown-recipient"
	NoRecipient          Code = "no-recipient"
	NoCommonRecipient    Code = "no-common-recipient"
	RecipientUnreachable Code = "recipient-unreachable"
	NoRuleFile           Code = "no-sops-yaml"
	NoCreationRule       Code = "no-creation-rule"

	// Values in a document.
	NoSuchPath        Code = "no-such-path"
	DuplicateKey      Code = "duplicate-key"
	NoKeys            Code = "document-without-keys"
	EmptyDocument     Code = "empty-document"
	SeveralDocuments  Code = "several-documents"
	NotAMap           Code = "not-a-map"
	NotAScalar        Code = "not-a-scalar"
	NullValue         Code = "null-value"
	CollectionSkipped Code = "collection-skipped"
	Unprintable       Code = "not-printable"

	// A Secret that is taken from a manifest.
	NotASecret       Code = "not-a-secret"
	NoSuchSecret     Code = "no-such-secret"
	SeveralSecrets   Code = "several-secrets"
	MetadataIsSecret Code = "metadata-is-encrypted"
	EncodedData      Code = "encoded-data"
	LeftEncrypted    Code = "left-encrypted"

	// A SecretSpec that is a SOPS document, and Secrets that go out as one.
	MisplacedEncryption Code = "misplaced-encryption"
	AlreadyEncrypted    Code = "already-encrypted"
	NotOneDocument      Code = "not-one-document"
	InvalidAnnotations  Code = "invalid-annotations"
	NotEncryptable      Code = "not-encryptable"
)

var manifestRules = []Rule{
	{NotASecret, "A document that a Secret is taken from is not the manifest of one, or holds other resources too.",
		"it holds no Secret of apiVersion v1, but ConfigMap settings",
		"Take its values in data or dataFrom, and keep other resources among the resources."},
	{NoSuchSecret, "There is no Secret of the name in a source, or among the resources.",
		`it has no Secret "databse"; did you mean database?`, "Correct the name."},
	{SeveralSecrets, "A source holds several Secrets, and one is needed.", "it holds the Secrets database, mail",
		"Pick one with name, or with manifest."},
	{MetadataIsSecret, "A manifest is encrypted as a whole, so that its name and type cannot be read without a key.",
		"its metadata is encrypted too, so that its name is not known without a key",
		"Write name and type in the SecretSpec, or encrypt it with `encrypted_regex: ^(data|stringData)$`."},
	{EncodedData, "The values of data in a Secret's manifest are base64, and would be encoded twice.",
		"data of a Secret's manifest is base64", "Add `decode: base64`."},
	{LeftEncrypted, "A Secret among the resources is a SOPS document that no SecretSpec takes, and something reads it.",
		"the Secret shop/database is encrypted, and Deployment shop/web reads it",
		"Take it from a source with `secret:`, or have Flux decrypt it in the cluster."},
}

var sourceRules = []Rule{
	{NoFileSystem, "A source is a file, or a .sops.yaml is needed, and there is no file system to read it from.",
		"there is no file system to read it from",
		"Carry the document in a configMap or inline source, or list the recipients in output.sops."},
	{NoSuchFile, "The file of a source does not exist.", "there is no such file",
		"Write the path relative to the folder of the SecretSpec."},
	{OutsideRoot,
		"The path of a source, or a symbolic link on it, leads out of the folder Secretwright was started in, or of SECRETWRIGHT_ROOT.",
		"it leads out of the folder whose files Secretwright reads",
		"Move the file inside, or set SECRETWRIGHT_ROOT to a folder that holds both: `git` is the Git work tree."},
	{UnreadableFile, "The file of a source cannot be read.", "it may not be read", "Check the file's mode and owner."},
	{NotRegularFile, "A source names a folder, a pipe or a device.", "it is not a regular file", "Name a file."},
	{DocumentTooLarge, "A source is larger than 4 MiB.", "it has 4194305 bytes; a source may have 4194304",
		"Split it into several sources."},
	{NoSuchConfigMap, "There is no ConfigMap of that name among the resources.",
		"there is no such ConfigMap among the resources; did you mean encrypted?",
		"Correct the name, add the ConfigMap to the resources, or read the document from a file."},
	{SameConfigMap, "Several ConfigMaps among the resources have the name.",
		"2 ConfigMaps among the resources have this name", "Give each its own name."},
	{NoSuchMapKey, "The ConfigMap does not have the key.", "the ConfigMap has no such key; did you mean a.enc.yaml?",
		"Correct the key, or add the document to the ConfigMap."},
	{NotBase64, "A value that should be base64 is not.", `the value at "certificate" is not base64`,
		"Leave decode out if the value is not encoded."},
	{UnusedSource, "No value comes from a source, so it was not read.",
		`nothing uses the source "database", so it was not read`, "Remove the source, or name it in a from."},

	{InvalidDocument, "A document does not parse in its format.", "it is not valid yaml at line 3",
		"Correct the document, or set format to what it is."},
	{MalformedDocument, "A document breaks the parser.", "it cannot be read: it is malformed",
		"Write the document again with the sops command."},
	{ExcessiveDocument,
		"A document takes time or memory out of proportion to its size: aliases, maps or a sops block.",
		"its YAML aliases multiply to more than it could hold", "Write it without aliases, or split it."},
	{NotEncrypted, "A source that should be encrypted has no sops block.", "it is not encrypted: it has no sops block",
		"Encrypt it with `sops encrypt -i`, or set encrypted: false if it is not secret."},
	{TruncatedDocument, "A document has encrypted values, but is not a whole SOPS document.",
		"it has encrypted values but no sops block: it was cut short", "Restore the whole file from Git."},
	{PlaintextInDocument, "An encrypted document has plaintext where SOPS would encrypt.",
		"it has plaintext where SOPS would encrypt, at database.password",
		"Take it out and put it back with `sops edit --ignore-mac`; if it is secret, change it."},
	{InvalidMetadata, "The sops block of a document is incomplete or out of bounds.", "its sops block names no key",
		"Restore the whole file from Git, or encrypt it again."},
	{NonTextKey, "An encrypted document has a key that is not text.", "it has a key that is not text",
		"Quote the key, and encrypt the document again."},
	{NotDecryptable, "An encrypted value was changed after SOPS wrote it.",
		"its value at database.password does not decrypt",
		"Restore it from Git."},
	{MACMismatch, "A document was changed after SOPS wrote it: its MAC does not match.", "its MAC does not match",
		"Restore it from Git; if the change was yours, renew the MAC with `sops edit --ignore-mac`, " +
			"and that of a SecretSpec with `secretwright fmt`."},
	{PatchedSecret, "An encrypted Secret among the resources is not what its file says: a patch has changed it.",
		"stringData.password is no longer what the encrypted file says: something changed it in the build",
		"Take the patch out, and change the file, or give the value in `data` of the SecretSpec: nobody has signed the change."},
	{EncryptedAsClear, "A source has encrypted: false, but is a SOPS document, whose ciphertext would be the value.",
		"it is a SOPS document, though encrypted is false", "Remove encrypted: false."},
	{EncryptedTwice, "A value is ciphertext of SOPS still once it is decrypted: it was encrypted twice.",
		"it was encrypted twice: decrypted, it is ciphertext still",
		"Decrypt it once more with the sops command, and put the result in with `secretwright edit`."},
	{JoinedDocuments, "A file holds several encrypted documents, each with its own sops block.",
		"it is several encrypted documents in one file", "Give each a file of its own."},
	{ByteOrderMark, "A document begins with a byte order mark, which its format does not have.",
		"it begins with a byte order mark", "Save it as UTF-8 without one."},
	{LineEndsChanged, "Git or an editor turned the line ends of an encrypted document into CRLF.",
		"its lines end in CRLF: Git or an editor changed them",
		"Turn them back to LF, and keep them with `*.enc.* -text` in .gitattributes."},

	{NoDecryptionKey, "None of the keys of this machine or of the key services opens a document.",
		"no key here opens it. It is encrypted for age age1...",
		"Provide a key that fits, or have yours added with `secretwright updatekeys`."},
	{NoKeyService, "The environment turns every key service off.", "there is no key service to decrypt it with",
		"Unset SOPS_ENABLE_LOCAL_KEYSERVICE, or set SOPS_KEYSERVICE."},
	{KeyServiceUnusable, "SOPS_KEYSERVICE holds an address that is not one.",
		`the key service "tcp:///nowhere" in SOPS_KEYSERVICE cannot be used`,
		"Write unix:///path/to.sock or tcp://host:port."},
	{DecryptionCancelled, "The run was cancelled before a document was decrypted.",
		"the run was cancelled before it was decrypted", "Run it again."},
	{UnknownRecipient, "A listed recipient is not a key that SOPS knows.", `"age1x" is no key that SOPS knows`,
		"Write it as in .sops.yaml."},
	{NoRecipient, "Nothing says for whom to encrypt a Secret.",
		"no encrypted source says for whom to encrypt the Secret",
		"List the recipients in output.sops."},
	{NoCommonRecipient, "No key opens all the sources of a Secret.",
		"nobody can open all of a.enc.yaml, b.enc.yaml, so there is nobody to encrypt the Secret for",
		"List the recipients in output.sops, or encrypt the sources for one more key that opens all."},
	{RecipientUnreachable, "A document cannot be encrypted for its recipients.",
		"the Secret cannot be encrypted for its recipients", "Correct the recipients, or make their keys reachable."},
	{NoRuleFile, "There is no .sops.yaml for a file.", "there is no .sops.yaml in its folder or above",
		"Write one that says which keys to encrypt for, or list the recipients in output.sops."},
	{NoCreationRule, "The .sops.yaml for a file has no creation rule with keys for it.",
		".sops.yaml has no creation rule with keys for shop/secret.yaml", "Add one."},

	{NoSuchPath, "The document does not have the key.", `there is no key "pasword" under app; did you mean password?`,
		"Correct the key; write a dot in a key as `\\.`."},
	{DuplicateKey,
		"A key is in the document more than once. The MAC does not cover empty values, so anyone can add one.",
		`"password" appears twice in it, first in line 3`, "Keep the one that is yours."},
	{NoKeys, "A key is looked up in a document that has no keys.", "it is binary, and has no keys",
		"Leave key out to take the whole document, or set format."},
	{EmptyDocument, "A document is empty.", "it is empty", "Add the values, or remove the source."},
	{SeveralDocuments, "A file has several YAML documents, and one is needed.",
		"it has 2 YAML documents (1: user, password; 2: token)",
		"Pick a value that only one of them has, or split the file."},
	{NotAMap, "dataFrom names something that is not a map.", `"app.hosts" is not a map`,
		"Take a single value in data instead."},
	{NotAScalar, "A value is a map or a list.", `"app" is a map or a list, not a value`,
		"Pick a value in it, or turn it into text with as: json or as: yaml."},
	{NullValue, "A value is null.", `the value at "app.none" is null`, `Write "" for an empty value.`},
	{CollectionSkipped, "dataFrom leaves out maps and lists.", "app, hosts: maps and lists are not taken",
		"Take their scalars with key, or the whole as text in data with as: json."},
	{Unprintable, "A document or value cannot be written in the format that is asked for.",
		"SOPS cannot print it as ini",
		"Take single values from it with key, or set format."},

	{MisplacedEncryption, "A field of a SecretSpec is encrypted that is not a value of data or registries.",
		"metadata.labels.value is encrypted; in a SecretSpec only the value of data and registries is",
		"Rename what is called value, and encrypt with `secretwright encrypt`."},
	{AlreadyEncrypted, "A SecretSpec that is to be encrypted is encrypted.", "it is encrypted already",
		"Change it with `secretwright edit`."},
	{NotOneDocument, "A SecretSpec is not one YAML document.", "it is not one YAML document",
		"Keep one SecretSpec in the file."},
	{InvalidAnnotations, "The annotations of a SecretSpec are not a map.", "its annotations are no map",
		"Write them as a map."},
	{NotEncryptable, "SOPS cannot encrypt or write a document.",
		"SOPS cannot encrypt it: a value is neither text, a number, a boolean nor a date", "Quote the value."},
}

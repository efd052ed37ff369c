package report

// The codes of a run as a whole: what came in, what is written, and Secretwright itself.
const (
	AmbiguousReference  Code = "ambiguous-reference"
	MergedEncrypted     Code = "merged-encrypted"
	NothingToMerge      Code = "nothing-to-merge"
	NotInKustomization  Code = "not-in-kustomization"
	NotStaged           Code = "not-staged"
	OutputLeft          Code = "output-left"
	ReferenceElsewhere  Code = "reference-elsewhere"
	SecretRenamed       Code = "secret-renamed"
	SeveralNamespaces   Code = "several-namespaces"
	StaleName           Code = "stale-name"
	StoredSecretIsStale Code = "stored-secret-is-stale"
	TwoWriters          Code = "two-writers"
	BadManifest         Code = "bad-manifest"
	BadResourceList     Code = "bad-resourcelist"
	DuplicateSecretSpec Code = "duplicate-secretspec"
	EncryptedAnew       Code = "encrypted-anew"
	Internal            Code = "internal-error"
	InvalidFile         Code = "invalid-file"
	KeyGivenTwice       Code = "key-given-twice"
	LinkNotFollowed     Code = "link-not-followed"
	NoMatch             Code = "no-match"
	NoSecretSpec        Code = "no-secretspec"
	OtherNamespace      Code = "other-namespace"
	OutsidePackage      Code = "outside-package"
	RedactedOutput      Code = "redacted-output"
	SecretExists        Code = "secret-exists"
	SecretRemoved       Code = "secret-removed"
	StoredInTheClear    Code = "stored-in-the-clear"
	TimeLimit           Code = "time-limit"
	UndeclaredReader    Code = "undeclared-reader"
	UnusedSecret        Code = "unused-secret"

	// What a check of a whole repository says.
	BuildFailed    Code = "build-failed"
	NotRun         Code = "not-run"
	NotAFunction   Code = "not-a-function"
	RemoteResource Code = "remote-resource"

	UnusedComponent Code = "unused-component"
)

var runRules = []Rule{
	{BuildFailed, "kustomize cannot build the kustomization of a SecretSpec, so `check` cannot check it.",
		"kustomize cannot build it: accumulating resources: web.yaml: no such file or directory",
		"Run `kustomize build` in the folder, and mend what it says."},
	{NotRun, "A check of a repository runs no functions of others, so what they would do to the resources is not seen.",
		"check runs no other functions, so HelmGenerator under generators is left out",
		"Nothing, if the SecretSpec does not need what it makes."},
	{NotAFunction, "A kustomization has a SecretSpec, and kustomize does not run it.",
		"kustomization.yaml lists it under resources, where kustomize runs nothing",
		"List it under `transformers`, with the annotation `config.kubernetes.io/function: 'exec: {path: secretwright}'`."},
	{UnusedComponent, "A component is not used by a kustomization that a check looks at, so what its SecretSpecs are applied to is not known.",
		"no kustomization that is looked at uses this component", "Check the folders of those that use it too."},
	{RemoteResource, "A kustomization takes resources from elsewhere, and a check fetches nothing.",
		"its resources has https://example.com/base, which is not in this repository, and check fetches nothing",
		"Check what `kustomize build` makes, `kustomize build | secretwright check SPEC -`, or keep a copy in the repository."},
	{AmbiguousReference, "A reference could mean more than one Secret.",
		"ClusterIssuer ca could mean the Secret app in the namespace a and the namespace b",
		"Say where the Secret goes with `namespace`, or give each Secret its own name."},
	{NotInKustomization, "A kustomization does not list a file that was written beside it, or lists one that was removed.",
		"it does not list secret_db.yaml, which was written beside it", "Add the file to `resources`, or take it out."},
	{OutputLeft, "A Secret that Secretwright wrote stays, though no SecretSpec is rendered there any more.",
		"the Secret db was made for the SecretSpec shop, and none of that name is below this folder",
		"Remove the file, and what names it."},
	{NotStaged, "A commit would not have what is rendered: `render --staged`, as in a hook, found a file that is not staged.",
		"it is rendered, and the commit would not have it; run git add rendered/secret_db.yaml, and commit again",
		"Stage the file with `git add`, and commit again."},
	{MergedEncrypted, "A Secret is to be merged with another in the build, and to go out encrypted.",
		"a Secret that goes out encrypted cannot be merged with another",
		"Leave out the `behavior` annotation, or `output.sops`: what is encrypted is for Git, and nobody could merge it."},
	{NothingToMerge, "A Secret asks kustomize to merge it with another, and there is not exactly one.",
		"0 Secrets of the resources are called db", "Leave the annotation out, or name one Secret of an earlier layer."},
	{ReferenceElsewhere, "Something refers to a Secret of this name in a namespace that the Secret does not go to.",
		"Deployment b/web refers to a Secret db in the namespace b, where this one does not go",
		"Name it in `usedBy` if it is meant to read this one."},
	{SecretRenamed, "The SecretSpec calls a Secret by another name than at the last run, and its references follow.",
		"the Secret jwt-key is now token-key, and its references follow", "Nothing, if that was meant."},
	{SeveralNamespaces, "A Secret could go to several namespaces, and must not spread by a name's chance.",
		"the Secret db is referred to in the namespace a and the namespace b",
		"Say where it goes with `namespace`, or name all its users in `usedBy`."},
	{StaleName, "Something still has the former name of a Secret, and cannot be followed safely.",
		"HelmRelease web, field spec.values.auth.existingSecret, still has the name creds of the Secret creds-4m2b",
		"Name the field in `fieldPaths`, or set `rollout: none`."},
	{StoredSecretIsStale, "A Secret of a former run is among the resources, and no longer declared or in another namespace now.",
		"the stored Secret db-4m2b is no longer declared", "Delete its file."},
	{TwoWriters, "An operator writes a Secret that a SecretSpec declares too.",
		"Certificate web, field spec.secretName, has an operator write the Secret tls, which is declared here too",
		"Take it out of one of them."},
	{BadManifest, "A manifest file cannot be read: it is not valid YAML, holds a key twice, or holds what is not an object.",
		"it is not valid YAML", "Correct the file at the line that is named."},
	{BadResourceList, "What came in on standard input, or goes out, is not a ResourceList.",
		"standard input is not a ResourceList",
		"Run `secretwright render SPEC [PATH ...]` for plain manifests, or correct what calls the function."},
	{Internal, "Secretwright itself failed. Nothing was changed.",
		"Secretwright failed in a way it should not (at place.go:12)",
		"Report the place, and the SecretSpec without its values."},
	{DuplicateSecretSpec, "Two SecretSpecs among the resources have one name.",
		"there are two SecretSpecs with the name \"shop\"",
		"Give each its own `metadata.name`, or its own namespace."},
	{EncryptedAnew, "The encrypted Secret of a former run could not be taken over, so every value of it has a new ciphertext.",
		"the Secret db of a former run is encrypted anew: no key here opens it",
		"Nothing, if the recipients changed; else look at why it does not open."},
	{InvalidFile, "The template for the file of a new Secret cannot be used.", "it does not end in .yaml or .yml",
		"Correct `path`, or `--secret-file`."},
	{KeyGivenTwice, "Two `dataFrom` give a Secret the same key.", "the key \"user\" comes from an earlier dataFrom too",
		"Give one of them a `prefix`, say in `data` which one is meant, or set `overlap` to `replace` or `keep`."},
	{LinkNotFollowed, "A link in a folder of manifests leads out of that folder, or to another folder. What it leads to is not read.",
		"this link leads out of its folder, or to another folder, and is not followed", "Name what it leads to."},
	{NoMatch, "A target of `usedBy` selects no resource.",
		"no resource matches kind Deployment, name wbe; did you mean web?",
		"Correct the target, add the resource, or set `optional: true`."},
	{NoSecretSpec, "There is nothing to apply.",
		"there is no SecretSpec, neither as functionConfig nor among the resources",
		"Name a SecretSpec, or correct its kind and apiVersion."},
	{OtherNamespace, "A target selects a resource in another namespace than the Secret's.",
		"Deployment shop/web is in another namespace than the Secret's, auth",
		"Leave the namespace out, or narrow the target with `namespace`."},
	{OutsidePackage, "The package is outside the folder that Secretwright may read.",
		"the package is outside the folder Secretwright was started in", "Start it in the package, or in a folder above it."},
	{RedactedOutput, "The function was asked for redacted Secrets. Their values are not base64, so an API server refuses them.",
		"SECRETWRIGHT_REDACT is set: every Secret that a SecretSpec makes is redacted, and no API server accepts it",
		"Unset SECRETWRIGHT_REDACT to render what is to be applied."},
	{SecretExists, "A Secret of the name is among the resources already, or one that a former run made for a SecretSpec that is not.",
		"there is a Secret db among the resources already",
		"Remove it, or choose another name. If it was made for a SecretSpec that was renamed, write the new name of the " +
			"SecretSpec into the Secret's annotation `secretwright.dev/secret`."},
	{SecretRemoved, "A Secret that a former run made is no longer declared, and was removed.",
		"the Secret db, which is no longer declared, was removed",
		"Declare it again if something still needs it."},
	{StoredInTheClear, "Secrets are written in the clear where Git would take them.",
		"rendered in place, plain Secrets are written into a Git work tree",
		"Set `output: {sops: {}}`, or render with `-o` to another place."},
	{TimeLimit, "The run took longer than it may: five minutes, or what SECRETWRIGHT_TIMEOUT says.",
		"the run takes longer than it may",
		"Look for a key service that does not answer, or set SECRETWRIGHT_TIMEOUT to more: 15m."},
	{UndeclaredReader, "A container reads the Secret though no `usedBy` asks for it any more.",
		"Deployment web, container proxy still reads the Secret db (env DB), and nothing here asks for it",
		"Take the reference out of the container, or add it to `usedBy`."},
	{UnusedSecret, "Nothing refers to the Secret.", "nothing uses the Secret db",
		"Say who does in `usedBy`, or set `rollout: none` if it is found by its name."},
}

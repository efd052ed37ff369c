package main

// claims are what README.md says, in its order, without marks. Below each are the tests, a folder and a name each, of
// which one fails where it is no longer true. Change both together.
const claims = `
Kubernetes Secrets from encrypted Git, and the references to them, in one declaration.
	examples TestReadmeExample

A secret in Git usually takes three files that drift apart: an encrypted file, a generator that lists it, and
references by hand in every workload.
	internal/cli TestPages

With Secretwright it takes one.
	examples TestReadmeExample

A SecretSpec says what a Secret holds, where each value comes from, and which containers get it, and how:
	examples TestReadmeExample

yaml # secretspec.yaml, before secretwright encrypt secretspec.yaml
	examples TestReadmeExample, e2e TestEditor

console $ secretwright init # an age key of your own, and a .sops.yaml with its public half
	examples TestReadmeExample, internal/cli TestScript/init, internal/cli TestScript/edit

diff containers:
	examples TestReadmeExample

You use ksops or SopsSecretGenerator?
	internal/adopt TestRecorded

Your generators run unchanged once they name secretwright as their program. secretwright adopt makes a SecretSpec of
them, and proves that the build stays the same: docs/from-ksops.md.
	internal/adopt TestRecorded, internal/cli TestScript/adopt, internal/cli TestPages

You use Flux?
	internal/cli TestPages

Render before the commit: each Secret goes into Git encrypted, and Flux decrypts it as before.
	examples TestFlux, e2e TestAPIServer/Flux

A misspelled key fails in the pull request, not in the cluster: docs/from-flux.md.
	internal/cli TestScript/keyless

You are new to this? docs/tutorial.md goes from an empty folder to a Deployment that has its password; a test runs each
step.
	e2e TestTutorial

One place.
	examples TestReadmeExample

Values, the Secret and its references are declared together.
	examples TestReadmeExample

When a value changes, the hash in the name and every reference to it change too.
	fn TestGolden/rollout-changed, internal/wiring TestRenameIsComplete, examples TestHash

All types of Secret.
	schema TestTypes, generators FuzzTypes

Opaque, Docker registry, TLS, SSH, basic auth and token Secrets become variables, files, pull secrets or Ingress TLS,
in every kind of workload and in custom resources, and only in the containers you name.
	schema TestReferenceExamples, fn TestGolden/type-dockerconfigjson, fn TestGolden/type-tls, fn
	TestGolden/volumes, fn TestGolden/workloads, fn TestGolden/field-paths, fn TestGolden/containers

Mistakes show at render.
	internal/cli TestScript/mistakes

A wrong key, a certificate that does not match its private key, or a container that does not exist is an error.
	fn TestGolden/fail-unknown-key, fn TestGolden/type-tls-fails, fn TestGolden/fail-container

It names the field, the file and the reason, and says how to fix it.
	internal/cli TestScript/mistakes, internal/report TestEveryCodeHasARule

Values stay out of messages.
	fn TestGolden, fn TestHostile

No error holds a decrypted byte.
	fn TestGolden, fn TestHostile, fn TestBugTellsNothing

MACs are verified, and plaintext is refused where ciphertext belongs.
	internal/sopsfile TestFlippedBit, fn TestGolden/fail-tampered-mac, fn TestGolden/fail-plaintext

With Go 1.26, git and make:
	. TestReadmeFacts

console $ make demo # what goes in and what comes out, with an example key; the first run compiles for a while
	examples TestDemo, . TestReadmeFacts

Then start without a file: a key of your own, a first Secret, and its manifests.
	examples TestReadmeWays/without a file

console $ secretwright init
	examples TestReadmeWays/without a file

Binaries, packages and images, and how to verify them: docs/install.md.
	e2e/release TestArchives, e2e/release TestDeb, e2e/release TestInstallScript, e2e TestContainer

In kustomize, list the SecretSpec under transformers:.
	examples TestReadmeWays/kustomize

Its annotation tells kustomize which program to run:
	examples TestReadmeWays/kustomize

yaml # kustomization.yaml
	examples TestReadmeWays/kustomize

console $ kustomize build --enable-alpha-plugins --enable-exec .
	examples TestReadmeWays/kustomize

Prefixes, namespaces, overlays, components, and the patches and replacements of later layers work as with
secretGenerator: docs/kustomize.md.
	internal/layers TestLayers, internal/layers TestTrees, examples TestHash

In kpt, with this Kptfile, and a .krmignore that lists .sops.yaml and encrypted sources (docs/kpt.md):
	examples TestReadmeWays/kpt, examples TestKptNeedsKrmignore

yaml apiVersion: kpt.dev/v1
	examples TestReadmeWays/kpt

console $ kpt fn render --allow-exec
	examples TestReadmeWays/kpt

With Helm, as a post-renderer or behind helm template: docs/helm.md.
	e2e TestHelmPage, internal/cli TestScript/helm

Alone, before kubectl or in a pipeline of your own:
	examples TestReadmeWays/alone

console $ secretwright render secretspec.yaml deploy/ | kubectl apply -f -
	examples TestReadmeWays/alone

command
	internal/cli TestReadmeCommands

secretwright render SPEC PATH ... | print the Secrets and the wired manifests; -o DIR edits files in place and writes
new Secrets where --secret-file says; --redact needs no key
	internal/cli TestScript/render, internal/cli TestScript/in-place, internal/cli TestScript/secret-file,
	internal/cli TestScript/keyless

secretwright render | the same for every SecretSpec that sets output.dir
	internal/cli TestScript/render-all

secretwright check SPEC PATH ... | everything that needs no key, for pull requests and hooks; -o sarif for code
scanning, -o github, -o junit
	internal/cli TestScript/keyless, internal/printers TestSARIF, integrations TestActionCheck, e2e TestPreCommit

secretwright check DIR ... | the same for every SecretSpec of a repository, each with its kustomization, package or
folder
	internal/cli TestScript/check-all

secretwright diff SPEC PATH ... | what a render would change, without a value; status 1 if anything
	internal/cli TestScript/diff, internal/cli TestScript/diff-values

secretwright tree SPEC PATH ... | who can read what, from the keys in Git down to container and key; -o html for a
page with a filter, -o mermaid and -o dot for a picture
	internal/cli TestScript/keyless, internal/printers TestPrintersPage, e2e TestBrowser

secretwright adopt DIR | turn what ksops, secretGenerator, Flux or kpt have into a SecretSpec, and prove that the
output is the same
	internal/cli TestScript/adopt, internal/cli TestScript/adopt-folder, internal/proof TestDifferences

secretwright init, add, set, get, edit | a key, Secrets and their values, as with kubectl create secret and sops:
docs/commands.md
	internal/cli TestScript/init, internal/cli TestScript/add, internal/cli TestScript/set, internal/cli
	TestScript/edit

secretwright rotate, updatekeys | new data keys, and other recipients, for all files of a SecretSpec
	internal/cli TestScript/rotate

secretwright encrypt, fmt | a SecretSpec that is itself the encrypted file
	internal/cli TestScript/encrypt, internal/sopsfile TestSpec

To commit rendered manifests, set output: {sops: {}}, which encrypts every Secret in the output: docs/gitops.md.
	internal/cli TestScript/output, fn TestOutputIsASOPSDocument

Values can also come from any SOPS file, or from a ConfigMap or Secret among the resources:
	fn TestGolden/formats, fn TestGolden/from-resource, internal/sources TestConfigMap

yaml sources:
	examples TestReadmeWays/sources

Keys are found where the sops command finds them: age, PGP, AWS, GCP and Azure KMS, Vault, or a SOPS key service.
	internal/sopsfile TestAgeKey, internal/sopsfile TestSSHKey, internal/sopsfile TestPGP, internal/sopsfile
	TestAWSKMS, internal/sopsfile TestCloudKeys, internal/sopsfile TestVaultTransit, internal/sopsfile
	TestKeyService

docs/tutorial.md | from an empty folder to a Deployment that has its password; a test runs each step
	e2e TestTutorial

docs/secretspec.md | the whole SecretSpec, with an example for every type of Secret
	schema TestReferenceIsCurrent, schema TestReferenceExamples

docs/commands.md | the commands that write: keys, Secrets, values and recipients
	. TestLinks

docs/keys.md | which keys decrypt, where they are looked for, and what to do when none does
	. TestLinks

docs/kustomize.md | in kustomize: what follows what, where a Secret goes, and what does not work
	. TestLinks

docs/kpt.md, docs/helm.md | a whole kpt package; charts
	e2e TestKptPage, e2e TestHelmPage

docs/findings.md | every finding by its code: what it means, and how to fix it
	internal/report TestFindingsPage, internal/report TestEveryCodeHasARule

docs/troubleshooting.md | errors and silent failures of kustomize, kubectl and other tools
	e2e TestTroubleshooting

examples/ | kustomize, kpt and the command line; each one runs, and a test runs it
	examples TestReadme

docs/reviewing.md | what a change does, and who can read what, without a key
	internal/cli TestScript/keyless, internal/cli TestScript/diff

docs/gitops.md | before the commit for Flux, in the cluster for Argo CD, and without keys
	examples TestFlux, examples TestArgoCD, internal/cli TestScript/redact

SECURITY.md | who is trusted with what, and how to report a vulnerability
	. TestSecurityStatements

docs/compared.md | coming from ksops, SopsSecretGenerator, secretGenerator or Flux
	internal/adopt TestRecorded, internal/adopt TestSecondStep, internal/cli TestPages

docs/integrations.md | in GitHub Actions, GitLab CI, Tekton, Renovate, editors and catalogues
	integrations TestActionCheck, integrations TestGitLab, integrations TestRenovate, integrations
	TestSchemaStore, e2e TestTekton

docs/compatibility.md | which versions of sops, kustomize and kpt it is tested with
	internal/sopsfile TestVersions, e2e TestKustomize, e2e TestKpt

docs/benchmarks.md | how fast, and how to repeat it
	e2e BenchmarkCompare, fn BenchmarkResources

docs/install.md | every way to install it, and how to verify signature, provenance and SBOM
	e2e/release TestPackageManagers, e2e/release TestChecksums, e2e/release TestSBOMs, integrations
	TestActionVerify

docs/dependencies.md | its dependencies, and why each is there
	. TestReadmeFacts

CONTRIBUTING.md | how to change it
	. TestLinks

CHANGELOG.md | what changed
	. TestLinks

The same pages are a site with a search: https://secretwright.github.io/secretwright/, or run make site.
	e2e TestSite

Editors complete and check a SecretSpec whose first line is # yaml-language-server:
$schema=https://raw.githubusercontent.com/secretwright/secretwright/main/schema/secretspec.schema.json; secretwright
schema prints it.
	e2e TestEditor, schema TestJSONSchemaIsCurrent, internal/cli TestScript/schema

Base64 is encoding, not encryption.
	examples TestReadmeExample

Unless output encrypts it, what Secretwright prints is in the clear: pipe it to the cluster, and keep it out of Git.
	examples TestReadmeExample, internal/cli TestScript/output

Apache-2.0.
	. TestReadmeFacts

See LICENSE.
	. TestLinks
`

// Package fn is Secretwright as a KRM function: a SecretSpec and the resources go in, the Secrets and the wired
// resources come out, with results.
//
// [Filter] is the kyaml filter for programs; [Execute] is the whole function on a ResourceList, as kustomize and kpt
// run it. This is the only package that knows the whole path: it reads the spec (schema), opens the sources (sources),
// hands their values to generators, and hands the Secrets to wiring. If anything fails, nothing changes.
//
// A functionConfig of another tool, of kind ksops or SopsSecretGenerator, runs as it does there (adopt).
package fn

// Package check checks every SecretSpec below folders without keys, each with the resources of the kustomization, the
// kpt package or the folder that it stands in, as kustomize, kpt or the command line would have it run.
package check

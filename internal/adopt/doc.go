// Package adopt runs the configurations of other tools as what they mean, so that a repository that has them can change
// the program first and its files later:
//
//	apiVersion: viaduct.ai/v1           apiVersion: goabout.com/v1beta1
//	kind: ksops                         kind: SopsSecretGenerator
//	files: [database.enc.yaml]          envs: [database.env]
//
// It makes the resources that ksops v4.5.1 and SopsSecretGenerator v1.6.0 make, in their order: the same data, names,
// labels and annotations, those that kustomize reads among them. It differs where it says so: in the errors, which are
// findings, and in refusing what no cluster accepts. Each kind is one file of this package.
package adopt

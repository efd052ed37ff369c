package fn_test

import (
	"context"
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
)

func ExampleFilter() {
	root, err := os.OpenRoot("../testdata") // the folder that sources are files in
	if err != nil {
		panic(err)
	}
	filter := fn.Filter{
		Root: root,
		FunctionConfig: yaml.MustParse(`
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
secrets:
- name: database
  data:
    user: {value: shop}
    url: {template: 'postgres://{{ .user }}@db:5432/shop'}
  usedBy:
  - {kind: Pod, name: web, env: {DATABASE_URL: url}}
`)}
	out, err := filter.Filter([]*yaml.RNode{yaml.MustParse(`
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app
`)})
	fmt.Println(err, len(filter.Findings), "findings")
	for _, node := range out {
		fmt.Print("---\n", node.MustString())
	}
	// Output:
	// <nil> 0 findings
	// ---
	// apiVersion: v1
	// kind: Pod
	// metadata:
	//   name: web
	// spec:
	//   containers:
	//   - name: app
	//     env:
	//     - name: DATABASE_URL
	//       valueFrom:
	//         secretKeyRef:
	//           name: database-bh99tcm4d5
	//           key: url
	// ---
	// apiVersion: v1
	// kind: Secret
	// metadata:
	//   name: database-bh99tcm4d5
	//   annotations:
	//     secretwright.dev/secret: shop/database
	// type: Opaque
	// data:
	//   url: cG9zdGdyZXM6Ly9zaG9wQGRiOjU0MzIvc2hvcA==
	//   user: c2hvcA==
}

func ExampleFilter_Run() {
	filter := fn.Filter{Keyless: true, FunctionConfig: yaml.MustParse(`
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
secrets:
- name: database
  data:
    user: {value: shop}
  usedBy:
  - {kind: Pod, name: web, env: {DB_USER: usr}}
`)}
	result, err := filter.Run(context.Background(), []*yaml.RNode{yaml.MustParse(`
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: app}]}
`)})
	fmt.Println(err)
	for _, finding := range result.Findings {
		fmt.Println(finding.Code, finding.Level(), finding.Path())
	}
	// Output:
	// no Secret was made; the findings say why
	// missing-key error secrets[0].usedBy[0].env.DB_USER
}

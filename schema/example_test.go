package schema_test

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

func ExampleParse() {
	var c report.Collector
	schema.Parse(yaml.MustParse(`
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
secrets:
- name: database
  data:
    password: {from: database, ky: app.password}
`), &c)
	for _, finding := range c.Findings() {
		fmt.Println(finding.Error())
	}
	// Output:
	// secrets[0].data.password.ky: there is no such field; did you mean key?
}

func ExampleValidate() {
	var c report.Collector
	spec := schema.Parse(yaml.MustParse(`
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
sources:
- {name: database, file: database.enc.yaml}
secrets:
- name: database
  data:
    password: {from: databse, key: app.password}
`), &c)
	schema.Validate(spec, &c)
	for _, finding := range c.Findings() {
		fmt.Println(finding.Error())
	}
	fmt.Println(spec.Secrets[0].Type, spec.Secrets[0].Rollout)
	// Output:
	// secrets[0].data.password.from: there is no source "databse"; did you mean database?
	// Opaque nameSuffixHash
}

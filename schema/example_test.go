package schema_test

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/schema"
)

func ExampleParse() {
	_, findings := schema.Parse(yaml.MustParse(`
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
secrets:
- name: database
  data:
    password: {from: database, ky: app.password}
`))
	for _, finding := range findings {
		fmt.Println(finding.Error())
	}
	// Output:
	// secrets[0].data.password.ky: there is no such field; did you mean key?
}

func ExampleValidate() {
	spec, _ := schema.Parse(yaml.MustParse(`
apiVersion: secretwright.dev/v1alpha1
kind: SecretSpec
metadata: {name: shop}
sources:
- {name: database, file: database.enc.yaml}
secrets:
- name: database
  data:
    password: {from: databse, key: app.password}
`))
	for _, finding := range schema.Validate(spec) {
		fmt.Println(finding.Error())
	}
	fmt.Println(spec.Secrets[0].Type, spec.Secrets[0].Rollout)
	// Output:
	// secrets[0].data.password.from: there is no source "databse"; did you mean database?
	// Opaque nameSuffixHash
}

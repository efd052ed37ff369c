package splice_test

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice"
)

func ExampleEdit() {
	file, err := manifests.Parse([]byte(`# Copyright
---
kind: Pod
metadata: {name: web}   # the shop
spec:
    containers:
    - name: app
      args: ['--listen',  ":8080"]
...
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := splice.Edit(file.Documents[0], func(pod *yaml.Node) error {
		return yaml.NewRNode(pod).PipeE(
			yaml.Lookup("spec", "containers", "[name=app]"),
			yaml.SetField("envFrom", yaml.MustParse("- secretRef:\n    name: database\n")))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(result.Text))
	// Output:
	// # Copyright
	// ---
	// kind: Pod
	// metadata: {name: web}   # the shop
	// spec:
	//     containers:
	//     - name: app
	//       args: ['--listen',  ":8080"]
	//       envFrom:
	//       - secretRef:
	//             name: database
	// ...
}

package wiring_test

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

func ExampleItems_Wire() {
	items := wiring.NewItems([]*yaml.RNode{yaml.MustParse(`
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: app # the only one
`)})
	target := schema.Target{Kind: "Pod", Env: map[string]string{"DB_PASSWORD": "password"}}
	for _, i := range items.Match(target) {
		var c report.Collector
		items.Wire(i, wiring.Use{
			Field:  report.Field("secrets").Index(0).Child("usedBy").Index(0),
			Secret: wiring.Secret{Plain: "database", Name: "database-845mkcm2cd", Keys: []string{"password"}},
			Target: target,
		}, &c)
		fmt.Println(len(c.Findings()), "findings")
	}
	nodes, _ := items.Nodes()
	fmt.Print(nodes[0].MustString())
	// Output:
	// 0 findings
	// apiVersion: v1
	// kind: Pod
	// metadata:
	//   name: web
	// spec:
	//   containers:
	//   - name: app # the only one
	//     env:
	//     - name: DB_PASSWORD
	//       valueFrom:
	//         secretKeyRef:
	//           name: database-845mkcm2cd
	//           key: password
}

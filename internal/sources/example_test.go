package sources_test

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// A source in the clear needs no key; everything else about it is as for one that SOPS encrypted.
func ExampleOpener_Open() {
	no := false
	spec := &schema.SecretSpec{
		Sources: []schema.Source{{Name: "settings", Inline: "app:\n  hosts: [a.example.com, b.example.com]\n  mode: 0644\n",
			Encrypted: &no}},
		Secrets: []schema.Secret{{Name: "app", Data: map[string]schema.Value{"host": {From: "settings",
			Key: "app.hosts.1"}}}},
	}
	var c report.Collector
	set := sources.NewOpener(nil, sopsfile.NewKeyring()).Open(context.Background(), &c, spec, sources.Origin{})
	if c.Failed() {
		fmt.Println(c.Findings())
		return
	}
	at := field.NewPath("secrets").Index(0).Child("data", "host")
	for _, key := range []string{"app.hosts.1", "app.mode", "app.host"} {
		value, finding := set.Value(at, schema.Value{From: "settings", Key: key})
		if finding != nil {
			fmt.Println(finding)
			continue
		}
		fmt.Println(string(value))
	}
	// Output:
	// b.example.com
	// 0644
	// secrets[0].data.host: the inline source settings: there is no key "host" under app; did you mean hosts?
}

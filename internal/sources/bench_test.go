package sources_test

import (
	"fmt"
	"testing"

	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// BenchmarkOpen opens small age documents in YAML: as the sops command writes them, and with encrypted_regex.
func BenchmarkOpen(b *testing.B) {
	const text = "username: shop\npassword: correct-horse-battery-staple\nhost: db.example.com\nport: 5432\nurl: postgres://db.example.com/shop\n"
	recipient := sopstest.WithAgeKey(b)
	for _, kind := range []struct{ name, text, rule string }{
		{"plain", text, ""},
		{"regex", "kind: Secret\nstringData:\n    username: shop\n    password: hunter2\n    host: db\n    port: 5432\n    url: postgres://db\n", "encrypted_regex: ^(data|stringData)$"},
	} {
		dir := b.TempDir()
		document := sopstest.EncryptBy(b, dir, "0.yaml", kind.text, kind.rule, recipient)
		var list []schema.Source
		for i := range 1000 {
			name := fmt.Sprintf("%d.yaml", i)
			sopstest.Write(b, dir, name, document)
			list = append(list, schema.Source{Name: name, File: name})
		}
		for _, n := range []int{1, 100, 1000} {
			spec := specOf(list[:n]...)
			b.Run(fmt.Sprintf("%s/%d", kind.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, findings := openAll(newOpener(b, dir), spec, sources.Origin{}); len(findings) > 0 {
						b.Fatal(findings)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/document")
			})
		}
	}
}

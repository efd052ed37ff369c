package sources_test

import (
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/sopstest"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/schema"
)

// FuzzSource takes arbitrary documents in the clear, in every format, apart by arbitrary paths, as values and as maps.
// None may panic; what is said has a code, and tells no value.
func FuzzSource(f *testing.F) {
	const mark = "hunter2hunter2"
	formats := []schema.Format{"yaml", "json", "dotenv", "ini", "binary"}
	f.Add("user: "+mark+"\nlist: [{name: a, token: "+mark+"}]\n", "list.[name=a].token", uint8(0))
	f.Add(`{"a": {"b": "`+mark+`", "b": 1}}`, "a.b", uint8(1))
	f.Add("A="+mark+"\nB=${A}\n", "A", uint8(2))
	f.Add("[s]\na = "+mark+"\n", "s.a", uint8(3))
	f.Add("---\na: *b\n--- {}\n", "a", uint8(0))
	f.Add(sopstest.HardYAML, "nested.list.3.token", uint8(0))
	f.Add(sopstest.HardJSON, `tls\.crt`, uint8(1))
	f.Add(sopstest.HardDotenv, "LINES", uint8(2))
	f.Add(sopstest.HardINI, "other.section.text", uint8(3))
	no := false
	f.Fuzz(func(t *testing.T, text, path string, format uint8) {
		source := schema.Source{Name: "it", Inline: text, Encrypted: &no, Format: formats[int(format)%len(formats)]}
		set, findings := openAll(rootless(), specOf(source), sources.Origin{})
		if len(findings) == 0 {
			for _, as := range []schema.As{"", "json", "yaml"} {
				if _, f := set.Value(here, schema.Value{From: "it", Key: path, As: as}); f != nil {
					findings = append(findings, f)
				}
			}
			var c report.Collector
			set.Scalars(&c, here, schema.DataFrom{From: "it", Key: path})
			findings = append(findings, c.Findings()...)
		}
		for _, f := range findings {
			if f.Code == "" {
				t.Errorf("no code: %v", f)
			}
			if source.Format == "yaml" && strings.Contains(f.Error(), mark) && !strings.Contains(path, mark) &&
				strings.Count(text, mark) == strings.Count(text, ": "+mark) {
				t.Errorf("a value can be read in: %v", f)
			}
		}
	})
}

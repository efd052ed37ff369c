package adopt_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// values are what a test reads of a configuration and of a Secret.
type values struct {
	Metadata         struct{ Name string }
	Files, Envs      []string
	SecretFrom       []struct{ Files, BinaryFiles, Envs []string }
	Data, StringData map[string]string
}

// TestSecondStep writes SecretSpecs in place of recorded configurations, as docs/compared.md has it, and holds the
// values to those that the tools made.
func TestSecondStep(t *testing.T) {
	useExampleKey(t)
	for _, name := range []string{
		"ksops-v4.5.1/from-env-quotes", "ksops-v4.5.1/from-envs", "ksops-v4.5.1/from-binary", "ksops-v4.5.1/from-files",
		"SopsSecretGenerator-v1.6.0/envs-dotenv", "SopsSecretGenerator-v1.6.0/files-bytes",
		"SopsSecretGenerator-v1.6.0/envs-json",
		"SopsSecretGenerator-v1.6.0/envs-yaml-merge", "SopsSecretGenerator-v1.6.0/envs-yaml-anchor",
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, name)
			files := unpack(t, "testdata/"+name+".txtar")
			var config values
			if err := yaml.Unmarshal(files["generator.yaml"], &config); err != nil {
				t.Fatal(err)
			}
			spec := secretSpec(config)
			out, stderr, status := execute(t, dir, spec)
			if status != 0 {
				t.Fatalf("%s\n%s", stderr, spec)
			}
			if diff := cmp.Diff(decoded(t, files["want/stdin.yaml"]), decoded(t, out)); diff != "" {
				t.Errorf("values (-the tool +secretwright):\n%s", diff)
			}
		})
	}
}

// secretSpec is a SecretSpec that has a Secret for every secretFrom, or the one of a SopsSecretGenerator.
func secretSpec(config values) string {
	froms := config.SecretFrom
	dialect := "godotenv"
	if len(froms) == 0 {
		froms = append(froms, struct{ Files, BinaryFiles, Envs []string }{Files: config.Files, Envs: config.Envs})
		dialect = "kustomize"
	}
	var sources, secrets strings.Builder
	number := 0
	source := func(path, more string) string {
		number++
		fmt.Fprintf(&sources, "  - {name: s%d, file: %q%s}\n", number, path, more)
		return fmt.Sprintf("s%d", number)
	}
	for i, from := range froms {
		fmt.Fprintf(&secrets, "  - name: secret-%d\n    rollout: none\n", i)
		data, dataFrom := "", ""
		for _, entry := range append(from.Files, from.BinaryFiles...) {
			key, path, explicit := strings.Cut(entry, "=")
			if !explicit {
				path = entry
				key = entry[strings.LastIndex(entry, "/")+1:]
			}
			data += fmt.Sprintf("      %q: {from: %s}\n", key, source(path, ""))
		}
		for _, path := range from.Envs {
			more := ""
			if strings.HasSuffix(path, ".env") {
				more = ", dialect: " + dialect
			}
			dataFrom += fmt.Sprintf("    - {from: %s, overlap: replace}\n", source(path, more))
		}
		if data != "" {
			secrets.WriteString("    data:\n" + data)
		}
		if dataFrom != "" {
			secrets.WriteString("    dataFrom:\n" + dataFrom)
		}
	}
	return "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig:\n  apiVersion: " +
		"secretwright.dev/v1alpha1\n" +
		"  kind: SecretSpec\n  metadata: {name: it}\n  sources:\n" + sources.String() + "  " +
		"secrets:\n" + secrets.String()
}

// decoded are the values of the Secrets of a ResourceList, by key, with those of stringData.
func decoded(t *testing.T, list []byte) []map[string]string {
	t.Helper()
	var all []map[string]string
	for _, item := range items(t, list) {
		var secret values
		if err := yaml.Unmarshal([]byte(item), &secret); err != nil {
			t.Fatal(err)
		}
		data := map[string]string{}
		for key, text := range secret.Data {
			value, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			data[key] = string(value)
		}
		for key, text := range secret.StringData {
			data[key] = text
		}
		all = append(all, data)
	}
	return all
}

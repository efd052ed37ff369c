package migrate

import (
	"bytes"
	"context"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/proof"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// ownAnnotation marks a Secret as one of Secretwright's.
const ownAnnotation = "secretwright.dev/secret"

// Proof returns how resources before a plan differ from those after it, resource by resource and value by value, but
// for the hashes in names. It never holds a value. Secrets that were encrypted resources are decrypted for the
// comparison, and so are those that go out encrypted.
func (p *Plan) Proof(ctx context.Context, root *os.Root, before, after []*yaml.RNode) ([]string, error) {
	keys := sopsfile.NewKeyring()
	if f := p.decrypt(ctx, keys, root, before); f != nil {
		return nil, f
	}
	for i, node := range after {
		if node.GetAnnotations()[ownAnnotation] == "" || node.Field("sops") == nil {
			continue
		}
		opened, f := keys.OpenEnvelope(ctx, node)
		if f != nil {
			return nil, f
		}
		after[i] = opened.Content()
	}
	return proof.Differences(before, after), nil
}

// decrypt decrypts those Secrets of a build that a plan took from its resources. They are known by their MAC.
func (p *Plan) decrypt(ctx context.Context, keys *sopsfile.Keyring, root *os.Root,
	nodes []*yaml.RNode) *report.Finding {
	for _, file := range p.Resources {
		text, f := disk.ReadFile(root, file)
		if f != nil {
			return f.From(file)
		}
		document, f := keys.Open(ctx, text, sopsfile.FormatOf(file))
		if f != nil {
			return f.From(file)
		}
		branches, f := document.Branches()
		if f != nil {
			return f.From(file)
		}
		for _, branch := range branches {
			unlock(nodes, text, yaml.NewRNode(sopsfile.YAMLNode(branch)))
		}
	}
	return nil
}

// unlock gives the Secrets that were encrypted in a file the values of one of its manifests.
func unlock(nodes []*yaml.RNode, file []byte, clear *yaml.RNode) {
	for _, node := range nodes {
		mac, _ := node.GetString("sops.mac")
		if mac == "" || !bytes.Contains(file, []byte(mac)) || !strings.Contains(node.GetName(), clear.GetName()) {
			continue
		}
		for _, name := range []string{"data", "stringData"} {
			if field := clear.Field(name); field != nil {
				_ = node.PipeE(yaml.SetField(name, field.Value)) // a map takes any field
			}
		}
		_, _ = node.Pipe(yaml.Clear("sops"))
	}
}

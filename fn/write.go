package fn

import (
	"bufio"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// resourceList is a ResourceList to write.
type resourceList struct {
	apiVersion, kind string
	items            []*yaml.RNode
	functionConfig   *yaml.RNode
	results          *yaml.RNode
}

// write writes the list as kyaml does, byte for byte, but an item at a time: the YAML emitter keeps every event
// of a document until its end, which for ten thousand resources costs more than all else. Unlike kyaml's ByteWriter it
// neither copies the items nor takes out annotations that are empty.
func (l resourceList) write(to io.Writer) error {
	out := bufio.NewWriter(to)
	header := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
		scalar("apiVersion"), scalar(l.apiVersion), scalar("kind"), scalar(l.kind),
	}}
	if err := encode(out, header); err != nil {
		return err
	}
	if len(l.items) == 0 {
		if err := encode(out, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar("items"), {Kind: yaml.SequenceNode, Style: yaml.FlowStyle}}}); err != nil {
			return err
		}
	} else if _, err := out.WriteString("items:\n"); err != nil {
		return err
	}
	for _, item := range l.items {
		if err := encode(out, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item.YNode()}}); err != nil {
			return err
		}
	}
	for _, part := range []struct {
		name string
		node *yaml.RNode
	}{{"functionConfig", l.functionConfig}, {"results", l.results}} {
		if part.node == nil {
			continue
		}
		if err := encode(out, &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{scalar(part.name), part.node.YNode()}}); err != nil {
			return err
		}
	}
	return out.Flush()
}

func scalar(value string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: value} }

// encode writes a node as a document of its own, without a separator, in the indentation of kyaml.
func encode(to io.Writer, node *yaml.Node) error {
	encoder := yaml.NewEncoder(to)
	encoder.CompactSeqIndent()
	if err := encoder.Encode(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{node}}); err != nil {
		return err
	}
	return encoder.Close()
}

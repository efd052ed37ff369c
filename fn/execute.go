package fn

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// Bounds on a ResourceList: its bytes, and its nodes once YAML aliases are written out. Ten thousand resources are a
// tenth of either.
const (
	maxInput = 256 << 20
	maxNodes = 20_000_000
)

// Execute runs the whole function, as the KRM functions specification has it: it reads a ResourceList, writes it back with
// the Secrets, the references and the results, and prints errors and warnings for people to stderr. It returns the exit
// status: 0, or 1 when no Secret was made; the items are then written as they came.
func Execute(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, root *os.Root) int {
	return ExecuteIn(ctx, stdin, stdout, stderr, root, "")
}

// ExecuteIn does what [Execute] does, started in a folder of the root.
func ExecuteIn(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, root *os.Root, dir string) int {
	say := func(message string) int {
		_ = Print(stderr, []*Finding{report.New(report.BadResourceList, message, "")}) // nowhere is left to report that this failed
		return 1
	}
	input, err := io.ReadAll(io.LimitReader(stdin, maxInput+1))
	if err != nil {
		return say("the ResourceList cannot be read from standard input")
	}
	if len(input) > maxInput {
		return say(fmt.Sprintf("the ResourceList has more than %d bytes", maxInput))
	}
	list := &kio.ByteReadWriter{
		Reader:                bytes.NewReader(input),
		OmitReaderAnnotations: true,
	}
	items, err := list.Read()
	if err != nil {
		return say("standard input is not a ResourceList in YAML: " + parseProblem(err))
	}
	if list.WrappingKind != kio.ResourceListKind {
		return say("standard input is not a ResourceList; run `secretwright render SPEC [FILE-or-DIR ...]` for plain manifests")
	}
	shared := bytes.ContainsRune(input, '&') && bytes.ContainsRune(input, '*')
	for _, item := range append(items, list.FunctionConfig) {
		if shared && item != nil && yamlnode.AliasesMultiply(item.YNode(), maxNodes) {
			return say("the YAML aliases of the ResourceList multiply to more than it could hold")
		}
	}
	for i, item := range items {
		if field := Malformed(item); field != "" {
			return say(fmt.Sprintf("items[%d]: %s in the ResourceList is not a map", i, field))
		}
	}
	if field := Malformed(list.FunctionConfig); list.FunctionConfig != nil && field != "" {
		return say("functionConfig: " + field + " in the ResourceList is not a map")
	}
	filter := &Filter{Root: root, Dir: dir, FunctionConfig: list.FunctionConfig}
	result, failed := filter.Run(ctx, items)
	if err := Print(stderr, worthReading(result.Findings)); err != nil {
		return 1 // nowhere is left to report it
	}
	if len(result.Findings) > 0 {
		if list.Results, err = resultsNode(list.Results, result.Findings); err != nil {
			return say("the results cannot be written as YAML")
		}
	}
	out := resourceList{list.WrappingAPIVersion, list.WrappingKind, result.Items, list.FunctionConfig, list.Results}
	if err := out.write(stdout); err != nil {
		return say("the ResourceList cannot be written to standard output")
	}
	if failed != nil {
		return 1
	}
	return 0
}

// worthReading leaves out the notes: kustomize and kpt show standard error at every build.
func worthReading(findings []*Finding) []*Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f *Finding) bool { return f.Severity == Info })
}

// parseProblem is what the YAML parser says, up to where it would quote the input.
func parseProblem(err error) string {
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		return "its fields have the wrong types"
	}
	text, _, _ := strings.Cut(err.Error(), "`")
	return strings.TrimPrefix(strings.TrimPrefix(text, "MalformedYAMLError: "), "yaml: ")
}

// Malformed is the field of a resource that is not the map it must be, "it" for the resource, or "" when all are.
// kyaml takes them for maps, and panics.
func Malformed(node *yaml.RNode) string {
	if node == nil || node.YNode().Kind != yaml.MappingNode {
		return "it"
	}
	metadata := node.Field("metadata")
	if metadata == nil || metadata.Value.IsNil() {
		return ""
	}
	if metadata.Value.YNode().Kind != yaml.MappingNode {
		return "metadata"
	}
	for _, name := range []string{"labels", "annotations"} {
		if f := metadata.Value.Field(name); f != nil && !f.Value.IsNil() && f.Value.YNode().Kind != yaml.MappingNode {
			return "metadata." + name
		}
	}
	return ""
}

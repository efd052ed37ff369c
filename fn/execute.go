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
	if problem := unfit(input, items, list.FunctionConfig); problem != "" {
		return say(problem)
	}
	filter := &Filter{Root: root, FunctionConfig: list.FunctionConfig,
		AcceptRecipients: strings.Split(os.Getenv(AcceptRecipientsEnv), ",")}
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

// unfit returns why a ResourceList that was read cannot be worked on, or "".
func unfit(input []byte, items []*yaml.RNode, config *yaml.RNode) string {
	shared := bytes.ContainsRune(input, '&') && bytes.ContainsRune(input, '*')
	for _, item := range append(slices.Clone(items), config) {
		if shared && item != nil && yamlnode.AliasesMultiply(item.YNode(), maxNodes) {
			return "the YAML aliases of the ResourceList multiply to more than it could hold"
		}
	}
	for i, item := range items {
		if field := Malformed(item); field != "" {
			return fmt.Sprintf("items[%d]: %s in the ResourceList is not a map", i, field)
		}
	}
	if field := Malformed(config); config != nil && field != "" {
		return "functionConfig: " + field + " in the ResourceList is not a map"
	}
	if twice := givenTwice(input); twice != "" {
		return "the ResourceList has " + twice + " twice, and all but one of them would be lost"
	}
	return ""
}

// givenTwice returns the field of a ResourceList in block style that is there twice, or "": YAML's readers drop one.
func givenTwice(input []byte) string {
	for _, field := range []string{"items", "functionConfig", "results"} {
		count := bytes.Count(input, []byte("\n"+field+":"))
		if bytes.HasPrefix(input, []byte(field+":")) {
			count++
		}
		if count > 1 {
			return field
		}
	}
	return ""
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

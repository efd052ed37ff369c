package fn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/adopt"
	"github.com/secretwright/secretwright/internal/host"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/splice"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// maxInput is how many bytes a ResourceList may have. Ten thousand resources have a twentieth of that.
const maxInput = 256 << 20

// Execute runs the whole function, as the KRM functions specification has it: it reads a ResourceList, writes it back
// with the Secrets, the references and the results, and prints errors and warnings for people to stderr. What it does
// not change is the bytes that came in. It returns the exit status: 0, or 1 when no Secret was made; the items are then
// written as they came.
func Execute(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, root *os.Root) int {
	return ExecuteIn(ctx, stdin, stdout, stderr, root, "")
}

// ExecuteIn does what [Execute] does, started in a folder of the root.
func ExecuteIn(ctx context.Context, stdin io.Reader, stdout, stderr io.Writer, root *os.Root, dir string) int {
	say := func(message string) int {
		// Nowhere is left to report that this failed.
		_ = Print(stderr, []*Finding{report.New(report.BadResourceList, message, "")})
		return 1
	}
	input, err := io.ReadAll(io.LimitReader(stdin, maxInput+1))
	if err != nil {
		return say("the ResourceList cannot be read from standard input")
	}
	if len(input) > maxInput {
		return say(fmt.Sprintf("the ResourceList has more than %d bytes", maxInput))
	}
	list, err := manifests.ParseResourceList(input)
	if errors.Is(err, manifests.ErrNotResourceList) {
		return say("standard input is not a ResourceList; " +
			"run `secretwright render SPEC [FILE-or-DIR ...]` for plain manifests")
	}
	if err != nil {
		return say("the ResourceList on standard input cannot be read: " + err.Error())
	}
	items := make([]*yaml.RNode, len(list.Items))
	for i, item := range list.Items {
		items[i], err = resource(item, list.HasTwice())
		if err != nil {
			return say(fmt.Sprintf("items[%d] in the ResourceList cannot be used: %v", i, err))
		}
	}
	isRedacted, err := redactedByEnv()
	if err != nil {
		return say(err.Error())
	}
	filter := &Filter{Root: root, Dir: dir, withoutAccesses: true,
		AcceptRecipients: strings.Split(os.Getenv(AcceptRecipientsEnv), ","), Keyless: isRedacted, unusable: isRedacted}
	if list.FunctionConfig != nil {
		if filter.FunctionConfig, err = resource(list.FunctionConfig, list.HasTwice()); err != nil {
			return say("the functionConfig in the ResourceList cannot be used: " + err.Error())
		}
	}
	result, failed := filter.Run(ctx, items)
	if filter.FunctionConfig != nil {
		placeInKustomization(result.Findings, root, dir, filter.FunctionConfig)
	}
	if isRedacted {
		result.Findings = append(result.Findings, redactedWarning())
	}
	if err := Print(stderr, worthReading(result.Findings)); err != nil {
		return 1 // nowhere is left to report it
	}
	var edit splice.ItemsEdit
	if failed == nil {
		edit = editOf(items, result)
	}
	if len(result.Findings) > 0 {
		edit.Fields = []splice.Field{{Name: "results", Value: resultsNode(list.Results, result.Findings)}}
	}
	out, err := splice.ResourceList(list, edit)
	if err != nil {
		return say("the edited ResourceList cannot be written: " + err.Error())
	}
	if _, err := stdout.Write(out.Text); err != nil {
		return say("the ResourceList cannot be written to standard output")
	}
	if failed != nil {
		return 1
	}
	return 0
}

// placeInKustomization says in which file of the kustomization a finding about its SecretSpec is, and where: kustomize
// does not hand that over.
func placeInKustomization(findings []*Finding, root *os.Root, dir string, spec *yaml.RNode) {
	if len(findings) == 0 || spec.GetAnnotations()[kioutil.PathAnnotation] != "" {
		return
	}
	file, node := host.SpecFile(root, dir, spec.GetName())
	if file == "" {
		return
	}
	for _, f := range findings {
		f.InBuild = true
		if f.SpecFile = file; f.Place.File != "" {
			continue
		}
		f.Place.File = file
		if line, column := report.Locate(node.YNode(), f.Field); line > 0 {
			f.Place.Line, f.Place.Column = line, column
		}
	}
}

// resource returns an item of a ResourceList without aliases. A SecretSpec keeps them: what is wrong with its aliases,
// and with keys that it holds twice, is said when it is applied.
func resource(item *yaml.Node, hasTwice bool) (*yaml.RNode, error) {
	node := yaml.NewRNode(item)
	if Malformed(node) == "" && (schema.IsSecretSpec(node) || adopt.Known(node)) {
		return node, nil
	}
	if hasTwice {
		if err := manifests.CheckKeys(item); err != nil {
			return nil, err
		}
	}
	node = yaml.NewRNode(yamlnode.Plain(item))
	if field := Malformed(node); field != "" {
		return nil, fmt.Errorf("%s is not a map", field)
	}
	return node, nil
}

// editOf returns what a run made of the items: those that it replaced, removed and added.
func editOf(items []*yaml.RNode, result Result) splice.ItemsEdit {
	edit := splice.ItemsEdit{Replaced: map[int]*yaml.Node{}}
	kept := make([]bool, len(items))
	for i, node := range result.Items {
		index := result.Indices[i]
		if index < 0 {
			edit.Appended = append(edit.Appended, node.YNode())
			continue
		}
		kept[index] = true
		if node != items[index] {
			edit.Replaced[index] = node.YNode()
		}
	}
	for index, isKept := range kept {
		if !isKept {
			edit.Replaced[index] = nil
		}
	}
	return edit
}

// worthReading leaves out the notes: kustomize and kpt show standard error at every build.
func worthReading(findings []*Finding) []*Finding {
	return slices.DeleteFunc(slices.Clone(findings), func(f *Finding) bool { return f.Severity == Info })
}

// Malformed returns the field of a resource that is not the map it must be, "it" for the resource, or "" if all are.
// kyaml takes them for maps, and panics. Labels and annotations may be null, as for Kubernetes.
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
		f := metadata.Value.Field(name)
		if f != nil && !f.Value.IsNil() && !f.Value.IsTaggedNull() && f.Value.YNode().Kind != yaml.MappingNode {
			return "metadata." + name
		}
	}
	return ""
}

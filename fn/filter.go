package fn

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/apply"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/schema"
)

// ErrFailed is returned when a SecretSpec could not be applied. The findings say why.
var ErrFailed = errors.New("no Secret was made; the findings say why")

// Filter applies SecretSpecs to resources. As a kio.Filter it fits a kyaml pipeline; [Filter.Run] returns more.
type Filter struct {
	// Root is the only folder whose files are read; without it, sources cannot be files.
	Root *os.Root
	// Dir is the folder that Secretwright was started in, relative to Root, with slashes; "" is Root itself.
	Dir string
	// FunctionConfig is the SecretSpec to apply. Without it, every SecretSpec among the resources is.
	FunctionConfig *yaml.RNode
	// More are SecretSpecs to apply after FunctionConfig.
	More []*yaml.RNode
	// Others are SecretSpecs that are known of and not applied: the Secrets they declare stay theirs.
	Others []*yaml.RNode
	// Output is the folder that new Secrets are written to, relative to Root. Without it that is the SecretSpec's.
	Output string
	// SecretFile is a template for the file of a new Secret that says none itself, relative to that folder, over
	// [schema.PathData]; `secret_NAME.yaml` without it.
	SecretFile string
	// Keyless makes redacted Secrets: every key, and a fixed mark for every value. It checks all that needs no value, and
	// needs no key.
	Keyless bool
	// Explain has the findings tell where a template fails, and what is wrong with a value that a template made. That
	// tells something of the values: it is for those who may read them, and not for logs.
	Explain bool
	// AcceptRecipients confirms that Secrets go out to others than the last time: the recipients that are added or
	// gone, as SOPS writes them, or [AcceptAll]. Those that a SecretSpec or a .sops.yaml lists need no confirmation.
	AcceptRecipients []string
	// Files are the files that the resources come from, in the same order, for findings; nil where their path annotations
	// say so.
	Files []string
	// Inputs is how many of the resources were named as such. Those after are Secrets that a former run wrote where the
	// output goes, maybe for SecretSpecs that are not among the inputs. 0 means that all were named.
	Inputs int
	// Positions reports whether the lines and columns of the nodes are those in their files. Without it findings name the
	// file alone.
	Positions bool
	// Now is the clock that certificates are held against; time.Now when nil.
	Now func() time.Time
	// unusable has redacted Secrets go out in a form that no API server takes.
	unusable bool
	// withoutAccesses has Run not look for what reads the Secrets.
	withoutAccesses bool
	// Findings is what [Filter.Filter] had to say: errors when it failed, warnings and notes.
	Findings []*Finding
}

var _ kio.Filter = &Filter{}

// Result is the outcome of a run.
type Result struct {
	// Items are the resources with the Secrets and the references to them; of a run that failed, just those it was given.
	Items []*yaml.RNode
	// Indices maps each item to the index of the one it was made from. A new item has the index -1.
	Indices []int
	// Findings are errors when the run failed, warnings and notes.
	Findings []*Finding
	// Accesses are the Secrets and what reads them. A run that failed has none.
	Accesses []Access
}

// Filter implements kio.Filter: it returns the resources with the Secrets and the references to them, and keeps what it
// has to say in Findings. It does not change the resources it is given. On failure it returns just those, and
// ErrFailed.
func (f *Filter) Filter(nodes []*yaml.RNode) ([]*yaml.RNode, error) {
	result, err := f.Run(context.Background(), nodes)
	f.Findings = result.Findings
	return result.Items, err
}

// Run applies the SecretSpecs. It changes neither the filter nor the resources it is given. The context ends
// decryption, which may ask a key service. The error is nil or ErrFailed.
func (f *Filter) Run(ctx context.Context, nodes []*yaml.RNode) (result Result, err error) {
	c := &report.Collector{}
	failed := func() (Result, error) { return Result{Items: nodes, Findings: c.Findings()}, ErrFailed }
	defer func() {
		if recover() != nil {
			c.Add(bug())
			result, err = failed()
		}
	}()
	if f.foreign(nodes) {
		out := f.adopt(ctx, c, nodes)
		if c.Failed() {
			return failed()
		}
		return Result{Items: out, Indices: slices.Repeat([]int{-1}, len(out)), Findings: c.Findings()}, nil
	}
	specs := f.specs(nodes, c)
	if c.Failed() {
		return failed()
	}
	done := apply.Specs(ctx, c, f.settings(), nodes, specs, f.Files)
	if c.Failed() {
		return failed()
	}
	result = Result{Items: done.Items, Indices: done.Indices, Findings: c.Findings()}
	if !f.withoutAccesses {
		result.Accesses = accesses(done)
	}
	return result, nil
}

func (f *Filter) settings() *apply.Settings {
	return &apply.Settings{Root: f.Root, Dir: f.Dir, Output: f.Output, SecretFile: f.SecretFile, Others: f.Others,
		Inputs: f.Inputs, Keyless: f.Keyless, Explain: f.Explain, AcceptRecipients: f.AcceptRecipients,
		Positions: f.Positions, Now: f.Now, Configured: f.FunctionConfig != nil, Unusable: f.unusable}
}

// specs are the SecretSpecs to apply.
func (f *Filter) specs(nodes []*yaml.RNode, c *report.Collector) []*yaml.RNode {
	if !f.FunctionConfig.IsNilOrEmpty() && !isEmptyConfigMap(f.FunctionConfig) {
		if !schema.IsSecretSpec(f.FunctionConfig) {
			c.Error(report.NoSecretSpec, nil,
				fmt.Sprintf("the functionConfig has the kind %q and the apiVersion %q, so it is not a SecretSpec",
					f.FunctionConfig.GetKind(), f.FunctionConfig.GetApiVersion()),
				fmt.Sprintf("give one with kind: %s and apiVersion: %s, or none to apply those among the resources", schema.Kind,
					schema.APIVersion))
			return nil
		}
		nodes = append([]*yaml.RNode{f.FunctionConfig}, f.More...)
	}
	var specs []*yaml.RNode
	seen := map[string]*yaml.RNode{}
	for _, node := range nodes {
		if !schema.IsSecretSpec(node) {
			continue
		}
		id := node.GetNamespace() + "/" + node.GetName()
		if first := seen[id]; first != nil {
			f.namedTwice(first, node, c)
		}
		seen[id] = node
		specs = append(specs, node)
	}
	if len(specs) == 0 {
		c.Error(report.NoSecretSpec, nil, "there is no SecretSpec, neither as functionConfig nor among the resources",
			fmt.Sprintf("write one, with kind: %s and apiVersion: %s", schema.Kind, schema.APIVersion))
	}
	return specs
}

// namedTwice reports that two SecretSpecs have one name.
func (f *Filter) namedTwice(first, second *yaml.RNode, c *report.Collector) {
	there := ""
	if file := first.GetAnnotations()[kioutil.PathAnnotation]; file != "" {
		there = ", one of them in " + file
	}
	field := report.Field("metadata", "name")
	finding := report.New(report.DuplicateSecretSpec,
		fmt.Sprintf("there are two SecretSpecs with the name %q%s, and each would take the other's Secrets for its own",
			second.GetName(), there), "give each its own name, or its own namespace").In(field)
	finding.Place.File = second.GetAnnotations()[kioutil.PathAnnotation]
	if f.Positions {
		finding.Place.Line, finding.Place.Column = report.Locate(second.YNode(), field)
	}
	c.Add(finding)
}

// isEmptyConfigMap reports whether a functionConfig is what `kpt fn eval` sends when it was given none.
func isEmptyConfigMap(node *yaml.RNode) bool {
	data := node.Field("data")
	return node.GetKind() == "ConfigMap" && node.GetApiVersion() == "v1" && (data == nil || data.IsNilOrEmpty())
}

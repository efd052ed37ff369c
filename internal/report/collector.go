package report

import (
	"slices"

	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Collector takes findings in the order in which they arise. The zero value is ready for use; it is not safe for use by
// several goroutines.
type Collector struct {
	findings []*Finding
	errors   int
}

// Add takes a finding. Nil is no finding.
func (c *Collector) Add(f *Finding) {
	if f == nil {
		return
	}
	c.findings = append(c.findings, f)
	if f.IsError() {
		c.errors++
	}
}

// Error takes an error about a field: the fact, and the way out.
func (c *Collector) Error(code Code, at *field.Path, message, fix string) {
	c.Add(&Finding{Code: code, Field: at, Message: message, Fix: fix})
}

// Warn takes a warning about a field: the fact, and the way out.
func (c *Collector) Warn(code Code, at *field.Path, message, fix string) {
	c.Add(&Finding{Code: code, Severity: Warning, Field: at, Message: message, Fix: fix})
}

// Info takes a note about a field.
func (c *Collector) Info(code Code, at *field.Path, message, fix string) {
	c.Add(&Finding{Code: code, Severity: Info, Field: at, Message: message, Fix: fix})
}

// Errors returns how many errors there are. Two counts tell whether a step in between failed.
func (c *Collector) Errors() int { return c.errors }

// Failed reports whether there is an error.
func (c *Collector) Failed() bool { return c.errors > 0 }

// Findings returns the findings, in the order in which they came.
func (c *Collector) Findings() []*Finding { return slices.Clone(c.findings) }

// Take takes the findings of another collector about one SecretSpec, and says in which file they are, and where if its
// nodes have the positions of the file.
func (c *Collector) Take(said *Collector, spec *yaml.RNode, positions bool) {
	file := spec.GetAnnotations()[kioutil.PathAnnotation]
	for _, finding := range said.Findings() {
		if finding.Place.File == "" {
			finding.Place.File = file
			finding.Place.Line, finding.Place.Column = Locate(spec.YNode(), finding.Field)
		}
		if !positions && finding.Place.File == file {
			finding.Place.Line, finding.Place.Column = 0, 0
		}
		finding.SpecFile = file
		finding.Spec = &yaml.ResourceIdentifier{
			TypeMeta: yaml.TypeMeta{APIVersion: spec.GetApiVersion(), Kind: spec.GetKind()},
			NameMeta: yaml.NameMeta{Name: spec.GetName(), Namespace: spec.GetNamespace()},
		}
		c.Add(finding)
	}
}

package repository

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

const (
	internal = "internal.config.kubernetes.io/"
	kept     = "kept.secretwright.dev/"
	// builtBy is the annotation on each resource that kustomize hands to a function.
	builtBy = "kustomize.config.k8s.io/id"
)

// former are the annotations in which kustomize notes what a resource was called, which are about one name each.
var former = []string{references.PreviousNames, references.PreviousNamespaces, references.PreviousKinds}

// marks are its other annotations that bear on Secrets.
var marks = []string{references.Prefixes, references.Suffixes, references.NeedsHash}

// keepers are transformers of kustomize's own that copy its annotations, which it removes at the end of a build. A
// patch has kustomize note the name of the moment too, so that the last of the former names is the one that a function
// would see.
var keepers = sync.OnceValue(makeKeepers)

func makeKeepers() []string {
	out := []string{keeper("former", "{name: .*}", former)}
	for _, mark := range marks {
		out = append(out, keeper(strings.ToLower(strings.TrimPrefix(mark, internal)), "{annotationSelector: "+mark+"}",
			[]string{mark}))
	}
	return out
}

func keeper(name, target string, annotations []string) string {
	var ops []string
	for _, annotation := range annotations {
		ops = append(ops, fmt.Sprintf(`{"op": "copy", "from": "/metadata/annotations/%s", "path": "/metadata/annotations/%s"}`,
			pointer(annotation), pointer(kept+strings.TrimPrefix(annotation, internal))))
	}
	return "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: keep-" + name + "}\ntarget: " + target +
		"\npatch: '[" + strings.Join(ops, ", ") + "]'\n"
}

// pointer escapes a name for a JSON pointer.
func pointer(name string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(name) }

// building keeps builds apart: kustomize holds the schema of a build in variables of the process.
var building sync.Mutex

// Build returns the resources of a unit that is a kustomization, as kustomize would hand them to its SecretSpecs.
// Nothing is run or fetched for it, and no file outside the root is read. Made has what kustomizations below it came
// to. The findings tell what was left out, or why it cannot be built.
func Build(root *os.Root, unit Unit, made Made) (nodes []*yaml.RNode, findings []*report.Finding) {
	v := newView(root, unit)
	if err := v.take(made); err != nil {
		return nil, []*report.Finding{failed(unit, err.Error(), "")}
	}
	building.Lock()
	defer building.Unlock()
	defer func() {
		if recover() != nil {
			nodes, findings = nil, append(v.findings, failed(unit, "kustomize failed in a way it should not", ""))
		}
	}()
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(v,
		filepath.Join(v.top, filepath.FromSlash(unit.User)))
	if v.refused != nil {
		return nil, append(v.findings, v.refused)
	}
	if err != nil {
		return nil, append(v.findings, failed(unit, err.Error(), v.top))
	}
	for i, resource := range built.Resources() {
		node := resource.Copy()
		if err := restore(node, i); err != nil {
			return nil, append(v.findings, failed(unit, err.Error(), v.top))
		}
		nodes = append(nodes, node)
	}
	return nodes, v.findings
}

// failed says that a kustomization cannot be built.
func failed(unit Unit, message, top string) *report.Finding {
	if top != "" {
		message = strings.ReplaceAll(message, top+string(filepath.Separator), "")
		message = strings.ReplaceAll(message, top, ".")
	}
	f := report.New(report.BuildFailed,
		"kustomize cannot build it: "+report.Printable(strings.Join(strings.Fields(message), " ")),
		"run kustomize build there, and mend what it says")
	f.Place.File = unit.File()
	return f
}

// restore gives a resource the annotations and the name that it had when a function would have seen it.
func restore(node *yaml.RNode, index int) error {
	annotations := node.GetAnnotations()
	last := map[string]string{}
	for _, name := range former {
		list := strings.Split(annotations[kept+strings.TrimPrefix(name, internal)], ",")
		last[name] = list[len(list)-1]
		if len(list) > 1 {
			annotations[name] = strings.Join(list[:len(list)-1], ",")
		}
	}
	for _, mark := range marks {
		if value, ok := annotations[kept+strings.TrimPrefix(mark, internal)]; ok {
			annotations[mark] = value
		}
	}
	for name := range annotations {
		if strings.HasPrefix(name, kept) {
			delete(annotations, name)
		}
	}
	annotations[builtBy] = fmt.Sprint(index + 1)
	if err := node.SetAnnotations(annotations); err != nil {
		return err
	}
	if last[references.PreviousNames] == "" {
		return nil
	}
	return node.SetName(last[references.PreviousNames])
}

// File is the kustomization that is built.
func (u Unit) File() string { return path.Join(u.User, cmp.Or(u.name, "kustomization.yaml")) }

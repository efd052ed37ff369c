package layers

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// files are the contents of files, by path.
type files map[string]string

func (f files) put(name string, content any) {
	text, err := yaml.Marshal(content)
	if err != nil {
		panic(err)
	}
	f[name] = string(text)
}

// oracle returns the files of the build with secretGenerator.
func (t *tree) oracle() files {
	f := files{}
	for _, l := range t.Layers {
		k := t.kustomization(f, l)
		var entries []any
		patches, _ := k["patches"].([]any)
		for _, s := range l.Specs {
			entries = append(entries, s.entries()...)
			for _, one := range s.Secrets {
				for _, u := range one.UsedBy {
					patches = append(patches, (&patch{Kind: u.Kind, Name: u.Name, Do: "add", JSON: true, Ref: u.Ref}).entry())
				}
			}
		}
		set(k, "secretGenerator", entries)
		set(k, "patches", patches)
		f.put(path.Join(l.Dir, "kustomization.yaml"), k)
	}
	return f
}

// ours returns the files of the build with SecretSpecs, which call the function at a path.
func (t *tree) ours(function string) files {
	f := files{}
	for _, l := range t.Layers {
		k := t.kustomization(f, l)
		var entries, made, applied []any
		for _, s := range l.Specs {
			if s.Under == plain {
				entries = append(entries, s.entries()...)
				continue
			}
			file := "spec-" + s.Name + ".yaml"
			if s.Under != transformers {
				made = append(made, file)
			}
			if s.Under != generators {
				applied = append(applied, file)
			}
			f.put(path.Join(l.Dir, file), s.manifest(f, l.Dir, function))
		}
		set(k, "secretGenerator", entries)
		set(k, "generators", made)
		set(k, "transformers", applied)
		f.put(path.Join(l.Dir, "kustomization.yaml"), k)
	}
	return f
}

// kustomization returns what both builds have, and puts the manifests beside it.
func (t *tree) kustomization(f files, l *layer) map[string]any {
	k := map[string]any{"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
	if l.Component {
		k["apiVersion"], k["kind"] = "kustomize.config.k8s.io/v1alpha1", "Component"
	}
	var resources, components, patches, replacements, vars []any
	for _, dir := range l.Resources {
		if t.layer(dir) != nil {
			resources = append(resources, relative(dir))
		}
	}
	configured := false
	for _, o := range l.Objects {
		f.put(path.Join(l.Dir, o.file()), o.manifest())
		resources = append(resources, o.file())
		configured = configured || o.Kind == "Store"
	}
	for _, dir := range l.Components {
		if t.layer(dir) != nil {
			components = append(components, relative(dir))
		}
	}
	for _, p := range l.Patches {
		patches = append(patches, p.entry())
	}
	for _, r := range l.Replacements {
		replacements = append(replacements, r.entry())
	}
	for _, v := range l.Vars {
		vars = append(vars, map[string]any{"name": v.Name,
			"objref": map[string]any{"apiVersion": "v1", "kind": "Secret", "name": v.Secret}})
	}
	set(k, "resources", resources)
	set(k, "components", components)
	set(k, "patches", patches)
	set(k, "replacements", replacements)
	set(k, "vars", vars)
	if configured {
		k["configurations"] = []string{"references.yaml"}
		f.put(path.Join(l.Dir, "references.yaml"), map[string]any{"nameReference": []any{map[string]any{
			"kind": "Secret", "version": "v1", "fieldSpecs": []any{map[string]any{"kind": "Store", "path": "spec/store"}}}}})
	}
	for field, value := range map[string]string{"namePrefix": l.Prefix, "nameSuffix": l.Suffix, "namespace": l.Namespace} {
		if value != "" {
			k[field] = value
		}
	}
	if l.Label != "" {
		k["labels"] = []any{map[string]any{"pairs": map[string]any{"layer": l.Label}, "includeTemplates": true}}
	}
	return k
}

func set(k map[string]any, field string, list []any) {
	if len(list) > 0 {
		k[field] = list
	}
}

// entries are the Secrets of a SecretSpec as entries of secretGenerator.
func (s *spec) entries() []any {
	var out []any
	for _, one := range s.Secrets {
		out = append(out, one.entry(s.Namespace))
	}
	return out
}

// entry is a Secret as an entry of secretGenerator.
func (s *secret) entry(namespace string) map[string]any {
	out := map[string]any{"name": s.Name}
	var literals []string
	for _, key := range slices.Sorted(maps.Keys(s.Data)) {
		literals = append(literals, key+"="+s.Data[key])
	}
	out["literals"] = literals
	if namespace != "" {
		out["namespace"] = namespace
	}
	if s.Behavior != "" {
		out["behavior"] = s.Behavior
	}
	if s.NoHash {
		out["options"] = map[string]any{"disableNameSuffixHash": true}
	}
	return out
}

// manifest is a SecretSpec.
func (s *spec) manifest(f files, dir, function string) map[string]any {
	metadata := map[string]any{"name": s.Name}
	if s.Namespace != "" {
		metadata["namespace"] = s.Namespace
	}
	if function != "" {
		metadata["annotations"] = map[string]any{
			"config.kubernetes.io/local-config": "true",
			"config.kubernetes.io/function":     "exec: {path: " + function + "}\n",
		}
	}
	var sources, secrets []any
	for _, one := range s.Secrets {
		data := map[string]any{}
		for key, value := range one.Data {
			data[key] = map[string]any{"value": value}
			if one.FromFile {
				data[key] = map[string]any{"from": one.Name, "key": key}
			}
		}
		if one.FromFile {
			file := "values-" + s.Name + "-" + one.Name + ".yaml"
			sources = append(sources, map[string]any{"name": one.Name, "file": file, "encrypted": false})
			f.put(path.Join(dir, file), one.Data)
		}
		out := map[string]any{"name": one.Name, "data": data}
		if one.NoHash {
			out["rollout"] = "none"
		}
		if one.Behavior != "" {
			out["annotations"] = map[string]any{"kustomize.config.k8s.io/behavior": one.Behavior}
		}
		var users []any
		for _, u := range one.UsedBy {
			users = append(users, u.entry())
		}
		set(out, "usedBy", users)
		secrets = append(secrets, out)
	}
	out := map[string]any{"apiVersion": "secretwright.dev/v1alpha1", "kind": "SecretSpec", "metadata": metadata,
		"secrets": secrets}
	set(out, "sources", sources)
	return out
}

// entry is the entry of a kustomization's `patches`.
func (p *patch) entry() map[string]any {
	out := map[string]any{"target": map[string]any{"kind": p.Kind, "name": p.Name}}
	if p.JSON {
		text, err := json.Marshal(p.operations())
		if err != nil {
			panic(err)
		}
		out["patch"] = string(text)
		return out
	}
	text, err := yaml.Marshal(p.merge())
	if err != nil {
		panic(err)
	}
	out["patch"] = string(text)
	return out
}

// entry is the entry of a kustomization's `replacements`.
func (r *replacement) entry() map[string]any {
	field := strings.ReplaceAll(podPath(r.Kind), "/", ".") + ".containers.[name=app].env.[name=" + r.ID +
		"].valueFrom.secretKeyRef.name"
	return map[string]any{
		"source": map[string]any{"kind": "Secret", "name": r.Secret, "fieldPath": "metadata.name"},
		"targets": []any{map[string]any{"select": map[string]any{"kind": r.Kind, "name": r.Name},
			"fieldPaths": []string{strings.TrimPrefix(field, ".")}}},
	}
}

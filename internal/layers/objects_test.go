package layers

import "strings"

// apiVersions are the kinds of objects that trees are made of. Store is a custom resource.
var apiVersions = map[string]string{
	"Pod": "v1", "Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "ReplicaSet": "apps/v1",
	"ReplicationController": "v1", "Job": "batch/v1", "CronJob": "batch/v1", "ServiceAccount": "v1",
	"Ingress": "networking.k8s.io/v1", "Role": "rbac.authorization.k8s.io/v1", "Store": "example.com/v1",
	"ClusterIssuer": "cert-manager.io/v1",
}

// podPath returns the path of the pod in an object, with slashes, or "" when the object is the pod's own manifest or
// holds none.
func podPath(kind string) string {
	switch kind {
	case "Pod":
		return "/spec"
	case "CronJob":
		return "/spec/jobTemplate/spec/template/spec"
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job":
		return "/spec/template/spec"
	}
	return ""
}

// vias returns the ways in which an object of a kind can refer to a Secret.
func vias(kind string) []string {
	switch kind {
	case "ServiceAccount":
		return []string{"secrets", "pull"}
	case "Ingress":
		return []string{"tls"}
	case "Role":
		return []string{"role"}
	case "Store":
		return []string{"store"}
	case "ClusterIssuer":
		return []string{"issuer"}
	}
	return []string{"env", "env", "envFrom", "volume", "projected", "pull", "initEnv", "initEnvFrom"}
}

// element is a list in an object, and the element that a reference adds to it.
type element struct {
	list  string // a path with slashes
	value map[string]any
	text  string // where the element is a string
}

// elements returns what a reference adds to an object of a kind.
func (r *ref) elements(kind string) []element {
	pod := podPath(kind)
	env := map[string]any{"name": r.ID,
		"valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": r.Secret, "key": r.Key}}}
	from := map[string]any{"prefix": r.ID + "_", "secretRef": map[string]any{"name": r.Secret}}
	name := strings.ToLower(strings.ReplaceAll(r.ID, "_", "-"))
	mount := element{list: pod + "/containers/0/volumeMounts", value: map[string]any{"name": name, "mountPath": "/run/" +
		name}}
	switch r.Via {
	case "env":
		return []element{{list: pod + "/containers/0/env", value: env}}
	case "envFrom":
		return []element{{list: pod + "/containers/0/envFrom", value: from}}
	case "initEnv":
		return []element{{list: pod + "/initContainers/0/env", value: env}}
	case "initEnvFrom":
		return []element{{list: pod + "/initContainers/0/envFrom", value: from}}
	case "volume":
		return []element{mount, {list: pod + "/volumes",
			value: map[string]any{"name": name, "secret": map[string]any{"secretName": r.Secret}}}}
	case "projected":
		return []element{mount, {list: pod + "/volumes", value: map[string]any{"name": name, "projected": map[string]any{
			"sources": []any{map[string]any{"secret": map[string]any{"name": r.Secret}}}}}}}
	case "pull":
		if kind == "ServiceAccount" {
			pod = ""
		}
		return []element{{list: pod + "/imagePullSecrets", value: map[string]any{"name": r.Secret}}}
	case "secrets":
		return []element{{list: "/secrets", value: map[string]any{"name": r.Secret}}}
	case "tls":
		return []element{{list: "/spec/tls", value: map[string]any{
			"hosts": []any{strings.ToLower(r.ID) + ".example.com"}, "secretName": r.Secret}}}
	case "role":
		return []element{{list: "/rules/0/resourceNames", text: r.Secret}}
	}
	return nil
}

// file is the name of the object's file.
func (o *object) file() string { return strings.ToLower(o.Kind) + "-" + o.Name + ".yaml" }

// manifest is the object as a file has it.
func (o *object) manifest() map[string]any {
	metadata := map[string]any{"name": o.Name}
	if o.Namespace != "" {
		metadata["namespace"] = o.Namespace
	}
	out := map[string]any{"apiVersion": apiVersions[o.Kind], "kind": o.Kind, "metadata": metadata}
	labels := map[string]any{"app": o.Name}
	template := map[string]any{"metadata": map[string]any{"labels": labels}, "spec": o.pod()}
	switch o.Kind {
	case "Pod":
		out["spec"] = o.pod()
	case "CronJob":
		out["spec"] = map[string]any{"schedule": "@daily",
			"jobTemplate": map[string]any{"spec": map[string]any{"template": template}}}
	case "Job":
		out["spec"] = map[string]any{"template": template}
	case "ReplicationController":
		out["spec"] = map[string]any{"selector": labels, "template": template}
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
		out["spec"] = map[string]any{"selector": map[string]any{"matchLabels": labels}, "template": template}
	case "ServiceAccount":
		out["secrets"] = []any{map[string]any{"name": "outside"}}
		out["imagePullSecrets"] = []any{map[string]any{"name": "outside"}}
	case "Ingress":
		out["spec"] = map[string]any{"tls": []any{map[string]any{"hosts": []any{"www.example.com"}, "secretName": "outside"}},
			"defaultBackend": map[string]any{"service": map[string]any{"name": "web", "port": map[string]any{"number": 80}}}}
	case "Role":
		out["rules"] = []any{map[string]any{"apiGroups": []any{""}, "resources": []any{"secrets"}, "verbs": []any{"get"},
			"resourceNames": []any{"outside"}}}
	case "Store":
		out["spec"] = map[string]any{"store": "outside"}
	}
	for _, r := range o.Refs {
		o.add(out, r)
	}
	return out
}

func (o *object) pod() map[string]any {
	container := func(name string) map[string]any {
		return map[string]any{"name": name, "image": "example.com/" + name,
			"env":          []any{map[string]any{"name": "MODE", "value": "production"}},
			"envFrom":      []any{map[string]any{"configMapRef": map[string]any{"name": "settings"}}},
			"args":         []any{"--verbose"},
			"volumeMounts": []any{map[string]any{"name": "tmp", "mountPath": "/tmp"}}}
	}
	return map[string]any{
		"initContainers":   []any{container("init")},
		"containers":       []any{container("app")},
		"volumes":          []any{map[string]any{"name": "tmp", "emptyDir": map[string]any{}}},
		"imagePullSecrets": []any{map[string]any{"name": "outside"}},
	}
}

// add writes a reference into a manifest.
func (o *object) add(manifest map[string]any, r *ref) {
	switch r.Via {
	case "store":
		manifest["spec"] = map[string]any{"store": r.Secret}
		return
	case "issuer":
		manifest["spec"] = map[string]any{"ca": map[string]any{"secretName": r.Secret}}
		return
	case "var":
		add(manifest, strings.Split(podPath(o.Kind)+"/containers/0/args", "/")[1:], "$("+r.ID+")")
		return
	}
	for _, e := range r.elements(o.Kind) {
		var value any = e.value
		if e.value == nil {
			value = e.text
		}
		add(manifest, strings.Split(e.list, "/")[1:], value)
	}
}

func add(node any, path []string, value any) {
	for _, step := range path[:len(path)-1] {
		switch n := node.(type) {
		case map[string]any:
			node = n[step]
		case []any:
			node = n[0]
		}
	}
	parent, last := node.(map[string]any), path[len(path)-1]
	list, _ := parent[last].([]any)
	parent[last] = append(list, value)
}

// operations are those of a JSON 6902 patch. It only adds.
func (p *patch) operations() []map[string]any {
	if p.Ref.Via == "store" {
		return []map[string]any{{"op": "replace", "path": "/spec/store", "value": p.Ref.Secret}}
	}
	var out []map[string]any
	for _, e := range p.Ref.elements(p.Kind) {
		var value any = e.value
		if e.value == nil {
			value = e.text
		}
		out = append(out, map[string]any{"op": "add", "path": e.list + "/-", "value": value})
	}
	return out
}

// merge is a strategic merge patch.
func (p *patch) merge() map[string]any {
	out := map[string]any{"apiVersion": apiVersions[p.Kind], "kind": p.Kind, "metadata": map[string]any{"name": p.Name}}
	if p.Ref.Via == "store" {
		out["spec"] = map[string]any{"store": p.Ref.Secret}
		return out
	}
	for _, e := range p.Ref.elements(p.Kind) {
		var value any = e.value
		if e.value == nil {
			value = e.text
		}
		if p.Do == "remove" {
			gone := map[string]any{"$patch": "delete"}
			for _, key := range []string{"name", "mountPath"} {
				if v, ok := e.value[key]; ok && (key == "mountPath" || !strings.HasSuffix(e.list, "/volumeMounts")) {
					gone[key] = v
				}
			}
			value = gone
		}
		put(out, strings.Split(e.list, "/")[1:], value)
	}
	return out
}

// put adds a value to a list at a path, and makes what is missing on the way.
func put(node map[string]any, path []string, value any) {
	for i, step := range path[:len(path)-1] {
		if step == "0" {
			continue
		}
		if path[i+1] == "0" {
			name := map[string]string{"containers": "app", "initContainers": "init"}[step]
			list, _ := node[step].([]any)
			if list == nil {
				list = []any{map[string]any{"name": name}}
				node[step] = list
			}
			node = list[0].(map[string]any)
			continue
		}
		next, _ := node[step].(map[string]any)
		if next == nil {
			next = map[string]any{}
			node[step] = next
		}
		node = next
	}
	last := path[len(path)-1]
	list, _ := node[last].([]any)
	node[last] = append(list, value)
}

// entry is the use as an entry of usedBy.
func (u *use) entry() map[string]any {
	out := map[string]any{"kind": u.Kind, "name": u.Name}
	switch u.Ref.Via {
	case "env", "initEnv":
		out["env"] = map[string]any{u.Ref.ID: u.Ref.Key}
	case "envFrom", "initEnvFrom":
		out["envFrom"] = map[string]any{"prefix": u.Ref.ID + "_"}
	case "volume":
		name := strings.ToLower(strings.ReplaceAll(u.Ref.ID, "_", "-"))
		out["volume"] = map[string]any{"name": name, "mountPath": "/run/" + name}
	}
	out["containers"] = []any{"app"}
	if strings.HasPrefix(u.Ref.Via, "init") {
		out["containers"] = []any{"init"}
	}
	return out
}

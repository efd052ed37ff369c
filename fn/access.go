package fn

import (
	"strings"

	"github.com/secretwright/secretwright/internal/apply"
	"github.com/secretwright/secretwright/schema"
)

// Access is one Secret and everything that reads it.
type Access struct {
	// Spec and Secret are the names of the SecretSpec and of the Secret in it.
	Spec   string `json:"spec"`
	Secret string `json:"secret"`
	// Namespace is the Secret's, or "".
	Namespace string `json:"namespace,omitempty"`
	// Type is the Secret's type.
	Type string `json:"type"`
	// Keys are the keys of its data.
	Keys []string `json:"keys"`
	// Sources are what its values come from: files, items of the resources, or `SecretSpec`.
	Sources []string `json:"sources"`
	// Recipients are the keys that can read the values in Git: those the Secret goes out encrypted for, or else those
	// of its encrypted sources.
	Recipients []string `json:"recipients"`
	// Readers are what reads it, in the order of the resources.
	Readers []Reader `json:"readers"`
}

// Reader is one way in which a resource, or a container in it, reads a Secret.
type Reader struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Container is the container, or "" where the resource as a whole reads it.
	Container string `json:"container,omitempty"`
	// Via is how: `env DB_USER`, `envFrom DB_`, `volume /etc/db`, or the path of a field.
	Via string `json:"via"`
	// Key is the key that is read, or "" for all of them.
	Key string `json:"key,omitempty"`
}

// accesses returns who reads the Secrets among the resources that came out.
func accesses(done apply.Outcome) []Access {
	index := done.Readable.Index()
	var out []Access
	for _, node := range done.Items {
		spec, secret, emitted := strings.Cut(node.GetAnnotations()[schema.SecretAnnotation], "/")
		if !emitted || node.GetKind() != "Secret" {
			continue
		}
		access := Access{Spec: spec, Secret: secret, Namespace: node.GetNamespace(), Keys: []string{}, Readers: []Reader{}}
		known := done.Audiences[[2]string{spec + "/" + secret, access.Namespace}]
		access.Sources, access.Recipients = append([]string{}, known.Sources...), append([]string{},
			known.Recipients...)
		if t := node.Field("type"); t != nil {
			access.Type = t.Value.YNode().Value
		}
		if data := node.Field("data"); data != nil {
			if keys, err := data.Value.Fields(); err == nil {
				access.Keys = keys
			}
		}
		for _, r := range index.Readers(node.GetNamespace(), node.GetName()) {
			access.Readers = append(access.Readers, Reader(r))
		}
		out = append(out, access)
	}
	return out
}

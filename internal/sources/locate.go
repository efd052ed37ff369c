package sources

import (
	"github.com/getsops/sops/v3"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// Location is where a document holds a value.
type Location struct {
	// Branch is the index of the YAML document.
	Branch int
	Path   sopsfile.Path
	// Encoded reports whether the value is base64, as in data of a Secret's manifest.
	Encoded bool
}

// Locate returns where a document has the value at a path of kustomize's syntax.
func Locate(doc *sopsfile.Document, key string) (Location, *report.Finding) {
	node, f := (&document{Document: doc}).lookup(key)
	if f != nil {
		return Location{}, f
	}
	return Location{Branch: node.branch, Path: node.path}, nil
}

// LocateScalar returns where a document has an entry of the map at a path, and reports whether it has one.
func LocateScalar(doc *sopsfile.Document, path, key string) (Location, bool) {
	node, f := (&document{Document: doc}).lookup(path)
	branch, isMap := node.node.(sops.TreeBranch)
	if f != nil || !isMap {
		return Location{}, false
	}
	value := child(branch, key)
	return Location{Branch: node.branch, Path: node.child(key, value).path}, value != nil && !sopsfile.IsCollection(value)
}

// LocateInManifest returns where a document has the value of a key of a Secret, and reports whether it has one. Of
// several Secrets, it looks in the one of the name.
func LocateInManifest(doc *sopsfile.Document, name, key string) (Location, bool) {
	d := &document{Document: doc}
	branches, f := d.Branches()
	if f != nil {
		return Location{}, false
	}
	secrets, _, _ := d.manifests()
	for i, branch := range branches {
		metadata, _ := child(branch, "metadata").(sops.TreeBranch)
		if d.text(branch, "kind") != "Secret" || len(secrets) > 1 && d.text(metadata, "name") != name {
			continue
		}
		for _, field := range []string{"stringData", "data"} { // of both, stringData wins
			if values, isMap := child(branch, field).(sops.TreeBranch); isMap && child(values, key) != nil {
				return Location{Branch: i, Path: sopsfile.Path{field, key}, Encoded: field == "data"}, true
			}
		}
	}
	return Location{}, false
}

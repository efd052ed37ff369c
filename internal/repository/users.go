package repository

import (
	"os"
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Users returns the folders of the kustomizations of a root that build on one, directly or through others, sorted.
// Components among them are left out: they are built with what uses them.
func Users(root *os.Root, dir string) ([]string, error) {
	f := newFinder(root)
	if err := f.walk("."); err != nil {
		return nil, err
	}
	on, users := map[string]bool{path.Clean(dir): true}, []string(nil)
	for isNew := true; isNew; {
		isNew = false
		for user, k := range f.kustomizations {
			if on[user] || !k.buildsOn(user, on) {
				continue
			}
			on[user], isNew = true, true
			if !k.isComponent() {
				users = append(users, user)
			}
		}
	}
	slices.Sort(users)
	return users, nil
}

// buildsOn reports whether a kustomization in a folder names one of some folders.
func (k *kustomization) buildsOn(dir string, folders map[string]bool) bool {
	return slices.ContainsFunc([]string{"resources", "bases", "components"}, func(field string) bool {
		return slices.ContainsFunc(k.entries(field), func(e *yaml.Node) bool { return folders[path.Join(dir, e.Value)] })
	})
}

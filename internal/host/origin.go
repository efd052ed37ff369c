package host

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/report"
)

// PackagePath is the annotation in which kpt says where on disk the package of a resource stands.
const PackagePath = "internal.config.kubernetes.io/package-path"

// Origin is the folder of a SecretSpec relative to the root, with slashes. Started is the one that Secretwright was
// started in. kustomize runs functions in the folder of
// the kustomization and gives no path: there it is the folder it was started in. kpt gives the package's absolute path,
// and the file's path relative to the package that is rendered, of which the SecretSpec's own may be a subpackage.
func Origin(root *os.Root, started string, spec *yaml.RNode) (string, *report.Finding) {
	annotations := spec.GetAnnotations()
	file := annotations[kioutil.PathAnnotation]
	if file == "" {
		return path.Join(".", started), nil
	}
	if root == nil {
		return path.Dir(file), nil
	}
	pkg := annotations[PackagePath]
	if pkg == "" || !filepath.IsAbs(pkg) {
		return path.Join(started, path.Dir(path.Clean(file))), nil
	}
	here, err := filepath.Abs(root.Name())
	if err != nil {
		return "", report.Wrap(report.OutsidePackage, err, "the folder Secretwright was started in cannot be found",
			"start it in a folder that exists")
	}
	if resolved, err := filepath.EvalSymlinks(here); err == nil {
		here = resolved
	}
	if resolved, err := filepath.EvalSymlinks(pkg); err == nil {
		pkg = resolved
	}
	for dir := pkg; ; dir = filepath.Dir(dir) {
		relative, err := filepath.Rel(here, dir)
		if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			return "", report.New(report.OutsidePackage,
				"the package is outside the folder Secretwright was started in, and it reads no files there",
				"run kpt in the package, or in a folder above it, or set "+RootVariable)
		}
		candidate := path.Join(filepath.ToSlash(relative), file)
		if _, err := root.Stat(filepath.FromSlash(candidate)); err == nil {
			return path.Dir(candidate), nil
		}
		if relative == "." {
			return path.Join(started, path.Dir(path.Clean(file))), nil
		}
	}
}

// InWorkTree reports whether a folder is in a Git work tree.
func InWorkTree(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

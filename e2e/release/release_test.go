package release

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	root = "../.."
	dist = root + "/dist"
)

// targets are what a release is built for.
var targets = []string{"linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64", "windows_arm64"}

// TestArchives holds the archive of each target to its files, and to a binary for that target.
func TestArchives(t *testing.T) {
	want := []string{"CHANGELOG.md", "LICENSE", "README.md", "THIRD_PARTY_NOTICES.txt", "schema/secretspec.schema.json"}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		want = append(want, "completions/secretwright."+shell)
	}
	want = append(want, "man/secretwright.1")
	for _, command := range commands(t) {
		want = append(want, "man/secretwright-"+command+".1")
	}
	for _, target := range targets {
		got := archive(t, target)
		binary := binaryName(target)
		if diff := cmp.Diff(slices.Sorted(slices.Values(append(want, binary))), slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
		for name, content := range got {
			if len(content) == 0 {
				t.Errorf("%s: %s is empty", target, name)
			}
		}
		settings := map[string]string{}
		for _, s := range build(t, got[binary]).Settings {
			settings[s.Key] = s.Value
		}
		if is := settings["GOOS"] + "_" + settings["GOARCH"]; is != target {
			t.Errorf("%s has a binary for %s", target, is)
		}
	}
}

// commands are those that the binary for this machine lists, and we made: cobra makes completion and help.
func commands(t *testing.T) (names []string) {
	t.Helper()
	_, text, _ := strings.Cut(run(t, only(t, "secretwright_"+runtime.GOOS+"_"+runtime.GOARCH+"*/secretwright"), "--help"),
		"Commands:\n")
	text, _, _ = strings.Cut(text, "\n\n")
	for line := range strings.Lines(text) {
		if name := strings.Fields(line)[0]; name != "completion" && name != "help" {
			names = append(names, name)
		}
	}
	if !slices.Contains(names, "render") {
		t.Fatalf("it lists the commands %v", names)
	}
	return names
}

// TestNotices holds the notices to every module that each binary says it was built from.
func TestNotices(t *testing.T) {
	for _, target := range targets {
		files := archive(t, target)
		notices := string(files["THIRD_PARTY_NOTICES.txt"])
		for _, dep := range build(t, files[binaryName(target)]).Deps {
			_, notice, found := strings.Cut(notices, "\n"+dep.Path+" "+dep.Version+" (")
			notice, _, _ = strings.Cut(notice, strings.Repeat("=", 80))
			if !found || len(notice) < 500 {
				t.Errorf("%s: %s %s has no notice", target, dep.Path, dep.Version)
			}
		}
		if !strings.Contains(notices, "Copyright 2009 The Go Authors.") {
			t.Errorf("%s: the licence of Go is missing", target)
		}
	}
}

// TestSBOMs holds the bill of materials of each target to the modules that its binary says it was built from.
func TestSBOMs(t *testing.T) {
	for _, target := range targets {
		var bom struct {
			BOMFormat  string
			Metadata   struct{ Component struct{ PURL string } }
			Components []struct{ Name, Version string }
		}
		if err := json.Unmarshal(read(t, only(t, "secretwright_*_"+target+".cdx.json")), &bom); err != nil {
			t.Fatal(err)
		}
		if bom.BOMFormat != "CycloneDX" || !strings.HasPrefix(bom.Metadata.Component.PURL,
			"pkg:golang/github.com/secretwright/secretwright@") {
			t.Errorf("%s: it is %+v", target, bom.Metadata)
		}
		got := map[string]string{}
		for _, c := range bom.Components {
			got[c.Name] = c.Version
		}
		info := build(t, archive(t, target)[binaryName(target)])
		want := map[string]string{"std": info.GoVersion}
		for _, dep := range info.Deps {
			want[dep.Path] = dep.Version
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-binary +SBOM):\n%s", target, diff)
		}
	}
}

// TestChecksums holds checksums.txt to every file that people fetch.
func TestChecksums(t *testing.T) {
	want := map[string]string{}
	for _, pattern := range []string{"*.tar.gz", "*.zip", "*.deb", "*.rpm", "*.cdx.json", "../install.sh"} {
		paths, err := filepath.Glob(filepath.Join(dist, pattern))
		if err != nil || len(paths) == 0 {
			t.Errorf("there is no %s (%v)", pattern, err)
		}
		for _, path := range paths {
			want[filepath.Base(path)] = fmt.Sprintf("%x", sha256.Sum256(read(t, path)))
		}
	}
	if len(want) != 6+4+6+1 {
		t.Errorf("there are %d files", len(want))
	}
	if diff := cmp.Diff(want, checksums(t)); diff != "" {
		t.Errorf("(-files +checksums.txt):\n%s", diff)
	}
}

// TestPackageManagers holds what Homebrew, krew and Scoop are told to archives that are there, and to their checksums.
func TestPackageManagers(t *testing.T) {
	sums := checksums(t)
	for file, tt := range map[string]struct {
		targets []string
		says    string
	}{
		"homebrew/Formula/secretwright.rb": {targets[:4], `bin.install "secretwright"`},
		"krew/secretwright.yaml":           {targets, "bin: secretwright.exe"},
		"scoop/secretwright.json":          {targets[4:], `"secretwright.exe"`},
	} {
		text := string(read(t, filepath.Join(dist, file)))
		if !strings.Contains(text, tt.says) {
			t.Errorf("%s does not say %s", file, tt.says)
		}
		var got []string
		for _, m := range regexp.MustCompile(`https://[^"\s]*/releases/download/[^"\s]+`).FindAllString(text, -1) {
			name := filepath.Base(m)
			if sums[name] == "" || !strings.Contains(text, sums[name]) {
				t.Errorf("%s names %s, but not with its checksum %q", file, name, sums[name])
			}
			_, target, _ := strings.Cut(strings.TrimPrefix(name, "secretwright_"), "_")
			target, _, _ = strings.Cut(target, ".")
			got = append(got, target)
		}
		slices.Sort(got)
		if diff := cmp.Diff(slices.Sorted(slices.Values(tt.targets)), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// TestKrew holds the manifest to krew's own rules, but for installing what is not published.
func TestKrew(t *testing.T) {
	run(t, mustAbs(t, root+"/.bin/validate-krew-manifest"), "-skip-install", "-manifest",
		filepath.Join(dist, "krew/secretwright.yaml"))
}

func binaryName(target string) string {
	if strings.HasPrefix(target, "windows_") {
		return "secretwright.exe"
	}
	return "secretwright"
}

// build is what a binary says of how it was built.
func build(t *testing.T, binary []byte) *buildinfo.BuildInfo {
	t.Helper()
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// archive is what is in the archive of a target, by name.
func archive(t *testing.T, target string) map[string][]byte {
	t.Helper()
	if strings.HasPrefix(target, "windows_") {
		return zipped(t, only(t, "secretwright_*_"+target+".zip"))
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(read(t, only(t, "secretwright_*_"+target+".tar.gz"))))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for r := tar.NewReader(unzipped); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if out[header.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func zipped(t *testing.T, path string) map[string][]byte {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	out := map[string][]byte{}
	for _, file := range r.File {
		if out[file.Name], err = fs.ReadFile(r, file.Name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// checksums are those in checksums.txt, by the name of the file.
func checksums(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for line := range strings.Lines(string(read(t, filepath.Join(dist, "checksums.txt")))) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || out[name] != "" {
			t.Errorf("checksums.txt has the line %q", line)
		}
		out[name] = sum
	}
	return out
}

// only is the one file in dist of a pattern.
func only(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dist, pattern))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%s: %v (%v); run `make release-snapshot` first", pattern, paths, err)
	}
	return paths[0]
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run `make release-snapshot` first", err)
	}
	return data
}

package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var realManifests = flag.String("manifests", "",
	"folders of manifests, with commas between, for TestRealManifests to try instead of Argo CD's")

// probe is what the Secret, and so all that refers to it, is called.
const probe = "secretwright-probe"

// TestRealManifests renders real manifests in place, with a SecretSpec that none, one and all of the pods and custom
// resources in a file use. What comes out parses to what went in plus the references; each line that went in comes out,
// in order, but for empty lists and flow style that had to take them in; and a second run changes nothing. Files that
// are not manifests alone, such as the templates of a chart, are left out.
func TestRealManifests(t *testing.T) {
	setUp(t, "testdata", "secretwright")
	folders := strings.Split(*realManifests, ",")
	if *realManifests == "" {
		cmd := exec.Command("go", "mod", "download", "-json", "github.com/argoproj/argo-cd/v2")
		cmd.Dir, cmd.Env = "controllers/argocd", append(os.Environ(), "GOWORK=off")
		out, err := cmd.Output()
		var module struct{ Dir string }
		if err = errors.Join(err, json.Unmarshal(out, &module)); err != nil {
			t.Fatal(err)
		}
		folders = []string{filepath.Join(module.Dir, "manifests")}
	}
	for _, folder := range folders {
		var sum realCount
		for _, one := range sumOf(t, folder) {
			sum.add(one)
		}
		t.Logf("%s: %s", folder, &sum)
		if sum.users == 0 {
			t.Errorf("%s: nothing in it could use a Secret", folder)
		}
		for _, line := range sum.taken {
			if !strings.ContainsAny(line, "[]{}~") {
				t.Errorf("it is gone: %s", line)
			}
		}
		if *realManifests == "" {
			sum.wrong = append(sum.wrong, sum.refused...)
		}
		for _, wrong := range sum.wrong {
			t.Error(wrong)
		}
	}
}

// realCount is what came of one file, or of many.
type realCount struct {
	files, documents, users, lines, runs, added int
	// taken are the lines that made place for references, refused the reasons why files were refused, and wrong what must
	// not be.
	taken, refused, wrong []string
}

func (c *realCount) add(other realCount) {
	c.files += other.files
	c.documents += other.documents
	c.users += other.users
	c.lines += other.lines
	c.runs += other.runs
	c.added += other.added
	c.taken, c.refused = append(c.taken, other.taken...), append(c.refused, other.refused...)
	c.wrong = append(c.wrong, other.wrong...)
}

func (c *realCount) String() string {
	return fmt.Sprintf("%d files, %d documents, %d that can use it, %d lines; %d runs added %d lines; lines that made place: %s; "+
		"refused: %s", c.files, c.documents, c.users, c.lines, c.runs, c.added, strings.Join(c.taken, "\n"),
		strings.Join(c.refused, "\n"))
}

// sumOf tries each manifest below a folder.
func sumOf(t *testing.T, folder string) []realCount {
	t.Helper()
	var group sync.WaitGroup
	slots := make(chan bool, 2)
	var sums []*realCount
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() ||
			!slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(path)) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		sum, dir := &realCount{}, t.TempDir()
		sums = append(sums, sum)
		slots <- true
		group.Go(func() {
			sum.try(dir, path, text)
			<-slots
		})
		return nil
	})
	group.Wait()
	if err != nil {
		t.Fatal(err)
	}
	var all []realCount
	for _, sum := range sums {
		all = append(all, *sum)
	}
	return all
}

// try renders one file in each way, if all in it are objects.
func (c *realCount) try(dir, path string, text []byte) {
	documents, err := parse(text)
	var users []string
	for _, document := range documents {
		object, isMap := document.(map[string]any)
		if !isMap || object["apiVersion"] == nil || object["kind"] == nil {
			return // values of a chart, and what else is no manifest
		}
		for _, item := range itemsOf(object) {
			kind, _ := item["kind"].(string)
			metadata, _ := item["metadata"].(map[string]any)
			name, _ := metadata["name"].(string)
			namespace, _ := metadata["namespace"].(string)
			if use := useOf(item); use != "" && name != "" {
				users = append(users, fmt.Sprintf("  - {apiVersion: %v, kind: %s, name: %q, namespace: %q, %s}\n",
					item["apiVersion"], kind, name, "^"+namespace+"$", use))
			}
		}
	}
	if err != nil || len(documents) == 0 {
		return
	}
	c.files, c.documents, c.users = 1, len(documents), len(users)
	c.lines = bytes.Count(text, []byte("\n"))
	c.render(dir, path, text, documents, nil)
	if len(users) > 0 {
		c.render(dir, path, text, documents, users[len(users)/2:][:1])
	}
	if slices.Sort(users); len(slices.Compact(users)) > 1 {
		c.render(dir, path, text, documents, slices.Compact(users))
	}
}

// useOf is how an object uses the Secret: its pod, or the spec of a kind that is not Kubernetes' own.
func useOf(item map[string]any) string {
	kind, _ := item["kind"].(string)
	apiVersion, _ := item["apiVersion"].(string)
	group, _, _ := strings.Cut(apiVersion, "/")
	spec, hasSpec := item["spec"].(map[string]any)
	switch pod, _ := under(item, podPaths[kind]).(map[string]any); {
	case pod["containers"] != nil && kind != "PodTemplate":
		return "containers: ['*'], envFrom: {}, volume: {mountPath: /" + probe + "}, imagePullSecret: true"
	case hasSpec && len(spec) > 0 && strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io"):
		return "fieldPaths: [spec." + probe + "]"
	}
	return ""
}

// render renders a file in place, twice.
func (c *realCount) render(dir, path string, text []byte, documents []any, users []string) {
	c.runs++
	if err := os.RemoveAll(dir); err != nil {
		c.wrong = append(c.wrong, err.Error())
		return
	}
	spec := "apiVersion: secretwright.dev/v1alpha1\nkind: SecretSpec\nmetadata: {name: " + probe + "}\n" +
		"sources: [{name: a, encrypted: false, inline: '{k: v}'}]\n" +
		"secrets:\n- name: " + probe + "\n  type: kubernetes.io/dockerconfigjson\n  rollout: none\n" +
		"  data: {.dockerconfigjson: {value: '" + dockerJSON + "'}}\n"
	if len(users) > 0 {
		spec += "  usedBy:\n" + strings.Join(users, "")
	}
	file := filepath.Join("m", filepath.Base(path))
	in := os.DirFS(dir)
	if err := errors.Join(os.MkdirAll(filepath.Join(dir, "m"), 0o755), os.WriteFile(filepath.Join(dir, file), text, 0o600),
		os.WriteFile(filepath.Join(dir, "spec.yaml"), []byte(spec), 0o600)); err != nil {
		c.wrong = append(c.wrong, err.Error())
		return
	}
	wrong := func(format string, args ...any) {
		c.wrong = append(c.wrong, fmt.Sprintf("%s, %d users: ", path, len(users))+fmt.Sprintf(format, args...))
	}
	var first []byte
	for run := range 2 {
		cmd := exec.Command("secretwright", "render", "--plaintext", "-q", "-o", "m", "spec.yaml", "m")
		cmd.Dir = dir
		said, failed := cmd.CombinedOutput()
		now, err := fs.ReadFile(in, filepath.ToSlash(file))
		switch {
		case err != nil:
			wrong("%v", err)
			return
		case failed != nil:
			if c.refused = append(c.refused, path+": "+string(said)); !bytes.Equal(now, text) {
				wrong("it was refused and changed")
			}
			return
		case run == 1 && !bytes.Equal(now, first):
			wrong("the second run changes something")
		case len(users) == 0 == !bytes.Equal(now, text):
			wrong("it changed, or did not where it should")
		}
		first = now
	}
	after, err := parse(first)
	if err != nil {
		wrong("what came out does not parse: %v", err)
		return
	}
	if diff := cmp.Diff(documents, without(after, documents)); diff != "" {
		wrong("it means something else now: %s", diff)
	}
	c.compare(path, lines(text), lines(first))
}

// compare goes through the lines of two texts: those of the first are in the second, in order.
func (c *realCount) compare(path string, before, after []string) {
	for _, line := range before {
		i := slices.Index(after, line)
		if i < 0 {
			c.taken = append(c.taken, path+": "+line)
			c.added--
			continue
		}
		c.added += i
		after = after[i+1:]
	}
	c.added += len(after)
}

func lines(text []byte) []string { return strings.Split(string(text), "\n") }

// parse reads the documents of a file, without those that are empty.
func parse(text []byte) (documents []any, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document any
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}
		if document != nil {
			documents = append(documents, document)
		}
	}
}

// itemsOf returns an object, or the objects in a List.
func itemsOf(object map[string]any) (items []map[string]any) {
	list, isList := object["items"].([]any)
	if !isList {
		return []map[string]any{object}
	}
	for _, item := range list {
		if one, isMap := item.(map[string]any); isMap {
			items = append(items, one)
		}
	}
	return items
}

// under returns what an object has at a path, or nil.
func under(object any, path []string) any {
	for _, name := range path {
		one, _ := object.(map[string]any)
		object = one[name]
	}
	return object
}

// without takes the references to the Secret out again: entries of lists, and lists with nothing else that were not
// there before.
func without(now, before any) any {
	switch now := now.(type) {
	case map[string]any:
		old, _ := before.(map[string]any)
		for name, value := range now {
			if value == probe && name == probe {
				delete(now, name)
				continue
			}
			was, had := old[name]
			left := without(value, was)
			if list, isList := left.([]any); isList && len(list) == 0 && !had {
				delete(now, name)
			} else if isList && len(list) == 0 && was == nil {
				now[name] = nil // a list that had been null
			} else {
				now[name] = left
			}
		}
	case []any:
		old, _ := before.([]any)
		left := []any{}
		for _, entry := range now {
			if refers(entry) {
				continue
			}
			var was any
			if len(left) < len(old) {
				was = old[len(left)]
			}
			left = append(left, without(entry, was))
		}
		return left
	}
	return now
}

// refers reports whether an entry of a list is there for the Secret.
func refers(entry any) bool {
	return slices.ContainsFunc([][]string{{"name"}, {"secretRef", "name"}, {"secret", "secretName"}}, func(path []string) bool {
		return under(entry, path) == probe
	})
}

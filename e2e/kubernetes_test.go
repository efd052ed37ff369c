package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// kubernetesVersions are the last four minor versions, whose rules kubernetes/main.go asks.
var kubernetesVersions = []string{"1.37", "1.36", "1.35", "1.34"}

// judgedKinds are the kinds that kubernetes/main.go has rules for.
var judgedKinds = []string{"CronJob", "DaemonSet", "Deployment", "Ingress", "Pod", "Secret", "StatefulSet"}

// A judgement is what the rules have to say of objects that are created one after the other.
type judgement struct {
	what    string
	objects []object
	accepts bool
}

// TestKubernetesVersions holds Secretwright to the rules of several versions of Kubernetes: each refuses and accepts
// what testdata/verdicts.md says of one of them, and accepts what comes out of the golden cases.
func TestKubernetesVersions(t *testing.T) {
	setUp(t, "testdata", "secretwright")
	groups := []struct {
		name string
		all  []judgement
	}{{"inputs", judgedInputs(t)}, {"changes", judgedChanges(t)}, {"golden", judgedCases(t)}}
	rows := "| Kubernetes | inputs judged as meant | changes of a Secret | objects of golden cases |\n|---|---|---|---|\n"
	for _, version := range kubernetesVersions {
		name := "kubernetes-" + version
		rows += fmt.Sprintf("| %s |", versionOf(t, name, "k8s.io/kubernetes"))
		for _, group := range groups {
			as := 0
			for i, reason := range judge(t, name, group.all) {
				if one := group.all[i]; (reason == "") == one.accepts {
					as++
				} else {
					t.Errorf("Kubernetes %s: %s: accepts: %v, want %v: %s", version, one.what, !one.accepts, one.accepts, reason)
				}
			}
			rows += fmt.Sprintf(" %d of %d |", as, len(group.all))
		}
		rows += "\n"
	}
	compatible(t, "Kubernetes", rows)
}

// judge returns what the rules of a version refuse each for, or "".
func judge(t *testing.T, version string, all []judgement) []string {
	t.Helper()
	var lines strings.Builder
	for _, one := range all {
		lines.WriteString(toJSON(t, one.objects) + "\n")
	}
	out, stderr, err := try(t, root, lines.String(), command(t, version))
	reasons := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	if err != nil || len(reasons) != len(all) {
		t.Fatalf("%s: %v: %d verdicts, not %d\n%s", version, err, len(reasons), len(all), stderr)
	}
	return reasons
}

// judgedInputs are the inputs that the real API server is asked about too.
func judgedInputs(t *testing.T) (all []judgement) {
	for _, section := range sections(t) {
		for _, in := range section.inputs {
			text := in.equivalent(t)
			if section.ours {
				text = mustRender(t, in)
			}
			all = append(all, judgement{in.what, objects(t, text), section.theirs})
		}
	}
	return all
}

// judgedChanges are of Secrets that are there already.
func judgedChanges(t *testing.T) (all []judgement) {
	changed := func(what string, accepts bool, versions ...fields) {
		one := judgement{what: what, accepts: accepts}
		for _, secret := range versions {
			one.objects = append(one.objects, objects(t, mustRender(t, input{secret: secret}))...)
		}
		all = append(all, one)
	}
	data := values{"k": "another"}
	changed("another value in an immutable Secret", false, fields{"immutable": true},
		fields{"immutable": true, "data": data})
	changed("an immutable Secret that is no longer immutable", false, fields{"immutable": true}, fields{})
	changed("another type under the same name", false, fields{"type": "example.com/one"},
		fields{"type": "example.com/two"})
	changed("another value", true, fields{}, fields{"data": data})
	changed("a Secret that becomes immutable", true, fields{}, fields{"immutable": true, "data": data})
	changed("another label of an immutable Secret", true, fields{"immutable": true},
		fields{"immutable": true, "labels": fields{"a": "b"}})
	changed("another value in an immutable Secret with a hash in its name", true,
		fields{"immutable": true, "rollout": "nameSuffixHash"}, fields{"immutable": true, "rollout": "nameSuffixHash",
			"data": data})
	return all
}

// judgedCases are what comes out of the golden cases that do not fail, of the kinds that there are rules for.
func judgedCases(t *testing.T) (all []judgement) {
	outs, err := filepath.Glob(filepath.Join(root, "testdata", "*", "out.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range outs {
		text := readFile(t, out)
		if strings.Contains(text, "severity: error") {
			continue // it was refused, and its items are what went in
		}
		name := filepath.Base(filepath.Dir(out))
		for _, o := range objects(t, text) {
			if slices.Contains(judgedKinds, o.kind()) && reasonNotToApply(name, o, map[string]bool{}) == "" {
				complete(o)
				all = append(all, judgement{name + ": " + o.String(), []object{o}, true})
			}
		}
	}
	if len(all) < 60 {
		t.Errorf("only %d objects were found in the golden cases", len(all))
	}
	return all
}

// mustRender is what Secretwright makes of an input that it accepts.
func mustRender(t *testing.T, in input) string {
	t.Helper()
	out, stderr, err := ours(t, in)
	if err != nil {
		t.Fatalf("%s: %v\n%s", in.what, err, stderr)
	}
	return out
}

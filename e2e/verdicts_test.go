package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/secretwright/secretwright/e2e/cluster"
)

// An input is a Secret, and perhaps what uses it, as Secretwright takes it and as the API server does.
type input struct {
	what string
	// secret are fields of the Secret in the SecretSpec. It is called v, of type Opaque, with one key and rollout: none,
	// where they do not say otherwise.
	secret map[string]any
	// usedBy is the target, and with is what it is about: the pod, or the object, before Secretwright writes references
	// into it.
	usedBy, with string
	// manifest is what the API server gets, if it is not the Secret with the same fields.
	manifest string
	// field is where Secretwright reports its error: "" where it accepts.
	field string
}

type (
	fields = map[string]any
	values = map[string]string
)

// spec is the SecretSpec of an input.
func (in input) spec(t *testing.T) string {
	secret := fields{"name": "v", "rollout": "none", "data": values{"k": "v"}}
	for name, value := range in.secret {
		secret[name] = value
	}
	if data, is := secret["data"].(values); is {
		all := map[string]any{}
		for key, value := range data {
			all[key] = fields{"value": value}
		}
		secret["data"] = all
	}
	if in.usedBy != "" {
		var target any
		if err := yaml.Unmarshal([]byte(in.usedBy), &target); err != nil {
			t.Fatal(err)
		}
		secret["usedBy"] = []any{target}
	}
	out, err := yaml.Marshal(fields{"apiVersion": "secretwright.dev/v1alpha1", "kind": "SecretSpec",
		"metadata": fields{"name": "v"}, "secrets": []any{secret}})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// equivalent is what the API server gets: the manifest, or the Secret with the same fields.
func (in input) equivalent(t *testing.T) string {
	if in.manifest != "" {
		return in.manifest
	}
	metadata, data := fields{"name": "v"}, map[string]any{"k": base64Of("v")}
	secret := fields{"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
	for name, value := range in.secret {
		switch name {
		case "data":
			clear(data)
			for key, text := range value.(values) {
				data[key] = base64Of(text)
			}
		case "name", "labels", "annotations":
			metadata[name] = value
		case "serviceAccountName":
			metadata["annotations"] = fields{"kubernetes.io/service-account.name": value}
		case "rollout":
		default:
			secret[name] = value
		}
	}
	return toJSON(t, secret)
}

// The objects that inputs are about.
func pod(spec string) string {
	return "{apiVersion: v1, kind: Pod, metadata: {name: v}, spec: {" + spec + "}}"
}

const (
	plainContainer  = "containers: [{name: app, image: app}]"
	containerBegins = "containers: [{name: app, image: app, "
	secretVolume    = "volumes: [{name: v, secret: {secretName: v}}]"
	mounted         = containerBegins + "volumeMounts: [{name: v, mountPath: /v}]}]"
	ingress         = "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: v}, spec: {defaultBackend: {service: {name: v, port: {number: 80}}}%s}}"
)

// A section is one of the table of verdicts.
type section struct {
	title        string
	inputs       []input
	ours, theirs bool // whether they accept
	withMessage  bool
}

func sections(t *testing.T) []section {
	return []section{
		{"Refused by both", refusedByBoth(t), false, false, true},
		{"Refused by Secretwright alone: the API server takes it, and it does not work", refusedByUs(t), false, true, false},
		{"Accepted by both", acceptedByBoth(t), true, true, false},
	}
}

// verdicts asks both about every input, and holds testdata/verdicts.md to what they say. What Secretwright accepts, the
// API server gets as it comes out, and must accept.
func verdicts(t *testing.T, c *cluster.Cluster) {
	table := &strings.Builder{}
	table.WriteString("<!-- Made by `go test . -run TestAPIServer -update` in e2e, which asks a real API server. -->\n\n# What Secretwright refuses, and what the API server does\n")
	for _, section := range sections(t) {
		fmt.Fprintf(table, "\n## %s\n\n", section.title)
		if section.withMessage {
			table.WriteString("| input | Secretwright | API server | which says |\n|---|---|---|---|\n")
		} else {
			table.WriteString("| input | Secretwright | API server |\n|---|---|---|\n")
		}
		for _, in := range section.inputs {
			t.Run(in.what, func(t *testing.T) {
				out, stderr, err := ours(t, in)
				switch {
				case section.ours && err != nil:
					t.Errorf("Secretwright refuses it: %s", stderr)
				case !section.ours && err == nil:
					t.Errorf("Secretwright accepts it")
				case !section.ours && !strings.Contains(stderr, " error: "+in.field+": "):
					t.Errorf("Secretwright reports no error at %s, but: %s", in.field, stderr)
				}
				judged := in.equivalent(t)
				if section.ours {
					judged = out
				}
				// Not apply: it keeps a copy in an annotation, which has less room than a Secret.
				_, stderr, err = c.Kubectl(t, judged, "create", "--dry-run=server", "--validate=strict", "--filename=-")
				message := said(stderr)
				switch {
				case section.theirs && err != nil:
					t.Errorf("the API server refuses it: %s", message)
				case !section.theirs && err == nil:
					t.Errorf("the API server accepts it")
				}
				verdict := map[bool]string{true: "accepts", false: "refuses"}
				at := ""
				if !section.ours {
					at = ", at `" + in.field + "`"
				}
				fmt.Fprintf(table, "| %s | %s%s | %s |", in.what, verdict[section.ours], at, verdict[section.theirs])
				if section.withMessage {
					fmt.Fprintf(table, " %s |", message)
				}
				table.WriteString("\n")
			})
		}
	}
	table.WriteString("\n## Accepted by Secretwright, and refused by the API server for what it has already, or for how it gets it\n\n")
	table.WriteString("| input | way out | API server, which says |\n|---|---|---|\n")
	changes(t, c, table)
	golden(t, "testdata/verdicts.md", regexp.MustCompile(`a{20,}`).ReplaceAllString(table.String(), "aaa..."))
}

// changes are of Secrets that are in the cluster already, and of Secrets that kubectl keeps a copy of.
func changes(t *testing.T, c *cluster.Cluster, table *strings.Builder) {
	createNamespace(t, c, "changes")
	apply := func(t *testing.T, in input, args ...string) (stderr string, err error) {
		t.Helper()
		out, message, err := ours(t, in)
		if err != nil {
			t.Fatalf("Secretwright refuses it: %s", message)
		}
		_, stderr, err = c.Kubectl(t, out, append([]string{"apply", "--namespace=changes", "--filename=-"}, args...)...)
		return stderr, err
	}
	// secret is a Secret with one value, and what its description says besides.
	secret := func(name, value string, more fields) input {
		in := input{secret: fields{"name": name, "data": values{"k": value}}}
		for field, value := range more {
			in.secret[field] = value
		}
		return in
	}
	// job is that of a Job that uses it.
	job := func(name, value string, more fields) input {
		in := secret(name, value, more)
		in.usedBy = "{kind: Job, env: {A: k}}"
		in.with = "{apiVersion: batch/v1, kind: Job, metadata: {name: " + name +
			"}, spec: {template: {spec: {restartPolicy: Never, " + plainContainer + "}}}}"
		return in
	}
	immutable, hash := fields{"immutable": true}, fields{"rollout": "nameSuffixHash"}
	large := secret("large", strings.Repeat("v", 200<<10), nil)
	for _, tt := range []struct {
		what   string
		inputs []input // the last is refused
		wayOut string
		out    []input // all are accepted
		args   []string
	}{
		{what: "another value in an immutable Secret", inputs: []input{secret("value", "1", immutable),
			secret("value", "2", immutable)},
			wayOut: "`rollout: nameSuffixHash`, the default; Secretwright warns of any other",
			out:    []input{secret("value", "2", fields{"immutable": true, "rollout": "nameSuffixHash"})}},
		{what: "an immutable Secret that is no longer immutable", inputs: []input{secret("mutable", "1", immutable),
			secret("mutable", "1", nil)},
			wayOut: "`rollout: nameSuffixHash`, the default", out: []input{secret("mutable", "1", hash)}},
		{what: "another type under the same name", inputs: []input{secret("type", "1", fields{"type": "example.com/one"}),
			secret("type", "1", fields{"type": "example.com/two"})},
			wayOut: "`rollout: nameSuffixHash`, the default", out: []input{secret("type", "1",
				fields{"type": "example.com/two", "rollout": "nameSuffixHash"})}},
		{what: "another value in a Secret with a hash in its name, used by a Job, whose template never changes",
			inputs: []input{job("job", "1", hash), job("job", "2", hash)},
			wayOut: "`rollout: none`", out: []input{job("none", "1", nil), job("none", "2", nil)}},
		{what: "values of more than about 190 KiB, by `kubectl apply`, which keeps a copy of them in an annotation",
			inputs: []input{large},
			wayOut: "`kubectl apply --server-side`", out: []input{large}, args: []string{"--server-side"}},
	} {
		t.Run(tt.what, func(t *testing.T) {
			for i, in := range tt.inputs {
				stderr, err := apply(t, in)
				switch last := i == len(tt.inputs)-1; {
				case !last && err != nil:
					t.Fatal(stderr)
				case last && err == nil:
					t.Error("the API server accepts it")
				case last:
					fmt.Fprintf(table, "| %s | %s | %s |\n", tt.what, tt.wayOut, said(stderr))
				}
			}
			for _, in := range tt.out {
				if stderr, err := apply(t, in, tt.args...); err != nil {
					t.Errorf("the API server refuses the way out: %s", stderr)
				}
			}
		})
	}
}

// ours is what Secretwright makes of an input.
func ours(t *testing.T, in input) (stdout, stderr string, err error) {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "secretspec.yaml"), in.spec(t))
	args := []string{"render", "secretspec.yaml"}
	if in.with != "" {
		writeFile(t, filepath.Join(dir, "with.yaml"), in.with)
		args = append(args, "with.yaml")
	}
	return try(t, dir, "", "secretwright", args...)
}

// said is the first thing the API server says, fit for a cell of a table.
func said(stderr string) string {
	line := regexp.MustCompile(`^(Error from server \(\w+\): (error when creating "STDIN": )?)?(The \w+ ".*?" is invalid: )?(\s*\* )?`).ReplaceAllString(strings.TrimSpace(stderr), "")
	line, _, _ = strings.Cut(line, "\n")
	line = regexp.MustCompile(`: Invalid value: (".*?[^\\]"|""|-?\d+|\{.*\}): `).ReplaceAllString(line, ": ")
	line, _, _ = strings.Cut(line, " (e.g. ")
	line = strings.ReplaceAll(line, "|", `\|`)
	if len(line) > 160 {
		line = line[:157] + "..."
	}
	return line
}

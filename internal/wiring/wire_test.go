package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

// database is the Secret of these tests.
var database = Secret{Plain: "database", Name: "database-hash", Keys: []string{"password", "user"}}

// TestWire wires one Secret into one Pod, whose spec is given, twice: the second time changes nothing.
func TestWire(t *testing.T) {
	for _, c := range []struct {
		name, target, in, want string
		said                   []string
	}{
		{name: "env where there is none", target: `{env: {USER: user, PASSWORD: password}}`, in: `
containers:
- name: app
`, want: `
containers:
- name: app
  env:
  - name: PASSWORD
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: password
  - name: USER
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: user
`},
		{name: "env after others", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env: # what there is
  # first
  - {name: A, value: "1"} # beside
`, want: `
containers:
- name: app
  env: # what there is
  # first
  - {name: A, value: "1"} # beside
  - name: USER
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: user
`},
		{name: "env in an empty list", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env: []
`, want: `
containers:
- name: app
  env:
  - name: USER
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: user
`},
		{name: "env in a null", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env: null
`, want: `
containers:
- name: app
  env:
  - name: USER
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: user
`},
		{name: "env in flow style", target: `{env: {USER: user}}`, in: `
containers: [{name: app}]
`, want: `
containers: [{name: app, env: [{name: USER, valueFrom: {secretKeyRef: {name: database-hash, key: user}}}]}]
`},
		{name: "env that is right already", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env:
  - name: USER
    valueFrom: {secretKeyRef: {key: "user", name: 'database-hash', optional: true}} # by hand
`, want: `
containers:
- name: app
  env:
  - name: USER
    valueFrom: {secretKeyRef: {key: "user", name: 'database-hash', optional: true}} # by hand
`},
		{name: "env that had a value", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env:
  - name: USER # who
    value: admin
`, want: `
containers:
- name: app
  env:
  - name: USER # who
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: user
`, said: []string{"warning: at.env.USER: Pod x (container app: variable USER) had a value in the open, which is replaced; if it was the secret, it is in Git's history: change it"}},
		{name: "env that is there several times", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env:
  - {name: USER, value: admin}
  - {name: A, value: admin}
  - name: USER # the last
    valueFrom: {secretKeyRef: {name: database-hash, key: user}}
`, want: `
containers:
- name: app
  env:
  - {name: A, value: admin}
  - name: USER # the last
    valueFrom: {secretKeyRef: {name: database-hash, key: user}}
`, said: []string{"warning: at.env.USER: Pod x (container app: variable USER) was given several times; the last one counted, and the others " +
			"are removed; if one was the secret, it is in Git's history: change it"}},
		{name: "env from elsewhere", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env:
  - name: USER
    valueFrom:
      configMapKeyRef: {name: a, key: b}
`, want: `
containers:
- name: app
  env:
  - name: USER
    valueFrom:
      secretKeyRef:
        name: database-hash
        key: user
`, said: []string{"warning: at.env.USER: Pod x (container app: variable USER) took its value from elsewhere, which is replaced"}},
		{name: "env from another Secret", target: `{env: {USER: user}}`, in: `
containers:
- name: app
  env:
  - name: USER
    valueFrom:
      secretKeyRef: {name: other, key: name}
`, want: `
containers:
- name: app
  env:
  - name: USER
    valueFrom:
      secretKeyRef: {name: database-hash, key: user}
`, said: []string{"warning: at.env.USER: Pod x (container app: variable USER) took the key name of the Secret other, which is replaced"}},
		{name: "envFrom", target: `{envFrom: {prefix: DB_}}`, in: `
containers:
- name: app
  envFrom:
  - configMapRef: {name: a}
`, want: `
containers:
- name: app
  envFrom:
  - configMapRef: {name: a}
  - prefix: DB_
    secretRef:
      name: database-hash
`},
		{name: "envFrom beside one without a prefix", target: `{envFrom: {prefix: DB_}}`, in: `
containers:
- name: app
  envFrom:
  - secretRef:
      name: database-hash
      optional: true
`, want: `
containers:
- name: app
  envFrom:
  - secretRef:
      name: database-hash
      optional: true
  - prefix: DB_
    secretRef:
      name: database-hash
`},
		{name: "envFrom beside one with a prefix", target: `{envFrom: {}}`, in: `
containers:
- name: app
  envFrom:
  - prefix: DB_
    secretRef: {name: database-hash}
`, want: `
containers:
- name: app
  envFrom:
  - prefix: DB_
    secretRef: {name: database-hash}
  - secretRef:
      name: database-hash
`},
		{name: "volume", target: `{volume: {mountPath: /etc/db, readOnly: true, defaultMode: 256, items: {user: a/b, password: c}}}`, in: `
containers:
- name: app
`, want: `
containers:
- name: app
  volumeMounts:
  - name: database
    mountPath: /etc/db
    readOnly: true
volumes:
- name: database
  secret:
    secretName: database-hash
    defaultMode: 256
    items:
    - key: password
      path: c
    - key: user
      path: a/b
`},
		{name: "volume that is there under another name", target: `{volume: {mountPath: /etc/db, defaultMode: 288, items: {user: user}}}`, in: `
containers:
- name: app
  volumeMounts:
  - mountPath: /etc/db # here
    name: files
volumes:
- name: files
  secret:
    secretName: database-hash
    optional: true
    defaultMode: 0440 # for the group
    items: [{path: user, key: user}]
`, want: `
containers:
- name: app
  volumeMounts:
  - mountPath: /etc/db # here
    name: files
volumes:
- name: files
  secret:
    secretName: database-hash
    optional: true
    defaultMode: 0440 # for the group
    items: [{path: user, key: user}]
`},
		{name: "volume that changes", target: `{volume: {mountPath: /etc/db, subPath: user, readOnly: true, defaultMode: 256, items: {user: user}}}`, in: `
containers:
- name: app
  volumeMounts:
  - {mountPath: /etc/db, name: database, readOnly: false}
volumes:
- name: database
  secret: {secretName: database-hash, defaultMode: 0440, items: []}
`, want: `
containers:
- name: app
  volumeMounts:
  - {mountPath: /etc/db, name: database, readOnly: true, subPath: user}
volumes:
- name: database
  secret: {secretName: database-hash, defaultMode: 256, items: [{key: user, path: user}]}
`},
		{name: "volume that is projected", target: `{volume: {name: all, mountPath: /etc/all}}`, in: `
containers:
- name: app
volumes:
- name: all
  projected:
    sources:
    - serviceAccountToken: {path: token}
`, want: `
containers:
- name: app
  volumeMounts:
  - name: all
    mountPath: /etc/all
volumes:
- name: all
  projected:
    sources:
    - serviceAccountToken: {path: token}
    - secret:
        name: database-hash
`},
		{name: "imagePullSecret", target: `{imagePullSecret: true}`, in: `
imagePullSecrets:
- name: other
containers: []
`, want: `
imagePullSecrets:
- name: other
- name: database-hash
containers: []
`},
		{name: "all containers", target: `{containers: ["*"], envFrom: {}}`, in: `
initContainers:
- name: init
containers:
- name: app
ephemeralContainers:
- name: debug
`, want: `
initContainers:
- name: init
  envFrom:
  - secretRef:
      name: database-hash
containers:
- name: app
  envFrom:
  - secretRef:
      name: database-hash
ephemeralContainers:
- name: debug
  envFrom:
  - secretRef:
      name: database-hash
`},
		{name: "one container, named twice", target: `{containers: [app, app], envFrom: {}}`, in: `
containers:
- name: app
- name: proxy
`, want: `
containers:
- name: app
  envFrom:
  - secretRef:
      name: database-hash
- name: proxy
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, pod(c.in))
			use := Use{Field: report.Field("at"), Secret: database, Target: target(t, c.target)}
			check := unchanged(t, nodes)
			it := NewItems(nodes)
			if diff := cmp.Diff(c.said, said(wire(it, use))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			check()
			want := manifests(t, parse(t, pod(c.want)))
			if diff := cmp.Diff(want, manifests(t, resources(it))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			again := NewItems(resources(it))
			if findings := wire(again, use); len(findings) > 0 {
				t.Errorf("the second run finds %v", said(findings))
			}
			if diff := cmp.Diff(want, manifests(t, resources(again))); diff != "" {
				t.Errorf("the second run changes something (-first +second):\n%s", diff)
			}
		})
	}
}

// pod is a Pod with a spec.
func pod(spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\nspec:\n  " +
		strings.ReplaceAll(strings.Trim(spec, "\n"), "\n", "\n  ") + "\n"
}

// TestWireConflicts wires uses one after the other into one Pod, and looks at what the last one has to say.
func TestWireConflicts(t *testing.T) {
	cache := Secret{Plain: "cache", Name: "cache-hash", Keys: []string{"password"}}
	one, two := "containers: [{name: app}]", "containers: [{name: app}, {name: proxy}]"
	for _, c := range []struct {
		name, spec string
		uses       []Use
		said       []string
	}{
		{"one variable of two Secrets", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{env: {PASSWORD: password}}`)},
			{Field: report.Field("b"), Secret: cache, Target: target(t, `{env: {PASSWORD: password}}`)},
		}, []string{": b.env.PASSWORD: Pod x (container app: variable PASSWORD) is given another value by a; keep one of them, or give the variables two names"}},
		{"one variable of two containers", two, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{containers: [app], env: {PASSWORD: password}}`)},
			{Field: report.Field("b"), Secret: cache, Target: target(t, `{containers: [proxy], env: {PASSWORD: password}}`)},
		}, nil},
		{"one variable, said twice", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{env: {PASSWORD: password}}`)},
			{Field: report.Field("b"), Secret: database, Target: target(t, `{env: {PASSWORD: password}}`)},
		}, nil},
		{"one Secret with two prefixes", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{envFrom: {prefix: A_}}`)},
			{Field: report.Field("b"), Secret: database, Target: target(t, `{envFrom: {prefix: B_}}`)},
		}, nil},
		{"one mount path", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{volume: {mountPath: /etc/secrets}}`)},
			{Field: report.Field("b"), Secret: cache, Target: target(t, `{volume: {mountPath: /etc/secrets}}`)},
		}, []string{": b.volume.mountPath: Pod x (container app) gets something else at /etc/secrets from a; choose another path"}},
		{"one volume, two contents", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{volume: {mountPath: /a}}`)},
			{Field: report.Field("b"), Secret: database, Target: target(t, `{volume: {mountPath: /b, items: {user: user}}}`)},
		}, []string{": b.volume: Pod x gets the volume database from a with another content; give one of them a volume.name"}},
		{"one volume, two mounts", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{volume: {mountPath: /a}}`)},
			{Field: report.Field("b"), Secret: database, Target: target(t, `{volume: {mountPath: /b}}`)},
		}, nil},
		{"a volume that is something else", one + "\nvolumes: [{name: database, emptyDir: {}}]", []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{volume: {mountPath: /a}}`)},
		}, []string{": a.volume: Pod x has a volume database already, which is something else; give this one another volume.name"}},
		{"a mount that is something else", "containers: [{name: app, volumeMounts: [{name: tmp, mountPath: /a}]}]", []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{volume: {mountPath: /a}}`)},
		}, []string{": a.volume.mountPath: Pod x (container app) mounts the volume tmp at /a already; choose another path"}},
		{"no container named", two, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{envFrom: {}}`)},
		}, []string{`: a.containers: Pod x has several containers (app, proxy), and none is named; name those that may see the Secret, or write ["*"]`}},
		{"an unknown container", two, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{containers: [ap, sidecar], envFrom: {}}`)},
		}, []string{`: a.containers[0]: Pod x has no container "ap"; did you mean app?`,
			`: a.containers[1]: Pod x has no container "sidecar"; its containers are app, proxy`}},
		{"a key that dataFrom does not bring", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{env: {A: usr}}`)},
		}, []string{`: a.env.A: the Secret database has no key "usr"; did you mean user?`}},
		{"a file of a key that is not there", one, []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{volume: {mountPath: /a, items: {token: token}}}`)},
		}, []string{`: a.volume.items.token: the Secret database has no key "token"; its keys are password, user`}},
		{"no containers", "containers: []", []Use{
			{Field: report.Field("a"), Secret: database, Target: target(t, `{envFrom: {}}`)},
		}, []string{": a: Pod x has no containers; give it one"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, pod(c.spec))
			defer unchanged(t, nodes)()
			it := NewItems(nodes)
			var last []string
			for _, use := range c.uses {
				last = said(wire(it, use))
			}
			if diff := cmp.Diff(c.said, last); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWireElsewhere(t *testing.T) {
	for _, c := range []struct {
		name, target, in, want string
		said                   []string
	}{
		{name: "a kind without pods", target: `{envFrom: {}}`, in: `
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: shop}
`, said: []string{": at: ConfigMap shop/x holds no pods that Secretwright knows of; say where they stand with podSpec, or name a workload"}},
		{name: "a workload that is not whole", target: `{envFrom: {}}`, in: `
apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec: {}
`, said: []string{": at: Deployment x has no spec.template.spec; write its pods there"}},
		{name: "a kind with a podSpec of its own", target: `{envFrom: {}, podSpec: spec.pods}`, in: `
apiVersion: example.com/v1
kind: Crowd
spec:
  pods:
    containers: [{name: app}]
`, want: `
apiVersion: example.com/v1
kind: Crowd
spec:
  pods:
    containers: [{name: app, envFrom: [{secretRef: {name: database-hash}}]}]
`},
		{name: "a ServiceAccount", target: `{imagePullSecret: true}`, in: `
apiVersion: v1
kind: ServiceAccount
imagePullSecrets: []
`, want: `
apiVersion: v1
kind: ServiceAccount
imagePullSecrets:
- name: database-hash
`},
		{name: "an Ingress", target: `{tls: {hosts: [a.example.com, b.example.com]}}`, in: `
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  tls:
  - hosts: [a.example.com]
  - secretName: other
    hosts: [c.example.com]
`, want: `
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  tls:
  - hosts: [a.example.com, b.example.com]
    secretName: database-hash
  - secretName: other
    hosts: [c.example.com]
`},
		{name: "an Ingress that serves the host", target: `{tls: {hosts: [a.example.com]}}`, in: `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x}
spec:
  tls: [{secretName: other, hosts: [a.example.com]}]
`, said: []string{": at.tls.hosts: Ingress x serves one of the hosts (a.example.com) with the Secret other already; take the host out of one of them"}},
		{name: "a Gateway", target: `{tls: {listeners: [https]}}`, in: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
spec:
  listeners:
  - name: http
  - name: https
    tls: {mode: Terminate}
`, want: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
spec:
  listeners:
  - name: http
  - name: https
    tls: {mode: Terminate, certificateRefs: [{kind: Secret, name: database-hash}]}
`},
		{name: "a Gateway that names it already, with its own namespace", target: `{tls: {listeners: [https]}}`, in: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: shop}
spec:
  listeners:
  - name: https
    tls: {certificateRefs: [{name: database-hash, namespace: shop}]}
`, want: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: shop}
spec:
  listeners:
  - name: https
    tls: {certificateRefs: [{name: database-hash, namespace: shop}]}
`},
		{name: "a Gateway that names one elsewhere", target: `{tls: {listeners: [https]}}`, in: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: shop}
spec:
  listeners:
  - name: https
    tls: {certificateRefs: [{name: database-hash, namespace: store}]}
`, want: `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {namespace: shop}
spec:
  listeners:
  - name: https
    tls: {certificateRefs: [{name: database-hash, namespace: store}, {kind: Secret, name: database-hash}]}
`},
		{name: "an Ingress with an entry of no Secret", target: `{tls: {hosts: [a.example.com]}}`, in: `
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  tls: [{hosts: [b.example.com]}, {hosts: [a.example.com]}]
`, want: `
apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  tls: [{hosts: [b.example.com]}, {hosts: [a.example.com], secretName: database-hash}]
`},
		{name: "a field of any kind", target: `{fieldPaths: [spec.secret, "spec.list.[name=b].secretName"]}`, in: `
apiVersion: example.com/v1
kind: Own
spec:
  list:
  - name: a
  - name: b
`, want: `
apiVersion: example.com/v1
kind: Own
spec:
  list:
  - name: a
  - name: b
    secretName: database-hash
  secret: database-hash
`},
		{name: "a field that is a map", target: `{fieldPaths: [spec]}`, in: `
apiVersion: example.com/v1
kind: Own
metadata: {name: x}
spec: {a: b}
`, said: []string{": at.fieldPaths[0]: Own x has no field spec that could hold a name; write the path to a text, with [name=x] for an element of a list"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, strings.TrimPrefix(c.in, "\n"))
			defer unchanged(t, nodes)()
			it := NewItems(nodes)
			use := Use{Field: report.Field("at"), Secret: database, Target: target(t, c.target)}
			it.SetPodSpec(0, use.Target.PodSpec)
			if diff := cmp.Diff(c.said, said(wire(it, use))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if c.want == "" {
				return
			}
			if diff := cmp.Diff(manifests(t, parse(t, c.want)), manifests(t, resources(it))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestChecksum(t *testing.T) {
	for kind, where := range map[string]string{
		"v1 Pod": "metadata.annotations", "v1 PodTemplate": "template.metadata.annotations",
		"apps/v1 Deployment": "spec.template.metadata.annotations",
		"batch/v1 CronJob":   "spec.jobTemplate.spec.template.metadata.annotations",
	} {
		version, kind, _ := strings.Cut(kind, " ")
		root := mapping(text("apiVersion"), text(version), text("kind"), text(kind))
		holder := root
		for _, key := range strings.Split(references.PodPath(strings.TrimSuffix(strings.TrimSuffix(version, "v1"), "/"),
			kind), ".") {
			holder = child(holder, key)
		}
		add(holder, "containers", mapping(text("name"), text("app")))
		it := NewItems(parse(t, manifests(t, yamlNodes(root))))
		secret := database
		secret.Checksum = "sum"
		if findings := wire(it, Use{Field: report.Field("at"), Secret: secret,
			Target: target(t, `{envFrom: {}}`)}); len(findings) > 0 {
			t.Error(said(findings))
		}
		if got := value(at(resources(it)[0].YNode(), where), "checksum.secretwright.dev/database"); got != "" {
			t.Errorf("%s: a key with dots was read as a path", kind)
		}
		annotations := at(resources(it)[0].YNode(), where)
		if got := field(annotations, "checksum.secretwright.dev/database"); got == nil || got.Value != "sum" {
			t.Errorf("%s has no checksum at %s", kind, where)
		}
	}
}

func TestVolumeName(t *testing.T) {
	a := strings.Repeat("a", 60)
	for secret, want := range map[string]string{
		"database":                               "database",
		"db.internal":                            "db-internal",
		a + "bcd":                                a + "bcd",                             // 63 characters
		a + "bcde":                               strings.Repeat("a", 54) + "-82b8fb1a", // 64
		strings.Repeat("a", 53) + ".bcdefghijkl": "",                                    // the cut falls behind a dash
	} {
		got := volumeName(secret)
		if want != "" && got != want {
			t.Errorf("%s: got %s, want %s", secret, got, want)
		}
		if len(got) > 63 || strings.Contains(got, "--") || strings.HasSuffix(got, "-") {
			t.Errorf("%s: %s is not the label it should be", secret, got)
		}
	}
	if volumeName(a+"-one-of-two") == volumeName(a+"-two-of-two") {
		t.Error("two Secrets have the same volume name")
	}
}

// TestDropChecksums takes off the checksums that a resource does not keep, and no others.
func TestDropChecksums(t *testing.T) {
	const in = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: x, annotations: {checksum.secretwright.dev/a: top}}
spec: {template: {metadata: {annotations: {checksum.secretwright.dev/a: x, checksum.secretwright.dev/b: y, own: z}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: y}
spec: {template: {metadata: {annotations: {checksum.secretwright.dev/a: x}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: z}
spec: {template: {}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, annotations: {checksum.secretwright.dev/a: x}}
`
	nodes := parse(t, in)
	defer unchanged(t, nodes)()
	it := NewItems(append(nodes, parse(t, "kind: Pod\n")...))
	it.Remove(4)
	it.DropChecksums(map[string][]int{"a": nil, "b": {0}})
	want := strings.Replace(in, "checksum.secretwright.dev/a: x, ", "", 1)
	want = strings.Replace(want, "metadata: {annotations: {checksum.secretwright.dev/a: x}}", "metadata: {}", 1)
	if diff := cmp.Diff(manifests(t, parse(t, want)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPlace says in which file a finding about a resource is.
func TestPlace(t *testing.T) {
	pathed := func(more string) string {
		return "kind: A\nmetadata: {annotations: {internal.config.kubernetes.io/path: a.yaml" + more + "}}\n"
	}
	it := NewItems(parse(t, pathed("")+"---\n"+pathed(", "+kustomizeID+": x")+"---\nkind: B\n"))
	for i, want := range []string{"a.yaml", "", ""} {
		if got := it.Place(i, nil).File; got != want {
			t.Errorf("resource %d: %q, want %q", i, got, want)
		}
	}
	it.SetFiles([]string{"b.yaml", "c.yaml", "d.yaml"})
	for i, want := range []string{"b.yaml", "c.yaml", "d.yaml"} {
		if got := it.Place(i, it.Node(i).YNode().Content[1]); got.File != want || got.Line != 1 || got.Column != 7 {
			t.Errorf("resource %d: %v, want %s", i, got, want)
		}
	}
}

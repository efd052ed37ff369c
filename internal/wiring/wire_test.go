package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

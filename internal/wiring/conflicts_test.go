package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
)

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

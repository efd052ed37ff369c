package usedby_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/usedby"
)

// TestUses reads the uses of the Secret "db", and takes the references out where that changes nothing.
func TestUses(t *testing.T) {
	const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web.1}\nspec:\n  containers:\n"
	for name, c := range map[string]struct {
		resource string
		targets  string // as JSON
		goes     bool
	}{
		"variable": {pod + "  - {name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}]}",
			`[{"kind":"Pod","name":"web\\.1","env":{"A":"a"}}]`, true},
		"two variables out of order": {pod +
			"  - {name: app, env: [{name: B, valueFrom: {secretKeyRef: {name: db, key: b}}}, " +
			"{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}]}",
			`[{"kind":"Pod","name":"web\\.1","env":{"A":"a","B":"b"}}]`, false},
		"a variable before another one": {pod +
			"  - {name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}, " +
			"{name: B, value: c}]}", `[{"kind":"Pod","name":"web\\.1","env":{"A":"a"}}]`, false},
		"one that another uses": {pod + "  - {name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}, " +
			"{name: B, value: $(A)}]}", `[{"kind":"Pod","name":"web\\.1","env":{"A":"a"}}]`, true},
		"optional": {pod + "  - {name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a, optional: true}}}]}",
			`null`, false}, "all keys with a prefix": {pod + "  - {name: app, envFrom: [{prefix: X_, secretRef: {name: db}}]}",
			`[{"kind":"Pod","name":"web\\.1","envFrom":{"prefix":"X_"}}]`, true},
		"a file": {pod + "  - {name: app, volumeMounts: [{name: v, mountPath: /a, subPath: b}]}\n" +
			"  volumes: [{name: v, secret: {secretName: db, defaultMode: 0400, items: [{key: b, path: b}]}}]",
			`[{"kind":"Pod","name":"web\\.1","volume":{"name":"v","mountPath":"/a","subPath":"b","defaultMode":256,"items":{"b":"b"}}}]`, true},
		"a file with a mode of its own": {pod + "  - {name: app, volumeMounts: [{name: v, mountPath: /a}]}\n" +
			"  volumes: [{name: v, secret: {secretName: db, items: [{key: b, path: b, mode: 0400}]}}]", `null`, false},
		"a volume that nothing mounts": {pod +
			"  - {name: app, env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: a}}}]}\n" +
			"  volumes: [{name: v, secret: {secretName: db}}]", `[{"kind":"Pod","name":"web\\.1","env":{"A":"a"}}]`, false},
		"an account": {"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nimagePullSecrets: [{name: db}]",
			`[{"kind":"ServiceAccount","name":"a","imagePullSecret":true}]`, true},
		"two entries of an Ingress": {"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\n" +
			"spec: {tls: [{hosts: [a], secretName: db}, {hosts: [b], secretName: db}]}", `null`, false},
		"a Gateway": {"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a}\n" +
			"spec: {listeners: [{name: https, tls: {certificateRefs: [{kind: Secret, name: db}]}}]}",
			`[{"kind":"Gateway","name":"a","tls":{"listeners":["https"]}}]`, true},
		"a field that usedBy has no word for": {"apiVersion: v1\nkind: Issuer\nmetadata: {name: a}\nspec: {secretRef: {name: db}}",
			`null`, false},
		"another Secret": {pod + "  - {name: app, envFrom: [{secretRef: {name: other}}]}", `null`, false},
	} {
		t.Run(name, func(t *testing.T) {
			resource := yaml.MustParse(c.resource)
			before := resource.MustString()
			uses := usedby.Uses(resource, []string{"other-one", "db"})
			var targets []any
			for _, use := range uses {
				targets = append(targets, use.Target)
			}
			got, err := json.Marshal(targets)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.targets, string(got)); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
			rest, gone := usedby.Without(resource, uses)
			if c.goes != (rest != nil && len(gone) == 1) {
				t.Errorf("references go: %v, want %v", gone, c.goes)
			}
			if rest != nil && len(usedby.Uses(rest, []string{"db"})) > 0 {
				t.Errorf("a reference stays:\n%s", rest.MustString())
			}
			if diff := cmp.Diff(before, resource.MustString()); diff != "" {
				t.Errorf("the resource changed:\n%s", diff)
			}
		})
	}
}

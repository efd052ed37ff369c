package wiring

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/report"
)

// statefulSet is a StatefulSet with a claim of each name, and a pod.
func statefulSet(claims, spec string) string {
	var b strings.Builder
	b.WriteString("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: x}\nspec:\n  volumeClaimTemplates:\n")
	for claim := range strings.FieldsSeq(claims) {
		b.WriteString("  - metadata: {name: " + claim + "}\n")
	}
	return b.String() + "  template:\n    spec: " + spec + "\n"
}

// TestVolumeBesideClaims mounts a Secret in a StatefulSet, whose claims take precedence over volumes of their names.
func TestVolumeBesideClaims(t *testing.T) {
	const app = "{containers: [{name: app}]}"
	for _, c := range []struct{ name, claims, spec, target, mounted, said string }{
		{"another name", "data", app, `{volume: {mountPath: /a}}`, "database", ""},
		{"the derived name", "data database", app, `{volume: {mountPath: /a}}`, "database-secret", ""},
		{"the next ones too", "database-secret database-secret-2 database", app, `{volume: {mountPath: /a}}`,
			"database-secret-3", ""},
		{"the name that is asked for", "data", app, `{volume: {mountPath: /a, name: data}}`, "",
			": at.volume.name: StatefulSet x has a volumeClaimTemplate data, which takes precedence over a volume of that name; " +
				"choose another volume.name"},
		{"a volume that is never mounted", "database",
			"{containers: [{name: app}], volumes: [{name: database, secret: {secretName: database-hash}}]}",
			`{volume: {mountPath: /a}}`, "database-secret",
			"warning: at.volume: StatefulSet x has a volume database of the Secret that nothing mounts, since its " +
				"volumeClaimTemplate database takes precedence; remove the volume"},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := NewItems(parse(t, statefulSet(c.claims, c.spec)))
			use := Use{Field: report.Field("at"), Secret: database, Target: target(t, c.target)}
			for range 2 {
				if diff := cmp.Diff(c.said, strings.Join(said(wire(it, use)), "\n")); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
				if c.mounted == "" {
					return
				}
				spec := at(resources(it)[0].YNode(), "spec.template.spec")
				var mounted []string
				for _, mount := range elements(elements(spec, "containers")[0], "volumeMounts") {
					mounted = append(mounted, value(mount, "name"))
				}
				if got := strings.Join(mounted, " "); got != c.mounted {
					t.Errorf("mounted %s, want %s", got, c.mounted)
				}
				readers := it.Index().Readers("", "database-hash")
				if len(readers) != 1 || readers[0].Via != "volume /a" {
					t.Errorf("readers are %v", readers)
				}
				it = NewItems(resources(it))
			}
		})
	}
}

// TestReadersBesideClaims has a volume of the Secret that a claim takes the place of.
func TestReadersBesideClaims(t *testing.T) {
	it := NewItems(parse(t, statefulSet("database",
		"{containers: [{name: app, volumeMounts: [{name: database, mountPath: /a}]}], "+
			"volumes: [{name: database, secret: {secretName: database-hash}}]}")))
	if readers := it.Index().Readers("", "database-hash"); len(readers) > 0 {
		t.Errorf("%v read a volume that is not mounted", readers)
	}
}

// TestVolumeSettings wires a volume twice into a pod that has one, and looks at what both runs say.
func TestVolumeSettings(t *testing.T) {
	mount := func(more string) string {
		return "containers: [{name: app, volumeMounts: [{name: database, mountPath: /a" + more + "}]}]\nvolumes: "
	}
	const ours = "[{name: database, secret: {secretName: database-hash}}]"
	for _, c := range []struct{ name, spec, target, said string }{
		{"a path that ends in a slash", strings.Replace(mount(""), "/a", "/a/", 1) + ours, `{volume: {mountPath: /a}}`, ""},
		{"items", mount("") + "[{name: database, secret: {secretName: database-hash, items: [{key: user, path: u}]}}]",
			`{volume: {mountPath: /a}}`, "warning: at.volume: Pod x has a volume database that shows the keys user alone, " +
				"which was left as it is; list the keys in volume.items, or take items out of the volume"},
		{"subPath", mount(", subPath: user") + ours, `{volume: {mountPath: /a}}`,
			"warning: at.volume: Pod x (container app) " +
				"mounts only the path user of the volume database at /a, which was left as it is; write it as volume.subPath, or take " +
				"it out of the mount"},
		{"subPathExpr", mount(", subPathExpr: $(A)") + ours, `{volume: {mountPath: /a, subPath: user}}`,
			": at.volume.subPath: Pod x (container app) has a subPathExpr at /a, and Kubernetes allows no subPath beside it; " +
				"remove one of them"},
		{"subPath in an ephemeral container", "containers: []\nephemeralContainers: [{name: debug}]",
			`{volume: {mountPath: /a, subPath: user}}`,
			": at.volume.subPath: Pod x (container debug) is an ephemeral container, " +
				"whose mounts Kubernetes allows no subPath; mount the whole volume, or only the keys in items"},
		{"the mode of a projected volume", mount("") + "[{name: database, projected: {defaultMode: 0440, sources: []}}]",
			`{volume: {mountPath: /a, defaultMode: 256, name: database}}`,
			"warning: at.volume.defaultMode: Pod x has a projected " +
				"volume database with one defaultMode for all of its sources, which was left as it is; set the defaultMode of the " +
				"projected volume by hand, or give this one another volume.name"},
		{"the same mode of a projected volume", mount("") + "[{name: database, projected: {defaultMode: 0400, sources: []}}]",
			`{volume: {mountPath: /a, defaultMode: 256, name: database}}`, ""},
		{"items of a projected volume", mount("") + "[{name: database, projected: {sources: [{secret: " +
			"{name: database-hash, items: [{key: user, path: u}]}}]}}]", `{volume: {mountPath: /a, name: database}}`,
			"warning: at.volume: Pod x has a volume database that shows the keys user alone, which was left as it is; list the " +
				"keys in volume.items, or take items out of the volume"},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, pod(c.spec))
			use := Use{Field: report.Field("at"), Secret: database, Target: target(t, c.target)}
			var outs []string
			for range 2 {
				it := NewItems(nodes)
				if diff := cmp.Diff(c.said, strings.Join(said(wire(it, use)), "\n")); diff != "" {
					t.Errorf("findings (-want +got):\n%s", diff)
				}
				nodes = resources(it)
				outs = append(outs, manifests(t, nodes))
				if n := strings.Count(outs[0], "mountPath"); n > 1 {
					t.Errorf("%d mounts in:\n%s", n, outs[0])
				}
			}
			if diff := cmp.Diff(outs[0], outs[1]); diff != "" {
				t.Errorf("the second run changes something (-first +second):\n%s", diff)
			}
		})
	}
}

func TestOneMountOfTwoPaths(t *testing.T) {
	it := NewItems(parse(t, pod("containers: [{name: app}]")))
	wire(it, Use{Field: report.Field("a"), Secret: database, Target: target(t,
		`{volume: {mountPath: /a, subPath: user}}`)})
	last := said(wire(it, Use{Field: report.Field("b"), Secret: database,
		Target: target(t, `{volume: {mountPath: /a/}}`)}))
	want := []string{": b.volume.mountPath: Pod x (container app) gets something else at /a/ from a; choose another path"}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPullSecretsOfAccounts has a pod and its ServiceAccount pull images, each with Secrets of its own.
func TestPullSecretsOfAccounts(t *testing.T) {
	const (
		inPod = "warning: a.imagePullSecret: Pod x has imagePullSecrets of its own now, so it no longer takes other from the " +
			"ServiceAccount default; target the ServiceAccount instead, or add those to the pod"
		inAccount = "warning: a.imagePullSecret: Pod x has imagePullSecrets of its own, so it does not take those of the " +
			"ServiceAccount default; add a target for it with imagePullSecret: true, or remove its own"
	)
	for _, c := range []struct {
		name, pod, account string
		users              []int
		said               string
	}{
		{"the pod, and the account has none", "{}", "", []int{0}, ""},
		{"the pod, and the account has one", "{}", "imagePullSecrets: [{name: other}]\n", []int{0}, inPod},
		{"the pod, which had one before", "{imagePullSecrets: [{name: third}]}", "imagePullSecrets: [{name: other}]\n",
			[]int{0}, ""},
		{"the pod of another account", "{serviceAccountName: robot}", "imagePullSecrets: [{name: other}]\n", []int{0}, ""},
		{"the account, and the pod has none", "{}", "imagePullSecrets: [{name: other}]\n", []int{1}, ""},
		{"the account, and the pod has one", "{serviceAccount: default, imagePullSecrets: [{name: third}]}", "", []int{1},
			inAccount}, {"both", "{imagePullSecrets: [{name: third}]}", "", []int{1, 0}, ""},
		{"both, and none had one", "{}", "", []int{0, 1}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := parse(t, "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: "+c.pod+
				"\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\n"+c.account+"---\n"+
				"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default, namespace: other}\nimagePullSecrets: [{name: more}]\n")
			for range 2 {
				it := NewItems(nodes)
				findings := collect(func(collector *report.Collector) {
					for _, i := range c.users {
						use := Use{Field: report.Field("a"), Secret: database, Target: target(t, `{imagePullSecret: true}`)}
						it.Wire(i, use, collector)
					}
					it.Review(collector)
				})
				if diff := cmp.Diff(c.said, strings.Join(said(findings), "\n")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				nodes = resources(it)
			}
		})
	}
}

// TestPullSecretsOfPods has two pods and an account that they share: each pod is told once.
func TestPullSecretsOfPods(t *testing.T) {
	pods := "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: y}\nspec: {}\n---\n"
	it := NewItems(parse(t,
		pods+"apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: default}\nimagePullSecrets: [{name: other}]\n"))
	findings := collect(func(c *report.Collector) {
		for _, secret := range []Secret{database, {Plain: "second", Name: "second"}} {
			for i := range 2 {
				it.Wire(i, Use{Field: report.Field("a"), Secret: secret, Target: target(t, `{imagePullSecret: true}`)}, c)
			}
		}
		it.Review(c)
	})
	var got []string
	for _, f := range said(findings) {
		got = append(got, strings.Join(strings.Fields(f)[2:4], " "))
	}
	if diff := cmp.Diff([]string{"Pod x", "Pod y"}, got); diff != "" {
		t.Errorf("%v (-want +got):\n%s", said(findings), diff)
	}
}

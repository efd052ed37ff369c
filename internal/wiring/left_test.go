package wiring

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/references"
	"github.com/secretwright/secretwright/internal/report"
)

// traces renames the Secret of a name in the namespace shop, and tells what is left: the kind of trace, the path,
// the names.
func traces(t *testing.T, in, name string) []string {
	t.Helper()
	it := NewItems(parse(t, in))
	names := references.Names{"shop": {name: name + "-4g2kf9t7mb"}}
	it.Rename(names)
	var out []string
	for _, tr := range it.Traces(names) {
		kind := []string{"stale", "text", "output", "ambiguous"}[tr.Kind]
		out = append(out, fmt.Sprintf("%s %s %s", kind, it.items[tr.Index].Kind, tr.Field))
	}
	return out
}

const release = `
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: zzz, namespace: shop, labels: {app: zzz, secretName: zzz}}
spec:
  releaseName: zzz
  values:
    fullnameOverride: zzz
    image: {repository: zzz, name: zzz}
    auth: {existingSecret: zzz, username: zzz, database: zzz, secretKey: zzz, password: zzz}
    envFrom: [{secretRef: {name: zzz}}, {configMapRef: {name: zzz}}]
    podAnnotations: {secret.reloader.stakater.com/reload: "other,zzz", configmap.reloader.stakater.com/reload: zzz}
    credentials: zzz
    volumes: [{name: zzz, secret: {secretName: zzz}}, {name: x, configMap: {name: zzz}}]
    service: {name: zzz, port: {name: zzz}}
    env: [{name: DB_SECRET, value: zzz}, {name: DB_NAME, value: zzz}]
    affinity: {matchExpressions: [{key: app, operator: In, values: [zzz]}]}
    tokenFrom: {kind: ConfigMap, name: zzz}
    rule: {key: app, operator: In, name: zzz}
    objects: [{apiVersion: v1, kind: X, spec: {}, metadata: zzz}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: zzz, namespace: shop}
data:
  app.yaml: |
    # the secret zzz is not meant here
    name: zzz
    host: zzz.shop.svc
    database:
      name: zzz
  secret.yaml: |
    tls:
      secretName: zzz
  ref.yaml: |
    secretKeyRef:
      name: zzz
  list.yaml: |
    imagePullSecrets:
    - zzz
  flow.yaml: "tls: {secretRef: {name: zzz}}"
  host.txt: secret host=zzz
  run.sh: kubectl get secret zzz -o yaml
  url: postgres://zzz:5432/zzz
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: zzz
  namespace: shop
  annotations:
    secret.reloader.stakater.com/reload: zzz
    kubectl.kubernetes.io/last-applied-configuration: "secretName: zzz"
spec:
  selector: {matchLabels: {app: zzz}}
  template:
    metadata: {labels: {app: zzz, secret: zzz}}
    spec:
      serviceAccountName: zzz
      volumes: [{name: zzz, secret: {secretName: zzz}}, {name: c, persistentVolumeClaim: {claimName: zzz}}]
      containers:
      - name: zzz
        image: zzz
        args: [--tls-secret, zzz, --db, zzz, --auth-secret=shop/zzz, --name=zzz]
        ports: [{name: zzz}]
        env: [{name: zzz, value: zzz}, {name: TLS_SECRET_NAME, value: zzz}]
        volumeMounts: [{name: zzz, mountPath: /secret/zzz}]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: zzz, namespace: shop}
spec: {secretName: zzz, issuerRef: {name: zzz}, commonName: zzz, dnsNames: [zzz]}
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: zzz, namespace: shop, ownerReferences: [{kind: Thing, name: zzz}]}
spec:
  secretStoreRef: {name: zzz}
  tokenRef: {name: zzz}
  serviceRef: {name: zzz}
  unknownRef: {name: zzz}
  unknown: zzz
---
apiVersion: example.com/v1
kind: Thing
metadata: {name: elsewhere, namespace: store}
spec: {credentials: zzz}
`

func TestTraces(t *testing.T) {
	always := []string{
		"stale HelmRelease spec.values.auth.existingSecret",
		"stale HelmRelease spec.values.envFrom.0.secretRef.name",
		`text HelmRelease spec.values.podAnnotations.secret\.reloader\.stakater\.com/reload`,
		"stale HelmRelease spec.values.credentials",
		"stale HelmRelease spec.values.volumes.[name=zzz].secret.secretName",
		"stale HelmRelease spec.values.env.[name=DB_SECRET].value",
		`text ConfigMap data.secret\.yaml`,
		`text ConfigMap data.ref\.yaml`,
		`text ConfigMap data.list\.yaml`,
		`text ConfigMap data.flow\.yaml`,
		`text ConfigMap data.run\.sh`,
		`stale Deployment metadata.annotations.secret\.reloader\.stakater\.com/reload`,
		"stale Deployment spec.template.spec.containers.[name=zzz].args.1",
		"text Deployment spec.template.spec.containers.[name=zzz].args.4",
		"stale Deployment spec.template.spec.containers.[name=zzz].env.[name=TLS_SECRET_NAME].value",
		"output Certificate spec.secretName",
		"stale Thing spec.tokenRef.name",
	}
	telling := []string{ // of a name that only a Secret has
		"stale Thing spec.unknownRef.name",
		"stale Thing spec.unknown",
	}
	for _, name := range []string{"app", "web", "shop-db"} {
		t.Run(name, func(t *testing.T) {
			got := traces(t, strings.ReplaceAll(release, "zzz", name), name)
			if diff := cmp.Diff(named(always, name), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("telling", func(t *testing.T) {
		got := traces(t, strings.ReplaceAll(release, "zzz", "db-credentials"), "db-credentials")
		for _, want := range named(append(always, telling...), "db-credentials") {
			if !strings.Contains(strings.Join(got, "\n")+"\n", want+"\n") {
				t.Errorf("%s is not found", want)
			}
		}
		for _, line := range got {
			for _, not := range []string{
				"labels", "service", "repository", "claimName", "commonName", "mountPath", "username", "Store", "affinity",
				"tokenFrom", "objects",
			} {
				if strings.Contains(line, not) {
					t.Errorf("a false alarm: %s", line)
				}
			}
		}
	})
}

func named(lines []string, name string) []string {
	var out []string
	for _, line := range lines {
		out = append(out, strings.ReplaceAll(line, "zzz", name))
	}
	return out
}

// TestTraceFields holds the path of every trace to being one that fieldPaths takes, and that leads to the field.
func TestTraceFields(t *testing.T) {
	in := strings.ReplaceAll(release, "zzz", "app")
	it := NewItems(parse(t, in))
	names := references.Names{"shop": {"app": "app-4g2kf9t7mb"}}
	it.Rename(names)
	for _, tr := range it.Traces(names) {
		if tr.Kind == references.InText {
			continue
		}
		use := Use{
			Secret: Secret{Plain: "app", Name: "app-4g2kf9t7mb"},
			Target: target(t, "{kind: X, fieldPaths: ['"+tr.Field+"']}"),
		}
		if findings := collect(func(c *report.Collector) { it.Wire(tr.Index, use, c) }); len(findings) > 0 {
			t.Errorf("%s: %v", tr.Field, findings)
		}
	}
	for _, tr := range it.Traces(names) {
		if tr.Kind != references.InText {
			t.Errorf("%s still has the old name", tr.Field)
		}
	}
}

func TestTracesOfFormerNames(t *testing.T) {
	in := `
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: shop}
data: {note: "see db-4g2kf9t7mb and app"}
`
	it := NewItems(parse(t, in))
	got := it.Traces(references.Names{"shop": {"db": "db-7mb4g2kf9t", "db-4g2kf9t7mb": "db-7mb4g2kf9t", "app": "app"}})
	if len(got) != 1 || got[0].Name != "db-4g2kf9t7mb" || got[0].Kind != references.InText ||
		got[0].To[0] != "db-7mb4g2kf9t" {
		t.Errorf("%+v", got)
	}
}

// TestOutputs finds what writes a Secret that is declared here, whether or not its name changes.
func TestOutputs(t *testing.T) {
	in := `
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: x, namespace: shop}
spec: {secretName: creds}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: x, namespace: shop}
spec: {target: {name: creds}, data: [{secretKey: creds}]}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: creds, namespace: shop}
spec: {data: []}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: creds, namespace: shop}
---
apiVersion: v1
kind: Secret
metadata: {name: creds, namespace: shop}
---
apiVersion: example.com/v1
kind: Secret
metadata: {name: creds, namespace: shop}
---
apiVersion: rds.aws.upbound.io/v1
kind: Instance
metadata: {name: x}
spec: {writeConnectionSecretToRef: {name: creds, namespace: shop}}
---
apiVersion: v1
kind: List
metadata: {namespace: shop}
items: [{apiVersion: v1, kind: Secret, metadata: {name: creds}}]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: x, namespace: store}
spec: {secretName: creds}
`
	want := []string{"Certificate spec.secretName", "ExternalSecret spec.target.name", "ExternalSecret metadata.name",
		"SealedSecret metadata.name", "Instance spec.writeConnectionSecretToRef.name", "List items.0.metadata.name"}
	for _, to := range []string{"creds", "creds-4g2kf9t7mb"} {
		it := NewItems(parse(t, in))
		names := references.Names{"shop": {"creds": to}}
		it.Rename(names)
		if diff := cmp.Diff(manifests(t, parse(t, in)), manifests(t, resources(it))); diff != "" {
			t.Errorf("an output follows (-want +got):\n%s", diff)
		}
		var got []string
		for _, tr := range it.Traces(names) {
			if tr.Kind != references.Output {
				t.Errorf("%+v", tr)
			}
			got = append(got, it.items[tr.Index].Kind+" "+tr.Field)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if n := it.Index().References("shop", "creds"); n != 0 {
			t.Errorf("%d references", n)
		}
	}
}

// TestAmbiguous has a cluster-scoped resource name a Secret that two namespaces have, each with another name.
func TestAmbiguous(t *testing.T) {
	in := `
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: x}
spec: {ca: {secretName: app}}
`
	it := NewItems(parse(t, in))
	names := references.Names{"a": {"app": "a-app-1"}, "b": {"app": "b-app-1"}}
	it.Rename(names)
	if diff := cmp.Diff(manifests(t, parse(t, in)), manifests(t, resources(it))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got := it.Traces(names)
	if len(got) != 1 || got[0].Kind != references.Ambiguous || !cmp.Equal(got[0].To, []string{"a-app-1", "b-app-1"}) {
		t.Errorf("%+v", got)
	}
}

// TestSeveralInText has a text that mentions several names, some of them twice, and one of another namespace.
func TestSeveralInText(t *testing.T) {
	in := `
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: shop}
data: {note: "secret db, secret cache, secret db, secret theirs"}
`
	it := NewItems(parse(t, in))
	names := references.Names{"shop": {"db": "db-7mb4g2kf9t", "cache": "cache-7mb4g2kf9t"},
		"store": {"theirs": "theirs-7mb4g2kf9t"}}
	var got []string
	for _, trace := range it.Traces(names) {
		got = append(got, trace.Name)
	}
	if diff := cmp.Diff([]string{"db", "cache"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

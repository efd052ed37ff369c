package fn

import (
	"context"
	"crypto/hmac"
	"errors"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// EncryptSpec makes a SOPS document of the text of a SecretSpec, for the keys that .sops.yaml gives for its path. The
// SecretSpec must be valid, so that a mistake shows while it can be read.
func EncryptSpec(text []byte, path string) ([]byte, error) {
	node, err := yaml.Parse(string(text))
	if err != nil {
		return nil, errors.New("it is not valid YAML")
	}
	if !schema.IsSecretSpec(node) {
		return nil, errors.New("it is not a SecretSpec; encrypt other files with `sops encrypt`")
	}
	if node.Field("sops") == nil {
		spec, findings := schema.Parse(node)
		if !findings.HasErrors() {
			findings = append(findings, schema.Validate(spec)...)
		}
		for _, finding := range findings {
			if finding.IsError() {
				return nil, finding
			}
		}
	}
	return sources.NewOpener(nil).EncryptSpec(text, path)
}

// FormatSpec sorts the keys of an encrypted SecretSpec, as kustomize will, and renews its MAC. One that needs neither comes
// back byte for byte.
func FormatSpec(ctx context.Context, text []byte, path string) ([]byte, error) {
	return sources.NewOpener(nil).FormatSpec(ctx, text, path)
}

// recipients is for whom a Secret is encrypted when it goes out.
func (r *run) recipients(out schema.SOPSOutput, set *sources.Set, own *sources.Recipients, p *plan, file string) (*sources.Recipients, *schema.Finding) {
	switch {
	case out.Explicit():
		return sources.Listed(out)
	case out.CreationRules:
		return r.opener.Ruled(file)
	}
	return set.Recipients(p.spec.UsedSources(), own)
}

// envelopes encrypt one Secret, in each of its namespaces, under one data key. A nil one leaves it in the clear.
type envelopes struct {
	key        []byte
	recipients *sources.Recipients
	// origin is the proof that the data key is ours, or "" where no source is encrypted.
	origin string
	opened map[string]*sources.Envelope
}

// envelopes opens what a former run emitted of a Secret, so that what did not change stays as it is. What cannot be opened,
// or is for others, is encrypted anew.
func (r *run) envelopes(ctx context.Context, p *plan, former []wiring.Emitted) (*envelopes, schema.Findings) {
	if p.recipients == nil {
		return nil, nil
	}
	var findings schema.Findings
	e := &envelopes{recipients: p.recipients, opened: map[string]*sources.Envelope{}}
	for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
		old := emitted(former, p.spec.Name, namespace)
		if old == nil {
			continue
		}
		node := r.items.Node(old.Index)
		if node.Field("sops") == nil {
			continue
		}
		opened, finding := r.opener.OpenEnvelope(ctx, node)
		if finding != nil {
			findings.Warn(p.field, "the Secret "+old.Name+" of a former run is encrypted anew: "+finding.Message, "")
			continue
		}
		if p.witness != nil && !hmac.Equal([]byte(node.GetAnnotations()[schema.OriginAnnotation]), []byte(sources.Proof(opened.Key, p.witness))) {
			findings.Warn(p.field, "the Secret "+old.Name+" of a former run is encrypted anew: it does not prove that it was made from these sources", "")
			continue
		}
		if opened.For(p.recipients) && (e.key == nil || string(e.key) == string(opened.Key)) {
			e.key, e.opened[namespace] = opened.Key, opened
		}
	}
	if e.key == nil {
		e.key = sources.NewKey()
	}
	if p.witness != nil {
		e.origin = sources.Proof(e.key, p.witness)
	}
	return e, findings
}

// seal encrypts the Secret of one namespace.
func (e *envelopes) seal(r *run, namespace string, manifest *yaml.RNode) (*yaml.RNode, *schema.Finding) {
	if e == nil {
		return manifest, nil
	}
	envelope := e.opened[namespace]
	if envelope == nil {
		envelope = sources.NewEnvelope(e.recipients, e.key)
	}
	return r.opener.Seal(envelope, manifest, r.filter.now())
}

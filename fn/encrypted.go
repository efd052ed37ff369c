package fn

import (
	"context"
	"crypto/hmac"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sources"
	"github.com/secretwright/secretwright/internal/wiring"
	"github.com/secretwright/secretwright/schema"
)

// encrypted has each Secret go out as a SOPS document of its own, with a data key that its sources vouch for.
type encrypted struct {
	*run
	out schema.SOPSOutput
}

func (encrypted) generate(in generators.Input, c *report.Collector) *generators.Secret {
	return generators.Make(in, c)
}

func (encrypted) hidden() bool { return true }

// address finds for whom a Secret is encrypted: those that the SecretSpec lists, those of the creation rules, or those who can
// read all its sources.
func (e encrypted) address(p *plan, from opened) (finding *report.Finding) {
	p.witness = from.set.Witness(p.spec.UsedSources(), from.own)
	switch {
	case e.out.Explicit():
		p.recipients = sources.Listed(e.Collector, report.Field("output", "sops"), e.out)
	case e.out.CreationRules:
		p.recipients, finding = sopsfile.Ruled(e.filter.Root, from.file)
	default:
		p.recipients, finding = from.set.Recipients(p.spec.UsedSources(), from.own)
	}
	if finding != nil && finding.Field == nil {
		finding = finding.In(p.field)
	}
	return finding
}

// envelopes encrypt one Secret, in each of its namespaces, under one data key.
type envelopes struct {
	ctx        context.Context // of the run that the emission is a part of
	run        *run
	key        []byte
	recipients *sopsfile.Recipients
	// origin is the proof that the data key is ours, or "" where no source is encrypted.
	origin string
	opened map[string]*sopsfile.Envelope
}

// emit opens what a former run emitted of a Secret, so that what did not change stays as it is. What cannot be opened,
// or is for others, is encrypted anew.
func (f encrypted) emit(ctx context.Context, p *plan, former []wiring.Emitted) emission {
	r := f.run
	e := &envelopes{ctx: ctx, run: r, recipients: p.recipients, opened: map[string]*sopsfile.Envelope{}}
	for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
		old := emitted(former, p.spec.Name, namespace)
		if old == nil {
			continue
		}
		node := r.items.Node(old.Index)
		if node.Field("sops") == nil {
			continue
		}
		opened, finding := r.keys.OpenEnvelope(ctx, node)
		if finding != nil {
			r.Warn(report.EncryptedAnew, p.field, "the Secret "+old.Name+" of a former run is encrypted anew: "+finding.Message, "")
			continue
		}
		if p.witness != nil && !hmac.Equal([]byte(node.GetAnnotations()[schema.OriginAnnotation]), []byte(sopsfile.Proof(opened.Key, p.witness))) {
			r.Warn(report.EncryptedAnew, p.field, "the Secret "+old.Name+" of a former run is encrypted anew: it does not prove that it was made from these sources", "")
			continue
		}
		if opened.For(p.recipients) && (e.key == nil || string(e.key) == string(opened.Key)) {
			e.key, e.opened[namespace] = opened.Key, opened
		}
	}
	if e.key == nil {
		e.key = sopsfile.NewKey()
	}
	if p.witness != nil {
		e.origin = sopsfile.Proof(e.key, p.witness)
	}
	return e
}

// digest returns a hash under the data key: the name tells nothing of the content to those who cannot read it.
func (e *envelopes) digest(secret *generators.Secret) (string, error) { return secret.Digest(e.key) }

func (e *envelopes) annotate(annotations map[string]string) {
	if e.origin != "" {
		annotations[schema.OriginAnnotation] = e.origin
	}
}

// write encrypts the Secret of one namespace.
func (e *envelopes) write(namespace string, manifest *yaml.RNode) (*yaml.RNode, *report.Finding) {
	envelope := e.opened[namespace]
	if envelope == nil {
		envelope = sopsfile.NewEnvelope(e.recipients, e.key)
	}
	return e.run.keys.Seal(e.ctx, envelope, manifest, e.run.filter.now())
}

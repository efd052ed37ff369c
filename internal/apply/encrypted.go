package apply

import (
	"context"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/generators"
	"github.com/secretwright/secretwright/internal/former"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
	"github.com/secretwright/secretwright/internal/sopsfile/keyring"
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

// address finds for whom a Secret is encrypted.
func (e encrypted) address(p *plan, from opened) (finding *report.Finding) {
	p.witness = from.set.Witness(p.spec.UsedSources(), from.own)
	p.recipients, finding = e.recipientsFor(e.out, p, from)
	p.audience = audienceOf(p, from, p.recipients)
	return finding
}

// envelopes encrypt one Secret, in each of its namespaces, under one data key.
type envelopes struct {
	ctx        context.Context // of the run that the emission is a part of
	run        *run
	key        []byte
	recipients *keyring.Recipients
	// origin is the proof that the data key is ours, or "" where no source is encrypted.
	origin string
	opened map[string]*sopsfile.Envelope
}

// emit opens what a former run emitted of a Secret, so that what did not change stays as it is. What cannot be opened,
// or is for others, is encrypted anew, if those are confirmed.
func (f encrypted) emit(ctx context.Context, p *plan, made []wiring.Emitted) emission {
	e := &envelopes{ctx: ctx, run: f.run, recipients: p.recipients, opened: map[string]*sopsfile.Envelope{}}
	confirm := confirmation{f.run, p, f.out.Explicit() || f.out.CreationRules}
	isFirst, before := true, f.Errors()
	for _, namespace := range slices.Sorted(maps.Keys(p.names)) {
		old := former.In(namespace, p.spec.Name, made)
		if old == nil || f.items.Node(old.Index).Field("sops") == nil {
			continue
		}
		isFirst = false
		opened, isProved := e.open(p, old)
		if confirm.holds(f.items.Node(old.Index), isProved) && isProved && opened.Recipients().Equal(p.recipients) &&
			(e.key == nil || string(e.key) == string(opened.Key)) {
			e.key, e.opened[namespace] = opened.Key, opened
		}
	}
	if isFirst {
		e.keep(p)
		confirm.first()
	}
	if f.Errors() > before {
		return withheld{}
	}
	if e.key == nil {
		e.key = keyring.NewKey()
	}
	if p.witness != nil {
		e.origin = keyring.Proof(e.key, p.witness, p.recipients)
	}
	return e
}

// keep has the Secret stay the document that it is taken from among the resources, if that is for the same recipients:
// under its data key, which is not encrypted anew for whom it names.
func (e *envelopes) keep(p *plan) {
	if p.resource < 0 {
		return
	}
	opened, finding := e.run.keys.OpenEnvelope(e.ctx, e.run.nodes[p.resource])
	if finding != nil || !opened.Recipients().Equal(p.recipients) {
		return
	}
	e.key = opened.Key
	for namespace := range p.names {
		e.opened[namespace] = opened
	}
}

// open opens what a former run emitted, and reports whether it proves that it was made from the same sources. Where
// there are none that are encrypted, nothing needs to be proved.
func (e *envelopes) open(p *plan, old *wiring.Emitted) (opened *sopsfile.Envelope, isProved bool) {
	node := e.run.items.Node(old.Index)
	opened, finding := e.run.keys.OpenEnvelope(e.ctx, node)
	why := "it does not prove that it was made from these sources, for its recipients"
	switch {
	case finding != nil:
		why = finding.Message
	case p.witness == nil || proved(opened, node.GetAnnotations(), p.witness):
		return opened, true
	}
	e.run.Warn(report.EncryptedAnew, p.field, "the Secret "+old.Name+" of a former run is encrypted anew: "+why, "")
	return opened, false
}

// withheld is a Secret that does not go out, since its recipients are not confirmed. Nothing is encrypted, and no
// server is asked: the run has failed.
type withheld struct{}

func (withheld) digest(*generators.Secret) (string, error) { return "withheld", nil }

func (withheld) annotate(map[string]string) {}

func (withheld) write(_ string, manifest *yaml.RNode) (*yaml.RNode, *report.Finding) {
	return manifest, nil
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
	return e.run.keys.Seal(e.ctx, envelope, manifest, e.run.settings.now())
}

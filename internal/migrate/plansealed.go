package migrate

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// sealedFile is an encrypted file that an entry of secretGenerator names. Flux decrypts it before it builds.
type sealedFile struct {
	// generator is the index of the entry, field its list, and entry what that says.
	generator    int
	field, entry string
	// key is that of the Secret, if the file is a value as a whole.
	key string
	// name is the file in the folder.
	name   string
	format sopsfile.Format
}

// byHand is the way out for an encrypted file of secretGenerator that cannot be taken over.
const byHand = "name it in a SecretSpec by hand (docs/secretspec.md#sources), and take it out of secretGenerator"

// sealedFormat returns the format in which Flux reads a file, by the key of its value, or by its name among envs.
func sealedFormat(key string) sopsfile.Format {
	if strings.HasSuffix(key, corev1.DockerConfigJsonKey) {
		return sopsfile.JSON
	}
	return sopsfile.FormatOf(key)
}

// sealedValue takes over an encrypted file that is a value as a whole.
func (p *planner) sealedValue(at *report.Path, secret *specSecret, s sealedFile, text []byte) {
	s.format = sealedFormat(s.key)
	if source, ok := p.sealedSource(at, s, "", text); ok {
		secret.data = append(secret.data, fmt.Sprintf("%s: {from: %s}", flow(s.key), flow(source)))
	}
}

// sealedVariables takes over an encrypted file of variables.
func (p *planner) sealedVariables(at *report.Path, secret *specSecret, s sealedFile, text []byte) {
	s.format = sealedFormat(s.entry)
	if s.format == sopsfile.Binary {
		s.format = sopsfile.Dotenv
	}
	if s.format != sopsfile.Dotenv {
		p.Add(report.New(report.LeftAlone, "its variables are encrypted in another format than dotenv", byHand).
			WithSeverity(report.Error).In(at).From(p.inFolder(s.name)))
		return
	}
	if source, ok := p.sealedSource(at, s, "kustomize", text); ok {
		secret.dataFrom = append(secret.dataFrom, fmt.Sprintf("{from: %s}", flow(source)))
	}
}

// sealedSource returns the name of the source for an encrypted file.
func (p *planner) sealedSource(at *report.Path, s sealedFile, dialect string, text []byte) (string, bool) {
	document, f := sopsfile.Inspect(text, s.format)
	if f == nil {
		_, f = document.Whole()
	}
	if f != nil {
		message := fmt.Sprintf("it has ciphertext of SOPS, which Flux would read as %s: %s", s.format, f.Message)
		p.Add(report.Wrap(f.Code, f.Cause, message, byHand).In(at).From(p.inFolder(s.name)))
		return "", false
	}
	p.plan.sealed = append(p.plan.sealed, s)
	return p.spec.sourceAs(s.name, s.format, dialect), true
}

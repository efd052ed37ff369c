package schema

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Severity is how grave a Finding is, in the words of the KRM functions specification.
type Severity string

// The severities of a Finding. Only an Error keeps Secrets from being made.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Finding is one thing to tell the author of a SecretSpec. None of its fields ever holds a byte of a decrypted value.
type Finding struct {
	// Severity is Error unless it is set.
	Severity Severity
	// Field is the path of the field to blame, in the SecretSpec (`secrets[0].data.password`).
	Field string
	// Source is the file of the source to blame, if one is.
	Source string
	// Message is the fact.
	Message string
	// Fix is the way out: an imperative sentence without a full stop.
	Fix string
	// Resource is the item of the ResourceList the finding is about, when it is not the SecretSpec.
	Resource *yaml.ResourceIdentifier
}

// IsError says whether the finding keeps Secrets from being made.
func (f Finding) IsError() bool { return f.Severity == "" || f.Severity == Error }

// Text is the message, the source to blame and the way out, without the field.
func (f Finding) Text() string {
	var b strings.Builder
	if f.Source != "" {
		b.WriteString(f.Source + ": ")
	}
	b.WriteString(f.Message)
	if f.Fix != "" {
		b.WriteString("; " + f.Fix)
	}
	return b.String()
}

// Error is the field and the text.
func (f Finding) Error() string {
	if f.Field == "" {
		return f.Text()
	}
	return f.Field + ": " + f.Text()
}

// Findings is a list of findings, in the order of the SecretSpec.
type Findings []Finding

// HasErrors says whether one of them is an error.
func (fs Findings) HasErrors() bool {
	for _, f := range fs {
		if f.IsError() {
			return true
		}
	}
	return false
}

// Add appends an error about a field: the fact, and the way out.
func (fs *Findings) Add(field, message, fix string) {
	*fs = append(*fs, Finding{Field: field, Message: message, Fix: fix})
}

// Warn appends a warning about a field: the fact, and the way out.
func (fs *Findings) Warn(field, message, fix string) {
	*fs = append(*fs, Finding{Severity: Warning, Field: field, Message: message, Fix: fix})
}

// FieldIndex is the path of an element of a list: `secrets[0]`.
func FieldIndex(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// FieldKey is the path of a key of a map: `secrets[0].data.password`, `secrets[0].data["tls.crt"]`.
func FieldKey(path, key string) string {
	for _, r := range key {
		if r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return fmt.Sprintf("%s[%q]", path, key)
		}
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

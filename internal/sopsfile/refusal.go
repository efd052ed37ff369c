package sopsfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile/codec"
)

// ErrMAC is the cause of a finding about a document whose values decrypt, but whose MAC does not match.
var ErrMAC = codec.ErrMAC

// ciphertextPrefix is how every value that SOPS encrypted begins.
const ciphertextPrefix = "ENC[AES256_GCM,"

// restore is the way out for a document that only its history can mend.
const restore = "restore the whole file from Git"

// placed returns a finding with the line and column of an error of the codec. Who knows the file adds it.
func placed(f *report.Finding, err error) *report.Finding {
	if line, column := codec.PlaceOf(err); line > 0 {
		f.Place.Line, f.Place.Column = line, column
	}
	return f
}

// detailOf returns what an error of the codec adds to its kind, and the path it is about.
func detailOf(err error) (detail, path string, first int) {
	var e *codec.Error
	if errors.As(err, &e) {
		return e.Detail, e.Path.String(), e.First
	}
	return "", "", 0
}

// unreadable says that a document in the clear could not be read.
func unreadable(data []byte, err error, format Format) *report.Finding {
	f := misread(err, format)
	switch {
	case f != nil:
	case suspect(data, err, format) != nil:
		return suspect(data, err, format)
	case errors.Is(err, codec.ErrEmpty):
		f = report.New(report.EmptyDocument, "it is empty", "")
	default:
		f = report.New(report.InvalidDocument, fmt.Sprintf("it is not valid %s%s", format, atLine(err)),
			"mend it, or set format to what it is")
	}
	return placed(f, err)
}

// suspect returns a finding about what most likely keeps a document from being read, or nil. Merges leave their marks
// in every format.
func suspect(data []byte, err error, format Format) *report.Finding {
	var e *codec.Error
	if !errors.As(err, &e) || !errors.Is(err, codec.ErrSyntax) || format == Binary {
		return nil
	}
	cause, fix, line := manifests.SuspectMerge(data)
	if format == YAML {
		cause, fix, line = manifests.Suspect(data, e.Line)
	}
	if cause == "" {
		return nil
	}
	f := report.New(report.InvalidDocument, fmt.Sprintf("it is not valid %s: %s", format, cause), fix)
	f.Place.Line = line
	return f
}

// atLine returns " at line 3" and why, as far as it is known.
func atLine(err error) (text string) {
	var e *codec.Error
	if !errors.As(err, &e) {
		return ""
	}
	if e.Line > 0 {
		text = fmt.Sprintf(" at line %d", e.Line)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// misread returns the finding for an error with one cause, whether or not the document is encrypted. It is nil for a
// document that merely does not parse.
func misread(err error, format Format) *report.Finding {
	detail, path, first := detailOf(err)
	switch {
	case errors.Is(err, codec.ErrDuplicateKey):
		return report.Wrap(report.DuplicateKey, codec.ErrDuplicateKey,
			fmt.Sprintf("%q appears twice in it, first in line %d", path, first),
			"keep the one that is yours; the MAC does not cover empty values, so anyone may have added the other")
	case errors.Is(err, codec.ErrJoined):
		return report.New(report.JoinedDocuments, "it is several encrypted documents in one file",
			"give each a file of its own")
	case errors.Is(err, codec.ErrBOM):
		return report.New(report.ByteOrderMark, "it begins with a byte order mark", "save it as UTF-8 without one")
	case errors.Is(err, codec.ErrCRLF):
		return report.New(report.LineEndsChanged, "its lines end in CRLF: Git or an editor changed them",
			"turn them back to LF, and keep them with `*.enc.* -text` in .gitattributes")
	case errors.Is(err, codec.ErrNotMap):
		return report.Wrap(report.NoKeys, codec.ErrNotMap, "it is not a map, so it has no keys",
			"leave key out to take the whole document")
	case errors.Is(err, codec.ErrAliases):
		return report.New(report.ExcessiveDocument, "its YAML aliases multiply to more than it could hold",
			"write the document without aliases")
	case errors.Is(err, codec.ErrTooDeep):
		return report.New(report.ExcessiveDocument, "its maps and lists are nested too deeply", "write it flatter")
	case errors.Is(err, codec.ErrTooLarge):
		return report.New(report.ExcessiveDocument, "it has too many values", "split it into several sources")
	case errors.Is(err, codec.ErrKeyType):
		return report.New(report.NonTextKey, "it has a key that is not text: it was not written by SOPS",
			"quote the key, and encrypt the document anew")
	case errors.Is(err, codec.ErrMetadata):
		message := "its sops block is malformed or was cut short"
		if detail != "" {
			message = "its sops block cannot be used: " + detail
		}
		return report.New(report.InvalidMetadata, message, "encrypt it anew, or "+restore)
	}
	return nil
}

// notEncrypted says why an encrypted document could not be read. What the parsers say is no part of it: it may quote
// the document.
func notEncrypted(data []byte, format Format, err error) *report.Finding {
	missing := errors.Is(err, codec.ErrNoMetadata) || errors.Is(err, codec.ErrEmpty)
	ciphertext := bytes.Contains(data, []byte(ciphertextPrefix))
	f := misread(err, format)
	if errors.Is(err, codec.ErrNotMap) {
		f = nil
	}
	switch {
	case f != nil:
	case suspect(data, err, format) != nil:
		return suspect(data, err, format)
	case ciphertext && missing:
		f = report.New(report.TruncatedDocument, "it has encrypted values but no sops block: it was cut short", restore)
	case ciphertext:
		f = report.New(report.TruncatedDocument,
			fmt.Sprintf("it is not a whole SOPS document in %s: it was cut short or edited by hand", format),
			restore+", or set format to what it is")
	case missing, format == Binary:
		f = report.New(report.NotEncrypted, "it is not encrypted: it has no sops block",
			"encrypt it with `sops encrypt -i`, or say encrypted: false if it is no secret")
	default:
		f = unreadable(data, err, format)
		f.Message += ", nor encrypted"
	}
	return placed(f, err)
}

// notOpened says why a document whose key was found did not decrypt.
func notOpened(source *codec.Document, data []byte, err error) *report.Finding {
	_, path, _ := detailOf(err)
	var f *report.Finding
	switch {
	case errors.Is(err, codec.ErrMAC):
		f = report.Wrap(report.MACMismatch, ErrMAC, "its MAC does not match: it was changed after SOPS wrote it",
			"restore it from Git, or, if the change was yours, renew the MAC with `sops edit --ignore-mac`")
	case errors.Is(err, codec.ErrPlaintext):
		if f = plaintextIn(data, source.Format); f != nil {
			return f
		}
		fallthrough
	case errors.Is(err, codec.ErrValue):
		f = report.New(report.NotDecryptable,
			"its value at "+path+" does not decrypt: it was changed after SOPS wrote it", "restore it from Git")
	default:
		if f = misread(err, source.Format); f == nil {
			f = report.New(report.MalformedDocument, "it cannot be read: it is malformed",
				"write it anew with the sops command")
		}
	}
	return placed(f, err)
}

// plaintextIn returns a finding that names the values that are not ciphertext though SOPS would have encrypted them, or
// nil if there are none.
func plaintextIn(data []byte, format Format) *report.Finding {
	source, err := store(format).LoadEncrypted(data)
	if err != nil {
		return nil //nolint:nilerr // what cannot be read is reported where it is opened
	}
	return hasPlaintext(source)
}

// hasPlaintext does what plaintextIn does for a document that was read, and not decrypted.
func hasPlaintext(source *codec.Document) *report.Finding {
	found := source.Unencrypted()
	if len(found) == 0 {
		return nil
	}
	var paths []string
	for _, at := range found {
		if len(paths) == 0 || paths[len(paths)-1] != at.Path.String() {
			paths = append(paths, at.Path.String())
		}
	}
	f := report.New(report.PlaintextInDocument, "it has plaintext where SOPS would encrypt, at "+report.List(paths),
		"take it out and put it back with `sops edit --ignore-mac`; "+
			"if it is secret, change it, since it stood in the open")
	return atValue(f, source, found[0].Branch, found[0].Path)
}

// atValue gives a finding the place of a value in the file, if it is known.
func atValue(f *report.Finding, source *codec.Document, branch int, path Path) *report.Finding {
	if at, ok := source.Place(branch, path); ok {
		f.Place.Line, f.Place.Column = at.Line, at.Column
	}
	return f
}

// isCiphertext reports whether a text is a value that SOPS encrypted.
func isCiphertext(text string) bool { return strings.HasPrefix(text, ciphertextPrefix) }

// IsEncryptedText reports whether a text is a value that SOPS encrypted.
func IsEncryptedText(text string) bool { return isCiphertext(text) }

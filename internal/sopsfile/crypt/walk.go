package crypt

import (
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/audit"
)

// leaf is what is done to each value and comment: it returns the new value, or an error kind and a detail.
type leaf func(w *walker, value any, isComment, encrypted bool) (any, error)

// walker visits the values of a tree in SOPS's order, replaces them, and computes the MAC.
type walker struct {
	selector *selector
	leaf     leaf
	key      []byte
	cipher   sops.Cipher
	all      bool // the MAC is over all values, not over the encrypted ones alone
	hash     hash.Hash
	buffer   []byte

	index int    // of the branch
	aad   []byte // the keys of the path, each with a colon after it: SOPS's additional data
	at    Path
	deep  int
}

func newWalker(m *sops.Metadata, key []byte, cipher sops.Cipher, leaf leaf) *walker {
	w := &walker{selector: newSelector(m), leaf: leaf, key: key, cipher: cipher, hash: sha512.New()}
	w.all = !m.MACOnlyEncrypted
	if m.MACOnlyEncrypted {
		w.hash.Write(sops.MACOnlyEncryptedInitialization)
	}
	return w
}

// run walks all branches and returns the MAC.
func (w *walker) run(branches sops.TreeBranches) (mac string, err error) {
	for i, branch := range branches {
		w.index, w.aad, w.at = i, w.aad[:0], w.at[:0]
		if err := w.branch(branch, selection{}); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%X", w.hash.Sum(nil)), nil
}

func (w *walker) fail(kind error, detail string) error {
	return &Error{Kind: kind, Branch: w.index, Path: append(Path(nil), w.at...), Detail: detail}
}

func (w *walker) branch(branch sops.TreeBranch, outer selection) error {
	in := outer
	for i, item := range branch {
		if comment, ok := item.Key.(sops.Comment); ok {
			before := in
			in = w.selector.comment(in, comment.Value)
			value, err := w.comment(comment, before, in)
			if err != nil {
				return err
			}
			switch value := value.(type) {
			case sops.Comment:
				branch[i].Key = value
			case string:
				branch[i].Key = sops.Comment{Value: value, Inline: comment.Inline}
			default:
				return w.fail(ErrValue, "a comment was encrypted as something else")
			}
			continue
		}
		var err error
		if in, err = w.item(&branch[i], outer, in); err != nil {
			return err
		}
	}
	return nil
}

// item visits the value of a key, and returns the selection for what comes after it.
func (w *walker) item(item *sops.TreeItem, outer, in selection) (selection, error) {
	name, ok := item.Key.(string)
	if !ok {
		return in, w.fail(ErrKeyType, "only text keys can be encrypted")
	}
	length := len(w.aad)
	w.aad = append(append(w.aad, name...), ':')
	w.at = append(w.at, name)
	value, after, err := w.element(item.Value, w.selector.key(outer, name), w.selector.key(in, name))
	if err != nil {
		return in, err
	}
	w.aad, w.at = w.aad[:length], w.at[:len(w.at)-1]
	item.Value = value
	in.plainComment, in.secretComment = after.plainComment, after.secretComment
	return in, nil
}

// element visits a value in a map or list. A comment counts for what comes after it; other values end its scope.
func (w *walker) element(value any, outer, in selection) (out any, after selection, err error) {
	comment, ok := value.(sops.Comment)
	if !ok {
		out, err = w.value(value, in)
		return out, outer, err
	}
	after = w.selector.comment(in, comment.Value)
	out, err = w.comment(comment, in, after)
	return out, after, err
}

func (w *walker) slice(list []any, outer selection) error {
	in, index := outer, 0
	for i, value := range list {
		w.at = append(w.at, index)
		out, after, err := w.element(value, outer, in)
		if err != nil {
			return err
		}
		w.at = w.at[:len(w.at)-1]
		list[i], in = out, after
		if _, ok := value.(sops.Comment); !ok {
			index++
		}
	}
	return nil
}

// comment visits a comment. One that makes what follows secret is not secret by itself.
func (w *walker) comment(comment sops.Comment, before, in selection) (any, error) {
	in.secretComment = before.secretComment
	return w.leaf(w, comment, true, w.selector.encrypted(in))
}

func (w *walker) value(value any, in selection) (any, error) {
	if w.deep > MaxDepth {
		return nil, w.fail(ErrTooDeep, "")
	}
	w.deep++
	defer func() { w.deep-- }()
	switch value := value.(type) {
	case nil: // there is nothing to encrypt
		return nil, nil
	case sops.TreeBranch:
		return value, w.branch(value, in)
	case []any:
		return value, w.slice(value, in)
	case []byte:
		return w.leaf(w, string(value), false, w.selector.encrypted(in))
	case string, int, bool, float64, time.Time:
		return w.leaf(w, value, false, w.selector.encrypted(in))
	}
	return nil, w.fail(ErrEncrypt, "it is not text, a number of 64 bits, a boolean or a time")
}

// additional is SOPS's additional data for the current path.
func (w *walker) additional() []byte {
	if len(w.aad) == 0 {
		return []byte(":")
	}
	return w.aad
}

// sign adds a value in the clear to the MAC.
func (w *walker) sign(value any) error {
	switch value := value.(type) {
	case string:
		w.buffer = append(w.buffer[:0], value...)
	case int:
		w.buffer = strconv.AppendInt(w.buffer[:0], int64(value), 10)
	default:
		text, err := sops.ToBytes(value)
		if err != nil {
			return w.fail(ErrEncrypt, "the value has no text form")
		}
		w.buffer = append(w.buffer[:0], text...)
	}
	w.hash.Write(w.buffer)
	return nil
}

// Decrypt decrypts the values of the tree in place and returns the MAC of what it holds, which the caller compares.
func Decrypt(tree *sops.Tree, key []byte, cipher sops.Cipher) (mac string, err error) {
	audit.SubmitEvent(audit.DecryptEvent{File: tree.FilePath})
	return newWalker(&tree.Metadata, key, cipher, decryptLeaf).run(tree.Branches)
}

func decryptLeaf(w *walker, value any, isComment, encrypted bool) (any, error) {
	out := value
	if encrypted {
		var err error
		switch value := value.(type) {
		case sops.Comment:
			if out, err = w.open(value.Value); errors.Is(err, errBytes) {
				return nil, w.fail(ErrValue, "")
			} else if err != nil { // it was not encrypted, so it stays
				out = value
			}
		case string:
			if out, err = w.open(value); errors.Is(err, errFormat) {
				return nil, w.fail(ErrPlaintext, "")
			} else if err != nil {
				return nil, w.fail(ErrValue, "")
			}
		default:
			return nil, w.fail(ErrPlaintext, "")
		}
	}
	// What was a comment in a list comes as text, and is a comment again only now.
	if _, isComment := out.(sops.Comment); !isComment && (w.all || encrypted) {
		return out, w.sign(out)
	}
	return out, nil
}

func (w *walker) open(text string) (any, error) {
	if own, ok := w.cipher.(*Cipher); ok {
		return own.open(text, w.key, w.additional())
	}
	return w.cipher.Decrypt(text, w.key, string(w.additional()))
}

// Encrypt encrypts the values of the tree in place and returns the MAC of what it held.
func Encrypt(tree *sops.Tree, key []byte, cipher sops.Cipher) (mac string, err error) {
	audit.SubmitEvent(audit.EncryptEvent{File: tree.FilePath})
	mac, err = newWalker(&tree.Metadata, key, cipher, encryptLeaf).run(tree.Branches)
	return mac, err
}

func encryptLeaf(w *walker, value any, isComment, encrypted bool) (any, error) {
	if !isComment && (w.all || encrypted) {
		if err := w.sign(value); err != nil {
			return nil, err
		}
	}
	if !encrypted {
		return value, nil
	}
	text, err := w.cipher.Encrypt(value, w.key, string(w.additional()))
	if err != nil {
		return nil, w.fail(ErrEncrypt, "")
	}
	if isComment && w.selector.plainComment.matches(text) {
		return nil, w.fail(ErrEncrypt, "unencrypted_comment_regex matches an encrypted comment")
	}
	return text, nil
}

// Location is a value of one of the branches.
type Location struct {
	Branch int
	Path   Path
}

// Unencrypted returns the values that are in the clear though SOPS would encrypt them. It needs no key. Comments do not
// count: SOPS leaves those in the clear that it did not encrypt.
func Unencrypted(tree *sops.Tree) []Location {
	var found []Location
	for i, branch := range tree.Branches {
		w := newWalker(&tree.Metadata, nil, nil, func(w *walker, value any, isComment, encrypted bool) (any, error) {
			text, isText := value.(string)
			if encrypted && !isComment && (!isText || text != "" && !strings.HasPrefix(text, "ENC[")) {
				found = append(found, Location{i, append(Path(nil), w.at...)})
			}
			return value, nil
		})
		_, _ = w.run(sops.TreeBranches{branch}) // what cannot be walked does not decrypt either
	}
	return found
}

// LeftPlain returns the values that the rules of a tree leave in the clear, but for empty ones. The tree may be
// encrypted or not. Comments do not count.
func LeftPlain(tree *sops.Tree) []Location {
	var found []Location
	w := newWalker(&tree.Metadata, nil, nil, func(w *walker, value any, isComment, encrypted bool) (any, error) {
		if !encrypted && !isComment && value != "" {
			found = append(found, Location{w.index, append(Path(nil), w.at...)})
		}
		return value, nil
	})
	_, _ = w.run(tree.Branches) // a tree that cannot be walked does not open
	return found
}

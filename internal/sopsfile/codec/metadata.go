package codec

import (
	"reflect"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/pgp"
	"github.com/getsops/sops/v3/stores"
)

const (
	sopsKey = stores.SopsMetadataKey
)

// Bounds on metadata.
const (
	maxMetadata    = 10_000 // entries
	maxMetadataKey = 1000   // bytes of a key: if it is flattened, each part is a map in a map
)

func (s *Store) metadataOpts() stores.MetadataOpts { return metadataOptsOf(s.format) }

func metadataOptsOf(format Format) stores.MetadataOpts {
	switch format {
	case Dotenv:
		return stores.MetadataOpts{Flatten: stores.MetadataFlattenFull}
	case INI:
		return stores.MetadataOpts{Flatten: stores.MetadataFlattenBelowTop, EscapeNewlines: true}
	}
	return stores.MetadataOpts{Flatten: stores.MetadataFlattenNone}
}

// withMetadata returns the branches of the tree, each with the metadata at its end.
func (s *Store) withMetadata(tree sops.Tree) (sops.TreeBranches, error) {
	branches, err := stores.SerializeMetadata(tree, s.metadataOpts())
	if err != nil {
		return nil, &Error{Kind: ErrEmit, Format: s.format, Detail: "it has a key that is reserved for the metadata"}
	}
	return branches, nil
}

// takeMetadata moves the metadata from the branches into the tree's Metadata.
func (d *Document) takeMetadata() (err error) {
	defer func() {
		if recover() != nil {
			err = &Error{Kind: ErrMetadata, Format: d.Format}
		}
	}()
	var blocks []sops.TreeBranch
	for i, branch := range d.Tree.Branches {
		own, block, err := d.splitBranch(i, branch)
		if err != nil {
			return err
		}
		d.Tree.Branches[i] = own
		blocks = append(blocks, block)
	}
	if len(blocks) == 0 || blocks[0] == nil {
		return &Error{Kind: ErrNoMetadata, Format: d.Format}
	}
	for i, block := range blocks[1:] {
		if block != nil && !reflect.DeepEqual(plain(block), plain(blocks[0])) {
			return d.locate(i+1, &Error{Kind: ErrJoined})
		}
	}
	metadata, ok := commonMetadata(blocks[0])
	if !ok {
		branches := sops.TreeBranches{blocks[0]}
		if d.Format != Dotenv {
			branches = sops.TreeBranches{{{Key: sopsKey, Value: blocks[0]}}}
		}
		if _, metadata, err = stores.ExtractMetadata(branches, metadataOptsOf(d.Format)); err != nil {
			return &Error{Kind: ErrMetadata, Format: d.Format} // the error may quote anything
		}
	}
	d.Tree.Metadata = metadata
	return d.bounded()
}

// splitBranch takes the metadata out of a branch.
func (d *Document) splitBranch(index int, branch sops.TreeBranch) (own, block sops.TreeBranch, err error) {
	kids := d.places[index].kids
	own, ownKids := branch[:0], kids[:0]
	for i, item := range branch {
		key, _ := item.Key.(string)
		switch {
		case d.Format == Dotenv && strings.HasPrefix(key, stores.SopsPrefix):
			block = append(block, item)
		case d.Format != Dotenv && key == sopsKey:
			tree, ok := item.Value.(sops.TreeBranch)
			if !ok && index == 0 {
				return nil, nil, d.locate(0, &Error{Kind: ErrMetadata, Path: Path{sopsKey}, Detail: "it is not a map"})
			}
			block = tree
		default:
			own, ownKids = append(own, item), append(ownKids, kids[i])
			continue
		}
		if len(block) > maxMetadata || longKey(block) {
			return nil, nil, &Error{Kind: ErrMetadata, Format: d.Format, Detail: "it has more than SOPS would write"}
		}
	}
	d.places[index].kids = ownKids
	return own, block, nil
}

func longKey(block sops.TreeBranch) bool {
	for _, item := range block {
		if key, ok := item.Key.(string); ok && len(key) > maxMetadataKey {
			return true
		}
	}
	return false
}

// plain is a value of a tree without its comments, maps as Go maps.
func plain(value any) any {
	switch value := value.(type) {
	case sops.TreeBranch:
		out := make(map[any]any, len(value))
		for _, item := range value {
			if _, ok := item.Key.(sops.Comment); !ok {
				out[item.Key] = plain(item.Value)
			}
		}
		return out
	case []any:
		var out []any
		for _, item := range value {
			if _, ok := item.(sops.Comment); !ok {
				out = append(out, plain(item))
			}
		}
		return out
	}
	return value
}

// commonMetadata reads the metadata of a document for age and PGP keys as SOPS writes it. It leaves everything else to
// SOPS's own reader, which takes many times as long.
func commonMetadata(block sops.TreeBranch) (m sops.Metadata, ok bool) {
	var modified string
	rules := 0
	fields := map[string]*string{
		"lastmodified":              &modified,
		"mac":                       &m.MessageAuthenticationCode,
		"version":                   &m.Version,
		"unencrypted_suffix":        &m.UnencryptedSuffix,
		"encrypted_suffix":          &m.EncryptedSuffix,
		"unencrypted_regex":         &m.UnencryptedRegex,
		"encrypted_regex":           &m.EncryptedRegex,
		"unencrypted_comment_regex": &m.UnencryptedCommentRegex,
		"encrypted_comment_regex":   &m.EncryptedCommentRegex,
	}
	var ages, pgps []any
	for _, item := range block {
		key, isText := item.Key.(string)
		if !isText {
			return m, false
		}
		field, isField := fields[key]
		var fits bool
		switch {
		case isField:
			*field, fits = item.Value.(string)
			if fits && *field != "" && strings.HasSuffix(key, "x") { // a suffix or a regex
				rules++
			}
		case key == "mac_only_encrypted":
			m.MACOnlyEncrypted, fits = item.Value.(bool)
		case key == "age":
			ages, fits = item.Value.([]any)
		case key == "pgp":
			pgps, fits = item.Value.([]any)
		}
		if !fits {
			return m, false
		}
	}
	keys, ok := commonKeys(pgps, ages)
	if !ok {
		return m, false
	}
	var err error
	if m.LastModified, err = time.Parse(time.RFC3339, modified); err != nil || rules > 1 {
		return m, false
	}
	if rules == 0 {
		m.UnencryptedSuffix = sops.DefaultUnencryptedSuffix
	}
	m.KeyGroups = []sops.KeyGroup{keys}
	return m, true
}

// commonKeys reads PGP and age keys, in SOPS's order.
func commonKeys(pgps, ages []any) (keys sops.KeyGroup, ok bool) {
	for _, entry := range pgps {
		text, fits := textFields(entry, "created_at", "enc", "fp")
		created, err := time.Parse(time.RFC3339, text[0])
		if !fits || err != nil {
			return nil, false
		}
		keys = append(keys, &pgp.MasterKey{Fingerprint: text[2], EncryptedKey: text[1], CreationDate: created})
	}
	for _, entry := range ages {
		text, fits := textFields(entry, "recipient", "enc")
		if !fits {
			return nil, false
		}
		keys = append(keys, &age.MasterKey{Recipient: text[0], EncryptedKey: text[1]})
	}
	return keys, len(keys) > 0
}

// textFields returns the values of a map that has exactly these keys, all text.
func textFields(entry any, names ...string) (text [3]string, ok bool) {
	branch, ok := entry.(sops.TreeBranch)
	if !ok || len(branch) != len(names) {
		return text, false
	}
	found := 0
	for _, item := range branch {
		for i, name := range names {
			if value, isText := item.Value.(string); isText && item.Key == name {
				text[i] = value
				found++
			}
		}
	}
	return text, found == len(names)
}

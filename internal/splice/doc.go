// Package splice edits manifests in place: an edit changes the lines it needs and no others.
//
// A caller edits a copy of a document's node tree and hands it to [Document], which walks the tree that was read and
// the edited one together and changes the text where they differ in meaning: with aliases and merge keys followed,
// without regard to style, comments and the order of keys. The text that comes out is parsed again and compared with
// the edited tree; where it differs, the smallest node around the edit is printed anew, and the caller learns which.
// A [Stream] joins documents of several files.
//
// # Where a node ends
//
// The nodes of yaml.v3 have a start and no end. The ends are found here, guided by the tree: since the parser has
// said what is where, it is enough to find the closing quote or bracket, the last word of a plain scalar's known
// value, or the last line with the indentation of a block scalar. Each start is checked against the parser's, so a
// disagreement is noticed. The tokens of github.com/goccy/go-yaml, which have offsets, were tried instead: they count
// characters and not bytes, count CRLF as one in some tokens and as two in others, and point at the start, the middle
// or the end of a token depending on its kind. Above all they come from a second parser with its own view of what a
// document means, and no check of one against the other.
package splice

package cli

import (
	"errors"
	"io"
	"strings"
	"unicode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func encode(node *yaml.RNode, style yaml.SequenceIndentStyle) (string, error) {
	out, err := yaml.MarshalWithOptions(node.YNode(), &yaml.EncoderOptions{SeqIndent: style})
	return string(out), err
}

// merge writes an edited manifest with every line that the edit did not touch as it stood in the original: blank lines,
// quotes and indentation too, which a YAML printer would change. Where that cannot be done, the edited manifest is
// printed anew. One in JSON, of which a YAML printer makes a single line, becomes YAML.
func merge(original manifest, edited *yaml.RNode) (string, error) {
	if strings.HasPrefix(strings.TrimSpace(original.text), "{") {
		edited = edited.Copy()
		blockStyle(edited.YNode())
		return encode(edited, yaml.CompactSequenceStyle)
	}
	style := yaml.SequenceIndentStyle(yaml.DeriveSeqIndentStyle(original.text))
	before, err := encode(original.node, style)
	if err != nil {
		return "", err
	}
	after, err := encode(edited, style)
	if err != nil {
		return "", err
	}
	merged := mergeLines(lines(original.text), lines(before), lines(after))
	if again, err := reprint(merged, style); err == nil && again == after {
		return merged, nil
	}
	return after, nil
}

// reprint reads a text of one document and prints it.
func reprint(text string, style yaml.SequenceIndentStyle) (string, error) {
	var node, more yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(text))
	if err := decoder.Decode(&node); err != nil {
		return "", err
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return "", errors.New("more than one document")
	}
	return encode(yaml.NewRNode(&node), style)
}

// blockStyle takes the braces, brackets and quotes of JSON away. Text that YAML 1.1, which kubectl reads, takes for something
// else keeps its quotes.
func blockStyle(node *yaml.Node) {
	node.Style = 0
	if node.Kind == yaml.ScalarNode && node.Tag == yaml.NodeTagString && yaml.IsYaml1_1NonString(node) {
		node.Style = yaml.DoubleQuotedStyle
	}
	for _, child := range node.Content {
		blockStyle(child)
	}
}

func lines(text string) []string { return strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n") }

func exact(line string) string { return strings.TrimSuffix(line, "\n") }

// unspaced is a line without white space: what is left when a YAML printer has put its own between the words.
func unspaced(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, line)
}

// mergeLines applies to the original what changed from before to after, where before is the original as a YAML printer
// writes it.
func mergeLines(original, before, after []string) string {
	printed := align(original, before, unspaced) // line of before: line of original
	kept := align(before, after, exact)          // line of after: line of before
	keptAt := map[int]bool{}
	for _, b := range kept {
		if b >= 0 {
			keptAt[b] = true
		}
	}
	// Lines of the original that before has too, and after has not, go; all others stay.
	gone := map[int]bool{}
	for b, o := range printed {
		if o >= 0 && !keptAt[b] {
			gone[o] = true
		}
	}
	var out strings.Builder
	var indent indents
	next := 0 // the first line of the original not yet written
	flush := func(to int) {
		for ; next < to; next++ {
			if !gone[next] {
				out.WriteString(exact(original[next]) + "\n")
			}
		}
	}
	for a, b := range kept {
		switch {
		case b < 0:
			out.WriteString(indent.added(exact(after[a])) + "\n")
		case printed[b] >= 0:
			flush(printed[b] + 1)
			indent.seen(after[a], original[printed[b]])
		}
	}
	flush(len(original))
	return out.String()
}

// indents gives added lines the indentation of the original, which need not be the printer's. It holds where the lines
// around an added one begin, outermost first.
type indents []indent

// indent is where something begins, in what the printer wrote and in the original.
type indent struct {
	printed  mark
	original int
}

// mark is a column at which a list dash stands, or the first word behind them. A dash may stand below the key of its list.
type mark struct {
	column int
	dash   bool
}

func (m mark) outside(other mark) bool {
	return m.column < other.column || m.column == other.column && !m.dash && other.dash
}

// seen notes where a line stands in both.
func (in *indents) seen(printed, original string) {
	p, o := marks(printed), marks(original)
	if len(p) != len(o) || strings.HasPrefix(strings.TrimSpace(printed), "#") { // a comment may stand anywhere
		return
	}
	for i := range p {
		in.add(p[i], o[i].column)
	}
}

func (in *indents) add(printed mark, original int) {
	for n := len(*in); n > 0 && !(*in)[n-1].printed.outside(printed); n-- {
		*in = (*in)[:n-1]
	}
	*in = append(*in, indent{printed, original})
}

// added is a line as the printer has it, at the column that its neighbours or its parent give it.
func (in *indents) added(line string) string {
	if strings.TrimSpace(line) == "" {
		return line
	}
	from := marks(line)
	to := from[0].column
	for _, known := range *in {
		if !from[0].outside(known.printed) {
			to = known.original + from[0].column - known.printed.column
		}
	}
	for _, m := range from {
		in.add(m, m.column-from[0].column+to)
	}
	return strings.Repeat(" ", to) + line[from[0].column:]
}

// marks are where a line's list dashes and its first word stand.
func marks(line string) []mark {
	var out []mark
	at := 0
	for {
		at += len(line[at:]) - len(strings.TrimLeft(line[at:], " "))
		dash := strings.HasPrefix(line[at:], "- ")
		out = append(out, mark{at, dash})
		if !dash {
			return out
		}
		at++
	}
}

// maxPairs bounds the memory that align takes, four bytes a pair. Texts that differ in more lines than that allows are
// paired at their beginning and end only; what is then written is held against the edited manifest like any other.
const maxPairs = 16 << 20

// align is, for each line of b, the line of a that a longest common subsequence pairs it with, or -1.
func align(a, b []string, key func(string) string) []int {
	keysA, keysB := keys(a, key), keys(b, key)
	out := make([]int, len(b))
	for i := range out {
		out[i] = -1
	}
	start := 0
	for start < len(a) && start < len(b) && keysA[start] == keysB[start] {
		out[start] = start
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && keysA[endA-1] == keysB[endB-1] {
		endA--
		endB--
		out[endB] = endA
	}
	keysA, keysB = keysA[start:endA], keysB[start:endB]
	n, m := len(keysA), len(keysB)
	if n*m > maxPairs {
		return out
	}
	length := make([][]int32, n+1)
	for i := range length {
		length[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if keysA[i] == keysB[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case keysA[i] == keysB[j]:
			out[start+j] = start + i
			i++
			j++
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

func keys(lines []string, key func(string) string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = key(line)
	}
	return out
}

package cli

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func encode(node *yaml.RNode, style yaml.SequenceIndentStyle) (string, error) {
	out, err := yaml.MarshalWithOptions(node.YNode(), &yaml.EncoderOptions{SeqIndent: style})
	return string(out), err
}

// merge writes an edited manifest with every line that the edit did not touch as it stood in the original: blank lines,
// quotes and indentation too, which a YAML printer would change. Where that cannot be done, the edited manifest is
// printed anew.
func merge(original manifest, edited *yaml.RNode) (string, error) {
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
	if node, err := yaml.Parse(merged); err == nil {
		if again, err := encode(node, style); err == nil && again == after {
			return merged, nil
		}
	}
	return after, nil
}

func lines(text string) []string { return strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n") }

// mergeLines applies to the original what changed from before to after, where before is the original as a YAML printer
// writes it.
func mergeLines(original, before, after []string) string {
	exact := func(s string) string { return strings.TrimSuffix(s, "\n") }
	printed := align(original, before, strings.TrimSpace) // line of before: line of original
	kept := align(before, after, exact)                   // line of after: line of before
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
			out.WriteString(exact(after[a]) + "\n")
		case printed[b] >= 0:
			flush(printed[b] + 1)
		}
	}
	flush(len(original))
	return out.String()
}

// align is, for each line of b, the line of a that a longest common subsequence pairs it with, or -1.
func align(a, b []string, key func(string) string) []int {
	out := make([]int, len(b))
	for i := range out {
		out[i] = -1
	}
	same := func(i, j int) bool { return key(a[i]) == key(b[j]) }
	start := 0
	for start < len(a) && start < len(b) && same(start, start) {
		out[start] = start
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && same(endA-1, endB-1) {
		endA--
		endB--
		out[endB] = endA
	}
	n, m := endA-start, endB-start
	length := make([][]int32, n+1)
	for i := range length {
		length[i] = make([]int32, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if same(start+i, start+j) {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case same(start+i, start+j):
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

package splice

import (
	"math/rand/v2"
	"slices"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/splice/splicetest"
	"github.com/secretwright/secretwright/internal/yamlnode"
)

// TestPartsAgree edits items of random lists, and damages the edits. What is right by its parts alone is right when all
// of the text is read. Of the edits that are not damaged, so many are right by their parts; most others leave no item.
func TestPartsAgree(t *testing.T) {
	spared, read, damaged := 0, 0, 0
	for seed := range uint64(3_000) {
		r := rand.New(rand.NewPCG(seed, 5))
		file, err := manifests.Parse([]byte(splicetest.New(seed).List()))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		d := file.Documents[0]
		edited, known := randomItemsEdit(r, itemsField(d.Node)).apply(d.Node)
		spliced := func() *splicer {
			s := &splicer{layout: newLayout(d), means: yamlnode.Meanings{}, forced: map[*yaml.Node]bool{}, known: known}
			if !s.run(edited) {
				t.Fatalf("seed %d: its layout is not known\n%s", seed, d.Text)
			}
			return s
		}
		s := spliced()
		text := s.apply()
		if text == nil {
			continue // two edits are in one place
		}
		parts, whole := s.partsVerified(), s.wholeVerified(text, edited)
		switch {
		case parts && !whole:
			t.Errorf("seed %d: right by its parts alone\n%s---- became\n%s", seed, d.Text, text)
		case parts:
			spared++
		case whole:
			read++
		}
		for i := range s.edits {
			s := spliced()
			s.apply()
			e := &s.edits[i]
			kinds := 5
			if s.isTop(e.owner) {
				kinds = 2 // where entries are is known
			}
			if e.text == "" && kinds == 2 || len(e.added) > 0 &&
				!slices.ContainsFunc(e.added, func(p yamlnode.Pair) bool { return !isSimple(p.Value) }) {
				continue // it is printed such that it cannot be read otherwise
			}
			switch r.IntN(kinds) {
			case 0:
				e.text += newNodes[r.IntN(len(newNodes))]
			case 1:
				e.text = e.text[:len(e.text)/2]
			case 2:
				e.start = max(e.start-1, 0)
			case 3:
				e.end = min(e.end+1, len(s.text))
			case 4:
				e.text = "\n" + e.text
			}
			text := s.apply()
			if text == nil {
				continue
			}
			parts, whole := s.partsVerified(), s.wholeVerified(text, edited)
			if parts && !whole {
				t.Errorf("seed %d: damaged, and right by its parts\n%s---- became\n%s", seed, d.Text, text)
			}
			if !whole {
				damaged++
			}
		}
	}
	if spared != 2728 || read != 271 || damaged != 4388 {
		t.Errorf("%d edits were right by their parts, %d as a whole alone, and %d damaged ones were found", spared, read, damaged)
	}
}

// randomItemsEdit edits, removes and appends items.
func randomItemsEdit(r *rand.Rand, items *yaml.Node) ItemsEdit {
	edit := ItemsEdit{Replaced: map[int]*yaml.Node{}}
	for i, item := range items.Content {
		switch r.IntN(4) {
		case 0:
			edit.Replaced[i] = nil
		case 1, 2:
			edit.Replaced[i] = yamlnode.Copy(item)
			randomEdit(r, edit.Replaced[i])
		}
	}
	for range r.IntN(3) {
		edit.Appended = append(edit.Appended, yaml.MustParse(newNodes[r.IntN(len(newNodes))]).YNode())
	}
	if r.IntN(3) == 0 {
		edit.Fields = []Field{{Name: "results", Value: yaml.MustParse(newNodes[r.IntN(len(newNodes))]).YNode()}}
	}
	if r.IntN(8) == 0 {
		edit.Replaced = map[int]*yaml.Node{}
		for i := range items.Content {
			edit.Replaced[i] = nil
		}
	}
	return edit
}

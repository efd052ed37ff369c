package fn_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/secretwright/secretwright/internal/pinned"
)

// TestUntouched holds a run over testdata/untouched, a list of everything that is awkward to keep in YAML, to the lines
// that it means to change. Every other line is byte for byte what came in.
func TestUntouched(t *testing.T) {
	dir := filepath.Join(pinned.Root(), "testdata", "untouched")
	in := read(t, dir, "in.yaml")
	out, stderr, status := execute(t, dir, in)
	if status != 0 {
		t.Fatalf("%s", stderr)
	}
	before, rest, _ := bytes.Cut(out, []byte("results:\n")) // the warnings of what does not follow
	_, after, _ := bytes.Cut(rest, []byte("# After"))
	removed, added := changed(lines(in), lines(slices.Concat(before, []byte("# After"), after)))
	if diff := cmp.Diff([]string{
		`                name: "database" # the plain name`,
	}, removed); diff != "" {
		t.Errorf("lines that went (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(lines([]byte(`        - name: database
          secret:
            secretName: database-62f92m4584
            defaultMode: 256
                name: "database-62f92m4584" # the plain name
          - name: DB_USER
            valueFrom:
              secretKeyRef:
                name: database-62f92m4584
                key: user
          - name: database
            mountPath: /etc/db
- apiVersion: v1
  kind: Secret
  metadata:
    name: database-62f92m4584
    namespace: shop
    annotations:
      secretwright.dev/secret: shop/database
  type: Opaque
  data:
    password: ZXhhbXBsZQ==
    user: ZXhhbXBsZQ==
`)), added); diff != "" {
		t.Errorf("lines that came (-want +got):\n%s", diff)
	}
}

func lines(data []byte) []string { return strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") }

// changed are the lines of a that b has not, and those of b that a has not, by their longest common subsequence.
func changed(a, b []string) (removed, added []string) {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i++
			j++
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			removed = append(removed, a[i])
			i++
		default:
			added = append(added, b[j])
			j++
		}
	}
	return removed, added
}

package cli

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/secretwright/secretwright/internal/hostile"
)

// TestPrintersArguments holds the errors of the command line to lines that are their own, whatever the arguments are.
func TestPrintersArguments(t *testing.T) {
	t.Chdir(t.TempDir())
	for i, name := range hostile.Names() {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			for _, args := range [][]string{{name}, {"--" + name}, {"check", name}, {"render", "-o", name, name}, {"encrypt", name}, {"fmt", name},
				{"tree", "-o", name, "x.yaml"}, {"check", "-o", name, "x.yaml"}} {
				if strings.HasPrefix(name, "-") {
					continue // a flag, or the end of them
				}
				var stdout, stderr bytes.Buffer
				if status := Main(context.Background(), args, strings.NewReader(""), &stdout, &stderr); status == 0 {
					t.Errorf("%.40q: it succeeds", args)
				}
				hostile.Harmless(t, stderr.String(), 1)
			}
		})
	}
}

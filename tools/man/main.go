// Command man writes a man page for each command of secretwright into a folder. Their date is that of
// SOURCE_DATE_EPOCH, so that a release can be built again.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra/doc"

	"github.com/secretwright/secretwright/internal/cli"
)

func main() {
	if err := write(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func write(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: man DIR")
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // what is in it is published
		return err
	}
	cmd := cli.Command()
	cmd.DisableAutoGenTag = true
	for _, c := range append(cmd.Commands(), cmd) { // whose text is no Markdown, and <changed> no tag of HTML
		c.Long = strings.ReplaceAll(c.Long, "<", `\<`)
	}
	return doc.GenManTree(cmd, &doc.GenManHeader{Section: "1", Source: "Secretwright", Manual: "Secretwright"}, args[0])
}

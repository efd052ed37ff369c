package cli

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/fn"
	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/disk"
	"github.com/secretwright/secretwright/internal/manifests"
	"github.com/secretwright/secretwright/internal/render"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/yamlnode"
	"github.com/secretwright/secretwright/schema"
)

// completeSpecOnly has the shell propose the files that may hold a SecretSpec, for a command that takes one.
func completeSpecOnly(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeSpec(cmd, args, typed)
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeFile has the shell propose any file, for a command that takes one.
func completeFile(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeValue has the shell propose what `SPEC SECRET KEY` can be. It needs no key.
func completeValue(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeSpec(cmd, args, typed)
	}
	var proposed []string
	for _, secret := range secretsIn(args[0]) {
		switch {
		case len(args) == 1:
			proposed = append(proposed, secret.Name)
		case len(args) == 2 && secret.Name == args[1]:
			proposed = slices.Sorted(maps.Keys(secret.Data))
		}
	}
	return wordsOnly(proposed), cobra.ShellCompDirectiveNoFileComp
}

// completeSecret has the shell propose what `SPEC NAME` can be: a Secret that is there can be extended.
func completeSecret(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeValue(cmd, args, typed)
}

// completeUsers has the shell propose KIND/NAME of what is in the folder of SPEC and can use a Secret.
func completeUsers(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	dir := "."
	if len(args) > 0 {
		dir = filepath.Dir(args[0])
	}
	sources, err := (&manifests.Reader{}).Read(dir, nil)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var proposed []string
	for _, source := range sources {
		for _, document := range source.Documents {
			for _, item := range document.Items() {
				proposed = append(proposed, userOf(item))
			}
		}
	}
	return wordsOnly(proposed), cobra.ShellCompDirectiveNoFileComp
}

// userOf returns an object as --used-by names it, or "" where nothing in it can use a Secret.
func userOf(item *yaml.Node) string {
	node := yaml.NewRNode(yamlnode.Plain(item))
	if item.Kind != yaml.MappingNode || fn.Malformed(node) != "" {
		return ""
	}
	user := strings.ToLower(node.GetKind()) + "/" + node.GetName()
	for _, uses := range []author.Uses{{Pull: true}, {}} {
		if target, err := author.Target(user, uses); err == nil && target.Kind == node.GetKind() {
			return user
		}
	}
	return ""
}

// secretsIn returns the Secrets of the SecretSpec in a file, as far as it can be read.
func secretsIn(path string) []schema.Secret {
	if disk.IsSpecial(path) {
		return nil
	}
	node, err := render.ReadSpec(path, nil)
	if err != nil {
		return nil
	}
	spec := schema.Parse(node, &report.Collector{})
	if spec == nil {
		return nil
	}
	return spec.Secrets
}

// wordsOnly returns the texts that a shell takes for one word, as they are: it writes them into the line that is typed,
// where $(command) would be run. Names that Kubernetes accepts are all of them.
func wordsOnly(texts []string) []string {
	return slices.DeleteFunc(texts, func(text string) bool {
		return text == "" || strings.HasPrefix(text, "-") || report.ShellWord(text) != text
	})
}

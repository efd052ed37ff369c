// Command tekton-validate holds a Tekton Task, on its standard input, to the rules of Tekton's own admission webhook.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := validate(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func validate(in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	var task v1.Task
	if err := yaml.UnmarshalStrict(text, &task); err != nil {
		return err
	}
	ctx := context.Background()
	task.SetDefaults(ctx)
	if err := task.Validate(ctx); err != nil { // a pointer of its own type, which would not be nil as an error
		return err
	}
	return nil
}

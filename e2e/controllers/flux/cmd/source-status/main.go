// Source-status prints the status that source-controller gives a GitRepository once it has stored an artifact of it, in
// the controller's own types: source-status ARCHIVE URL REVISION. The controller itself cannot be built from its
// module, since one that it needs, github.com/fluxcd/pkg/artifact, is not to be had from the module proxy.
package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path"

	"github.com/fluxcd/pkg/apis/meta"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("%d arguments, not ARCHIVE URL REVISION", len(args))
	}
	archive, err := os.ReadFile(args[0]) //nolint:gosec // the test's own
	if err != nil {
		return err
	}
	url, revision := args[1], args[2]
	size := int64(len(archive))
	repository := sourcev1.GitRepository{Status: sourcev1.GitRepositoryStatus{
		ObservedGeneration: 1,
		Artifact: &meta.Artifact{
			Path: path.Base(url), URL: url, Revision: revision, Digest: fmt.Sprintf("sha256:%x", sha256.Sum256(archive)),
			LastUpdateTime: metav1.Now(), Size: &size,
		},
		Conditions: []metav1.Condition{{
			Type: meta.ReadyCondition, Status: metav1.ConditionTrue, Reason: meta.SucceededReason, ObservedGeneration: 1,
			LastTransitionTime: metav1.Now(), Message: "stored artifact for revision '" + revision + "'",
		}},
	}}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"status": repository.Status})
}

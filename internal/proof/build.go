package proof

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/secretwright/secretwright/internal/report"
)

// buildTimeout is how long a build may take.
const buildTimeout = 5 * time.Minute

// Build runs the kustomize of the user in a folder, since that is what the build must stay the same for. This program
// stands in for ksops and SopsSecretGenerator where they are not installed. Variables are set in the environment of the
// programs that run. An error of kustomize itself is a [BuildError].
func Build(ctx context.Context, folder string, variables ...string) ([]byte, error) {
	kustomize, err := exec.LookPath("kustomize")
	if err != nil {
		return nil, errors.New("there is no kustomize on the PATH; install it, or write without the proof with --unproven")
	}
	own, standIns, err := programs()
	if err != nil {
		return nil, errors.New("the folder for temporary files cannot be used")
	}
	defer os.RemoveAll(filepath.Dir(own)) //nolint:errcheck // it holds links alone
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	report.ProgressOf(ctx).Show("building with kustomize")
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, kustomize, "build", "--enable-alpha-plugins", "--enable-exec", //nolint:gosec // the user's
		folder)
	cmd.Env = append(append(os.Environ(), variables...),
		"PATH="+strings.Join([]string{own, os.Getenv("PATH"), standIns}, string(os.PathListSeparator)))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, newBuildError(stderr.String())
	}
	return stdout.Bytes(), nil
}

// programs makes two folders of links to this program: one named secretwright, and those it stands in for.
func programs() (own, standIns string, err error) {
	executable, err := os.Executable()
	if err != nil {
		return "", "", err
	}
	dir, err := os.MkdirTemp("", "secretwright-")
	if err != nil {
		return "", "", err
	}
	own, standIns = filepath.Join(dir, "own"), filepath.Join(dir, "others")
	links := map[string][]string{own: {"secretwright"}, standIns: {"ksops", "SopsSecretGenerator"}}
	for folder, names := range links {
		if err := os.Mkdir(folder, 0o700); err != nil {
			return "", "", err
		}
		for _, name := range names {
			if err := os.Symlink(executable, filepath.Join(folder, name)); err != nil {
				return "", "", err
			}
		}
	}
	return own, standIns, nil
}

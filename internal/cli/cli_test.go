package cli_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/secretwright/secretwright/internal/cli"
	"github.com/secretwright/secretwright/internal/pinned"
)

var update = flag.Bool("update", false, "write what the scripts compare with anew")

// TestMain lets the test binary be secretwright, for the scripts.
func TestMain(m *testing.M) {
	run := func() { os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
	testscript.Main(m, map[string]func(){"secretwright": run, "ksops": run, "SopsSecretGenerator": run})
}

// TestScript runs the sessions in testdata/script. Each starts in a folder with the encrypted files of examples/cli,
// and with the key to them. Beside the commands of testscript there is
//
//	status N command ...   run a command that must end with this exit status
func TestScript(t *testing.T) {
	examples := filepath.Join(pinned.Root(), "examples")
	sops, kustomize := pinned.Command(t, "sops"), pinned.Command(t, "kustomize")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SOPS_AGE_KEY_FILE", filepath.Join(examples, "age.key"))
			env.Setenv("EXAMPLE_KEY", filepath.Join(examples, "age.key"))
			env.Setenv("SECRETWRIGHT_EXAMPLE_KEY", "1")
			env.Setenv("SOPS", sops)
			program, err := exec.LookPath("secretwright")
			if err != nil {
				return err
			}
			env.Setenv("SECRETWRIGHT", program)
			env.Setenv("KUSTOMIZE", filepath.Dir(kustomize))
			env.Setenv("RECIPIENT", "age1faylnuq73etc3zz679mtdxsrtxtzz5hsmvt5ssvfxtsnd39h53nqx9dp2d") // of examples/age.key
			return os.CopyFS(filepath.Join(env.WorkDir, "secrets"), os.DirFS(filepath.Join(examples, "cli", "secrets")))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status},
	})
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

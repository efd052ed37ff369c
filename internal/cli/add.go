package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secretwright/secretwright/internal/author"
	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/generate"
	"github.com/secretwright/secretwright/internal/terminal"
	"github.com/secretwright/secretwright/schema"
)

// addFlags are the flags of add. Those of kubectl create secret have its names.
type addFlags struct {
	kind, namespace                 string
	literals, files, envFiles, made []string
	server, user, password, email   string
	cert, key                       string
	usedBy                          []string
	env                             map[string]string
	envFrom, mount                  string
	pull                            bool
}

// The types that the flags of kubectl create secret docker-registry and tls give, and Docker Hub, its default.
const (
	dockerType = "kubernetes.io/dockerconfigjson"
	tlsType    = "kubernetes.io/tls"
	dockerHub  = "https://index.docker.io/v1/"
)

func addCommand() *cobra.Command {
	var f addFlags
	cmd := &cobra.Command{
		Use:   "add SPEC NAME",
		Short: "Add a Secret to a SecretSpec, encrypted, as kubectl create secret makes one",
		Long: `add adds the Secret NAME to the SecretSpec in the file SPEC, which is made if it is not there, or keys and users to a Secret that
is there. The flags for values are those of kubectl create secret. All values are encrypted before anything is written, for the
keys of .sops.yaml or, if SPEC is encrypted, for those who can read it. What is in SPEC stays as it is.

--from-literal KEY asks for the value without echo, or reads it from standard input if that is not a terminal. A value on the
command line is kept by the shell, so it is warned of. --generate makes values: ` + recipes() + `.

A value that is not text goes into an encrypted file beside SPEC.`,
		Example: `  secretwright add secretspec.yaml database --from-literal username=shop --from-literal password \
      --used-by deployment/web:app --env DB_PASSWORD=password
  secretwright add secretspec.yaml session --generate key=base64:64 --used-by statefulset/web --mount /etc/session
  secretwright add secretspec.yaml registry --docker-server registry.example.com --docker-username ci --used-by sa/default --pull
  secretwright add secretspec.yaml web-tls --cert web.crt --key web.key --used-by ingress/web`,
		Args:              named("SPEC", "NAME"),
		ValidArgsFunction: completeSecret,
		SuggestFor:        []string{"create", "new"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := specOrNothing(args[0]); err != nil {
				return err
			}
			in := inputOf(cmd)
			a, err := f.addition(in, cmd, args[1])
			if err != nil {
				return err
			}
			w, err := workplace()
			if err != nil {
				return err
			}
			ctx, cancel := afresh(cmd.Context())
			defer cancel()
			files, findings, err := w.Add(ctx, args[0], a)
			if err != nil {
				return err
			}
			if err := author.Write(files); err != nil {
				return err
			}
			return terminal.PrintFindings(cmd.ErrOrStderr(), append(in.findings, findings...))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.kind, "type", "", "the type of the Secret (default Opaque)")
	complete(cmd, "type", schema.SecretTypes()...)
	flags.StringVarP(&f.namespace, "namespace", "n", "", "the namespace of the Secret")
	flags.StringArrayVar(&f.literals, "from-literal", nil, "KEY, to be asked for the value, or KEY=VALUE")
	flags.StringArrayVar(&f.files, "from-file", nil, "[KEY=]FILE, or a folder of files")
	flags.StringArrayVar(&f.envFiles, "from-env-file", nil, "a file of lines KEY=VALUE")
	flags.StringArrayVar(&f.made, "generate", nil, "KEY=RECIPE: make the value")
	flags.StringVar(&f.server, "docker-server", dockerHub, "the container registry")
	flags.StringVar(&f.user, "docker-username", "", "who logs in to the container registry")
	flags.StringVar(&f.password, "docker-password", "", "the password; without it, it is asked for")
	flags.StringVar(&f.email, "docker-email", "", "the e-mail address of the account")
	flags.StringVar(&f.cert, "cert", "", "the file of a certificate in PEM, for the type "+tlsType)
	flags.StringVar(&f.key, "key", "", "the file of its private key")
	flags.StringArrayVar(&f.usedBy, "used-by", nil, "KIND/NAME or KIND/NAME:CONTAINER, what uses the Secret")
	if err := cmd.RegisterFlagCompletionFunc("used-by", completeUsers); err != nil {
		panic(err) // the flag does not exist
	}
	flags.StringToStringVar(&f.env, "env", nil, "VARIABLE=KEY: an environment variable for it")
	flags.StringVar(&f.envFrom, "env-from", "",
		"environment variables for all keys, with a prefix if one is given: --env-from=DB_")
	flags.Lookup("env-from").NoOptDefVal = " "
	flags.StringVar(&f.mount, "mount", "", "the folder that the keys appear in as files")
	flags.BoolVar(&f.pull, "pull", false, "images are pulled with it")
	return cmd
}

// specOrNothing returns an error unless a file holds a SecretSpec, or can be made for one.
func specOrNothing(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return isSpec(path)
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s: there is no folder %s to make it in; make the folder, or name a file in another", path, folder)
	}
	return nil
}

// recipes returns how values are made, for people.
func recipes() string { return strings.Join(generate.Usages(), ", ") }

// addition returns what the flags say is to be added.
func (f *addFlags) addition(in *input, cmd *cobra.Command, name string) (author.Addition, error) {
	a := author.Addition{Name: name, Namespace: f.namespace, Type: f.kind}
	if (f.cert == "") != (f.key == "") {
		return a, &usageError{errors.New("--cert and --key belong together: a certificate and its private key")}
	}
	uses := author.Uses{Env: f.env, Mount: f.mount, Pull: f.pull}
	if cmd.Flags().Changed("env-from") {
		prefix := strings.TrimSpace(f.envFrom)
		uses.EnvFrom = &prefix
	}
	if len(f.usedBy) == 0 && (len(f.env) > 0 || uses.EnvFrom != nil || f.mount != "" || f.pull) {
		return a, &usageError{errors.New("--env, --env-from, --mount and --pull go with --used-by, which names what uses the Secret")}
	}
	for _, text := range f.usedBy {
		target, err := author.Target(text, uses)
		if err != nil {
			return a, &usageError{fmt.Errorf("--used-by: %w", err)}
		}
		a.UsedBy = append(a.UsedBy, target)
	}
	if err := f.values(in, &a); err != nil {
		return a, err
	}
	if err := f.credentials(in, cmd, &a); err != nil {
		return a, err
	}
	if len(a.Values) == 0 && a.Registry == nil && len(a.UsedBy) == 0 {
		return a, &usageError{errors.New("there is nothing to add; give --from-literal KEY, --from-file, --from-env-file, --generate KEY=RECIPE, " +
			"--docker-username, or --cert and --key")}
	}
	return a, once(a.Values)
}

// once returns an error if two values are given for a key.
func once(values []author.Value) error {
	for i, v := range values {
		if slices.ContainsFunc(values[:i], func(other author.Value) bool { return other.Key == v.Key }) {
			return &usageError{fmt.Errorf("the key %s is given twice", v.Key)}
		}
	}
	return nil
}

// values reads and makes the values that the flags name.
func (f *addFlags) values(in *input, a *author.Addition) error {
	for _, path := range f.files {
		values, err := in.files(path)
		if err != nil {
			return err
		}
		a.Values = append(a.Values, values...)
	}
	for _, path := range f.envFiles {
		values, err := envValues(path)
		if err != nil {
			return err
		}
		a.Values = append(a.Values, values...)
	}
	if err := f.madeValues(a); err != nil {
		return err
	}
	if f.cert != "" {
		for _, part := range []struct{ key, path string }{{"tls.crt", f.cert}, {"tls.key", f.key}} {
			data, err := readValue(part.path)
			if err != nil {
				return err
			}
			a.Values = append(a.Values, author.Value{Key: part.key, Data: data})
		}
		a.Type = orType(a.Type, tlsType)
	}
	for _, text := range f.literals { // last, so that nobody types in vain
		value, err := in.literal(text, a.Name)
		if err != nil {
			return err
		}
		a.Values = append(a.Values, value)
	}
	return nil
}

// madeValues makes the values of --generate.
func (f *addFlags) madeValues(a *author.Addition) error {
	for _, text := range f.made {
		key, recipe, found := strings.Cut(text, "=")
		if !found || key == "" {
			return &usageError{fmt.Errorf("--generate %q: write KEY=RECIPE; recipes are %s", text, recipes())}
		}
		values, err := made(key, recipe)
		if err != nil {
			return err
		}
		a.Values = append(a.Values, values...)
		if key == "tls" && strings.HasPrefix(recipe, "tls:") {
			a.Type = orType(a.Type, tlsType)
		}
	}
	return nil
}

func orType(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

// envValues reads a file as kubectl reads it. A line without an equals sign takes its value from the environment.
func envValues(path string) ([]author.Value, error) {
	data, err := readValue(path)
	if err != nil {
		return nil, err
	}
	entries, err := dotenv.Kustomize(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var values []author.Value
	for _, entry := range entries {
		value := entry.Value
		if entry.Bare {
			found := false
			if value, found = os.LookupEnv(entry.Key); !found {
				return nil, fmt.Errorf("%s:%d: the line has no equals sign, and the environment has no such variable; write KEY=VALUE", path, entry.Line)
			}
		}
		values = append(values, author.Value{Key: entry.Key, Data: []byte(value)})
	}
	return values, nil
}

// credentials reads those for a container registry.
func (f *addFlags) credentials(in *input, cmd *cobra.Command, a *author.Addition) error {
	changed := func(name string) bool { return cmd.Flags().Changed(name) }
	if !changed("docker-server") && !changed("docker-username") && !changed("docker-password") &&
		!changed("docker-email") {
		return nil
	}
	if f.user == "" {
		return &usageError{errors.New("--docker-username is missing: who logs in to " + f.server)}
	}
	password := f.password
	if password == "" || password == "-" {
		data, err := in.ask("the password of " + f.user + " for " + f.server)
		if err != nil {
			return err
		}
		password = string(data)
	} else {
		in.warnTyped("--docker-password")
	}
	a.Registry = &author.Registry{Server: f.server, Username: f.user, Password: password, Email: f.email}
	a.Type = orType(a.Type, dockerType)
	return nil
}

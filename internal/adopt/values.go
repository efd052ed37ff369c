package adopt

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/secretwright/secretwright/internal/dotenv"
	"github.com/secretwright/secretwright/internal/report"
	"github.com/secretwright/secretwright/internal/sopsfile"
)

// values are the values of a Secret. The last of a key counts, as in both tools.
type values struct {
	r    *run
	data map[string]string
}

func (r *run) values() *values { return &values{r: r, data: map[string]string{}} }

// set sets a value, and says so where it takes the place of another. The place names the key in messages.
func (v *values) set(s source, place, key, value string) {
	if problems := validation.IsConfigMapKey(key); len(problems) > 0 {
		v.r.Add(report.New(report.InvalidSecretKey, place+" cannot be one of a Secret",
			"rename it: letters, digits, -, _ and . are allowed").
			In(s.at).From(v.r.name(s.path)))
	}
	if before, twice := v.data[key]; twice && before != value {
		v.r.overlap(s, place, "takes the place of an earlier one")
	}
	v.data[key] = value
}

// placeOf names the key of an entry in messages. A key that was a part of a value is as secret as one, and so are all
// keys of a file that is encrypted as a whole.
func placeOf(s source, entry dotenv.Entry) string {
	if entry.Inner || sopsfile.FormatOf(s.path) == sopsfile.Binary {
		return fmt.Sprintf("a key in line %d", entry.Line)
	}
	return keyPlace(entry.Key)
}

func keyPlace(key string) string { return fmt.Sprintf("the key %q", key) }

func (r *run) overlap(s source, place, what string) {
	r.Add(report.New(report.KeyReplaced, place+" "+what, "").
		WithSeverity(report.Info).In(s.at).From(r.name(s.path)))
}

// secret returns a Secret that was written as YAML, as the tools do, in the same styles.
func (r *run) secret(at *report.Path, out []byte, err error) *yaml.RNode {
	if err == nil {
		var node *yaml.RNode
		if node, err = yaml.Parse(string(out)); err == nil {
			return node
		}
	}
	r.Add(report.Wrap(report.Unprintable, err, "its Secret cannot be written as YAML", "").In(at))
	return nil
}

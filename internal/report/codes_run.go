package report

// The codes of a run as a whole: what came in, what is written, and Secretwright itself.
const (
	Internal Code = "internal-error"
)

var runRules = []Rule{
	{Internal, "Secretwright itself failed. Nothing was changed.", "Secretwright failed in a way it should not (at place.go:12)",
		"Report the place, and the SecretSpec without its values."},
}

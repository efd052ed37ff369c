package report

import "context"

// Progress shows a person how far a run is.
type Progress interface {
	// Show shows what the run is at, in words that hold no value.
	Show(text string)
	// Hide hides it while a person may be asked for something, until done is called.
	Hide() (done func())
}

type progressKey struct{}

// WithProgress returns a context whose runs are shown.
func WithProgress(ctx context.Context, p Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

// ProgressOf returns what shows the runs of a context. Without any, nothing is shown.
func ProgressOf(ctx context.Context) Progress {
	if p, ok := ctx.Value(progressKey{}).(Progress); ok {
		return p
	}
	return nobody{}
}

// nobody shows nothing.
type nobody struct{}

func (nobody) Show(string)         {}
func (nobody) Hide() (done func()) { return func() {} }

package templates

import (
	"fmt"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
)

// Bounds on one template, each far above what a Secret of 1 MiB takes and below a second of work.
const (
	// MaxSteps is how many nodes of templates may be executed: actions, arguments, rounds of a range.
	MaxSteps = 1_000_000
	// maxWork is how many bytes functions may read and write, weighed by how slow they are.
	maxWork = 64 << 20
	// maxIntermediate is the size of one value on the way, in bytes.
	maxIntermediate = 4 << 20
	// maxDepth is how deep templates may call one another, and maxNesting how deep lists and maps may nest.
	maxDepth   = 100
	maxNesting = 100
	// MaxText is the length of a template, in bytes.
	MaxText = corev1.MaxSecretSize
	// PerRun is for how many templates that use all they may a run has time.
	PerRun = 8
)

// overrun is the error of a template that takes more than it may.
type overrun string

func (o overrun) Error() string { return string(o) }

// budget is what one template may still take. What it takes, it takes from the run's too.
type budget struct {
	steps, work int
	depth       int
	run         *budget
}

// newBudget returns what a run may take, for a given number of templates that use all they may.
func newBudget(templates int) *budget {
	return &budget{steps: templates * MaxSteps, work: templates * maxWork}
}

// template returns the budget of one template of a run.
func (b *budget) template() *budget {
	return &budget{steps: MaxSteps, work: maxWork, run: b}
}

// step takes a number of steps. It prints nothing.
func (b *budget) step(n int) (string, error) {
	for ; b != nil; b = b.run {
		if b.steps -= n; b.steps < 0 {
			return "", b.over(fmt.Sprintf("it takes more than %d steps", MaxSteps))
		}
	}
	return "", nil
}

// enter begins a template, and takes the steps of its text.
func (b *budget) enter(n int) (string, error) {
	if b.depth++; b.depth > maxDepth {
		return "", overrun(fmt.Sprintf("its templates call one another more than %d deep", maxDepth))
	}
	return b.step(n)
}

// leave ends a template.
func (b *budget) leave() string {
	b.depth--
	return ""
}

// spend takes work, in bytes.
func (b *budget) spend(n float64) error {
	if n > maxWork {
		n = maxWork + 1
	}
	for ; b != nil; b = b.run {
		if b.work -= int(n); b.work < 0 {
			return b.over("it takes too much work")
		}
	}
	return nil
}

// over returns the error of a budget that is used up: the template's own, or that of the run.
func (b *budget) over(own string) error {
	if b.run == nil {
		own = "the templates of the run take too much together"
	}
	return overrun(own)
}

// read takes the work of looking at a value, for functions of Go's own that have no bounded form. It returns the value.
func (b *budget) read(value reflect.Value) (reflect.Value, error) {
	size, err := measure(value)
	if err != nil {
		return value, err
	}
	return value, b.spend(size.bytes)
}

// bound returns a function of the same signature that takes its arguments and its result from the budget, and fails
// before it makes something too large.
func (b *budget) bound(name string, function any) any {
	f := reflect.ValueOf(function)
	t := f.Type()
	var in []reflect.Type
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	failed := reflect.TypeFor[error]()
	outer := reflect.FuncOf(in, []reflect.Type{t.Out(0), failed}, t.IsVariadic())
	return reflect.MakeFunc(outer, func(args []reflect.Value) []reflect.Value {
		if err := b.before(name, args); err != nil {
			return []reflect.Value{reflect.Zero(t.Out(0)), reflect.ValueOf(err).Convert(failed)}
		}
		call := f.Call
		if t.IsVariadic() {
			call = f.CallSlice
		}
		out := call(args)
		if len(out) == 2 && !out[1].IsNil() {
			return out
		}
		if err := b.after(name, out[0]); err != nil {
			return []reflect.Value{reflect.Zero(t.Out(0)), reflect.ValueOf(err).Convert(failed)}
		}
		return []reflect.Value{out[0], reflect.Zero(failed)}
	}).Interface()
}

// before checks a call before it is made: what it reads, and what it would write at most.
func (b *budget) before(name string, args []reflect.Value) error {
	if slices.Contains(constant, name) {
		return b.spend(texts(args))
	}
	size := extent{}
	for _, arg := range args {
		one, err := measure(arg)
		if err != nil {
			return err
		}
		size = size.plus(one)
	}
	work := size.bytes
	if cost := costs[name]; cost != nil {
		w, out, err := cost(args, size)
		if err != nil {
			return err
		}
		if out > maxIntermediate {
			return tooBig()
		}
		work += w + out
	}
	return b.spend(work)
}

// after takes what a call has made.
func (b *budget) after(name string, result reflect.Value) error {
	if slices.Contains(constant, name) {
		return nil
	}
	size, err := measure(result)
	if err != nil {
		return err
	}
	return b.spend(size.bytes)
}

// texts returns the length of the arguments that are text.
func texts(args []reflect.Value) float64 {
	n := 0.0
	for _, arg := range args {
		if arg.Kind() == reflect.Slice {
			for i := range arg.Len() {
				n += float64(len(textOf(arg.Index(i))))
			}
		}
		n += float64(len(textOf(arg)))
	}
	return n
}

func tooBig() error {
	return overrun(fmt.Sprintf("a value on the way is larger than %d bytes", maxIntermediate))
}

// extent is how large a value is.
type extent struct {
	bytes    float64 // of its texts, and some for each element
	elements float64
	depth    int
}

func (e extent) plus(other extent) extent {
	return extent{e.bytes + other.bytes, e.elements + other.elements, max(e.depth, other.depth)}
}

// perElement is what an element of a list or map counts beside its text.
const perElement = 8

// measure returns how large a value is once it is written out. A value that shares parts with itself counts them each
// time, so that few doublings are an error.
func measure(value reflect.Value) (extent, error) {
	m := extent{}
	err := m.add(value, 0)
	return m, err
}

func (e *extent) add(value reflect.Value, depth int) error {
	if e.bytes += perElement; e.bytes > maxIntermediate {
		return tooBig()
	}
	if depth > maxNesting {
		return overrun(fmt.Sprintf("lists and maps nest more than %d deep", maxNesting))
	}
	e.depth = max(e.depth, depth)
	e.elements++
	switch value.Kind() {
	case reflect.String:
		e.bytes += float64(value.Len())
	case reflect.Interface, reflect.Pointer:
		e.bytes -= perElement
		e.elements--
		return e.add(value.Elem(), depth)
	case reflect.Slice, reflect.Array:
		for i := range value.Len() {
			if err := e.add(value.Index(i), depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		for entries := value.MapRange(); entries.Next(); {
			if err := e.add(entries.Key(), depth+1); err != nil {
				return err
			}
			if err := e.add(entries.Value(), depth+1); err != nil {
				return err
			}
		}
	}
	if e.bytes > maxIntermediate {
		return tooBig()
	}
	return nil
}

package terminal

import (
	"io"
	"sync"
)

// Stream is a stream that remembers that it could not be written to. What shows how far a command is makes way for it.
type Stream struct {
	io.Writer
	Err      error
	Progress *Progress
	// quiet has findings that are mere information not be printed.
	Quiet bool
}

func (w *Stream) Write(data []byte) (int, error) {
	w.Progress.clear()
	n, err := w.Writer.Write(data)
	if w.Err == nil {
		w.Err = err
	}
	return n, err
}

// Cleanups are what has to be done even if a signal ends the process.
type Cleanups struct {
	sync.Mutex
	all map[int]func()
	n   int
}

// AtEnd has what this process has to undo: a terminal without echo, and files in the clear.
var AtEnd = &Cleanups{all: map[int]func(){}}

// Add adds a cleanup, and returns a function that does it now.
func (c *Cleanups) Add(cleanup func()) (done func()) {
	c.Lock()
	defer c.Unlock()
	c.n++
	n := c.n
	c.all[n] = cleanup
	return func() {
		c.Lock()
		defer c.Unlock()
		if c.all[n] != nil {
			c.all[n]()
			delete(c.all, n)
		}
	}
}

// Run does all cleanups, and lets no new ones in.
func (c *Cleanups) Run() {
	c.Lock() // and never unlocked
	for _, cleanup := range c.all {
		cleanup()
	}
}

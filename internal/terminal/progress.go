package terminal

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/secretwright/secretwright/internal/report"
)

const (
	// patience is how long a run takes before it is shown how far it is, and pace how long a text is shown at least.
	patience, pace = 2 * time.Second, 100 * time.Millisecond
	eraseLine      = "\r\x1b[K"
)

// Progress shows on a terminal how far a command is, in a line that is erased before anything else is written. It is
// not drawn by a clock but when there is something new, so that what another program asks on the terminal stays.
type Progress struct {
	tty     *os.File
	command string

	mu     sync.Mutex
	text   string
	timer  *time.Timer
	isDue  bool // the command has taken its time
	hidden int  // how many may be asking a person for something
	drawn  time.Time
	// isDrawn reports whether the line is on the terminal.
	isDrawn bool
}

// NewProgress returns what shows how far a command is, or nil where nobody sees it.
func NewProgress(command string, stderr io.Writer) *Progress {
	file, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	p := &Progress{tty: file, command: command, text: "reading files"}
	p.timer = time.AfterFunc(patience, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.isDue = true
		p.draw()
	})
	return p
}

// Show implements report.Progress.
func (p *Progress) Show(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	if p.isDue && time.Since(p.drawn) >= pace {
		p.draw()
	}
}

// Hide implements report.Progress.
func (p *Progress) Hide() (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hidden++
	p.erase()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.hidden--
	}
}

// draw draws the line. What would be wider than the terminal could not be erased.
func (p *Progress) draw() {
	if p.hidden > 0 || p.text == "" {
		return
	}
	width, _, err := term.GetSize(int(p.tty.Fd()))
	if err != nil || width < 20 {
		return
	}
	line := []rune(report.Printable(p.command + ": " + p.text + " ..."))
	_, _ = io.WriteString(p.tty, eraseLine+string(line[:min(len(line), width-1)]))
	p.isDrawn, p.drawn = true, time.Now()
}

func (p *Progress) erase() {
	if p.isDrawn {
		_, _ = io.WriteString(p.tty, eraseLine)
		p.isDrawn = false
	}
}

// clear erases the line before something else is written, until there is something new to show.
func (p *Progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.erase()
	p.text = ""
}

// Stop erases the line for good.
func (p *Progress) Stop() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer.Stop()
	p.hidden++
	p.erase()
}

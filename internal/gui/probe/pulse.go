package probe

import (
	"context"
	"fmt"
	"os"
	"time"
)

// PulseVariable is the environment variable that names a file for the pulse.
const PulseVariable = "PORTAL_GUI_PULSE"

// The pulse asks the window's goroutine for a sign of life this often, and notes answers that took longer than a frame.
const (
	beat  = 5 * time.Millisecond
	frame = 16 * time.Millisecond
)

// Pulse notes how long the window's goroutine was busy with other things, for measurements. A line of its file is when
// a wait began, in milliseconds since 1970, how many milliseconds it took, and for how many milliseconds the window's thread
// was on a processor since the answer before. On a busy machine a wait is often one for a processor; computing is not.
type Pulse struct{ path string }

// PulseFromEnvironment is a pulse where the variable is set, else nil.
func PulseFromEnvironment() *Pulse {
	if path := os.Getenv(PulseVariable); path != "" {
		return &Pulse{path}
	}
	return nil
}

// Keep asks until ctx ends. dispatch runs a function on the window's goroutine.
func (p *Pulse) Keep(ctx context.Context, dispatch func(func())) {
	out, err := os.OpenFile(p.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return // whoever measures misses the file
	}
	defer out.Close()
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	type answer struct {
		at       time.Time
		computed time.Duration // by the window's thread, since it began
	}
	answers := make(chan answer, 1)
	var before time.Duration
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		asked := time.Now()
		dispatch(func() { answers <- answer{time.Now(), computed()} })
		select {
		case <-ctx.Done():
			return
		case a := <-answers:
			if took := a.at.Sub(asked); took > frame {
				fmt.Fprintf(out, "%d %d %d\n", asked.UnixMilli(), took.Milliseconds(), (a.computed - before).Milliseconds())
			}
			before = a.computed
		}
	}
}

package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"time"
)

// every is how often the window is looked at.
const every = 200 * time.Millisecond

// Probe writes what a window shows into a file.
type Probe struct{ path string }

// FromEnvironment is a probe where the variable is set, else nil.
func FromEnvironment() *Probe {
	path := os.Getenv(Variable)
	if path == "" {
		return nil
	}
	return New(path)
}

// New is a probe that writes into the file.
func New(path string) *Probe { return &Probe{path} }

// Keep writes the view whenever it has changed, until ctx ends. look is called on the window's goroutine through
// dispatch; the file is written on the caller's. A file that can't be written is tried again.
func (p *Probe) Keep(ctx context.Context, dispatch func(func()), look func() View) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	views := make(chan View, 1)
	asked := false
	var last []byte
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if asked { // the window is busy; it answers when it can
				continue
			}
			asked = true
			dispatch(func() { views <- look() })
		case v := <-views:
			asked = false
			data, err := json.MarshalIndent(v, "", " ")
			if err != nil || bytes.Equal(data, last) {
				continue
			}
			if replace(p.path, data) == nil {
				last = data
			}
		}
	}
}

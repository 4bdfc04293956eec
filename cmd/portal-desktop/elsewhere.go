//go:build !nowindow

package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/desktop/handover"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/setup/config"
)

// claims is which connection's window this process is.
type claims struct {
	mu    sync.Mutex
	key   string
	held  *handover.Claim
	shown bool     // there is a window, or was
	early []string // files that came before
}

// elsewhere tells whether a connection has a window in another process: then that one has come forward and opens the files. Else this
// process claims the connection, from any goroutine. What hinders it is in the log, and the program goes on by itself.
func (d *desk) elsewhere(ctx context.Context, path string, files []string) bool {
	key := keyOf(path)
	d.claims.mu.Lock()
	same := d.claims.held != nil && d.claims.key == key
	d.claims.mu.Unlock()
	if same {
		return false
	}
	claim, handed, err := handover.Take(ctx, windowsFolder(), key, files)
	if err != nil {
		slog.Warn("this window can't be found by later starts", "error", err)
		if _, unanswered := errors.AsType[*handover.UnansweredError](err); unanswered {
			d.later(sentence(err))
		}
	}
	if handed {
		return true
	}
	if claim != nil {
		claim.Serve(d.ctx, d.receive)
	}
	d.claims.mu.Lock()
	before := d.claims.held
	d.claims.held, d.claims.key = claim, key
	d.claims.mu.Unlock()
	before.Close()
	return false
}

// later says something in the next window, or in the one that is there.
func (d *desk) later(text string) {
	if !d.claims.isShown() {
		d.remark = text
		return
	}
	fyne.Do(func() { d.remark = text })
}

func (c *claims) isShown() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shown
}

// begun says that there is a window, and returns the files that came before.
func (c *claims) begun() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	early := c.early
	c.shown, c.early = true, nil
	return early
}

// end gives the connection back: who starts the program from now on has a window of his own.
func (c *claims) end() {
	c.mu.Lock()
	held := c.held
	c.held, c.shown = nil, true
	c.mu.Unlock()
	held.Close()
}

// mostEarly is how many files are kept until there is a window: one of them is opened.
const mostEarly = 100

var errNoWindow = errors.New("there is no window any more")

// receive brings the window forward, as the program was started again. ctx ends when that start no longer waits, as it does not for a
// window that hangs: then nothing is opened later either.
func (d *desk) receive(ctx context.Context, r handover.Request) error {
	d.claims.mu.Lock()
	if !d.claims.shown {
		d.claims.early = append(d.claims.early, r.Files...)
		d.claims.early = d.claims.early[:min(len(d.claims.early), mostEarly)]
		d.claims.mu.Unlock()
		return nil
	}
	d.claims.mu.Unlock()
	done := make(chan error, 1)
	fyne.Do(func() {
		switch {
		case ctx.Err() != nil:
			done <- ctx.Err()
		case d.session != nil:
			d.session.window.ComeForward(r.Files)
			done <- nil
		case d.setups > 0:
			d.pending = append(d.pending, r.Files...) // they are opened when the settings are made
			for _, w := range d.app.Driver().AllWindows() {
				w.Show()
				w.RequestFocus()
			}
			done <- nil
		default:
			done <- errNoWindow
		}
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// windowsFolder is where the programs of this user find each other.
func windowsFolder() string {
	dir := config.DefaultStateDir()
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, "windows")
}

// keyOf is what tells a window from all others: its configuration, with what the environment changes of it, and the screen that it is on.
func keyOf(path string) string {
	host, _ := os.Hostname() // homes may be shared among computers
	key := []string{path, host, desktopSession()}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		own := name == probe.Variable || name == probe.PulseVariable || strings.HasPrefix(name, logfile.Variable) || strings.HasSuffix(name, "SECRET") || strings.HasSuffix(name, "PASSWORD")
		if strings.HasPrefix(name, "PORTAL_") && !own || name == "DISPLAY" || name == "WAYLAND_DISPLAY" {
			key = append(key, v)
		}
	}
	slices.Sort(key[3:])
	return strings.Join(key, "\x00")
}

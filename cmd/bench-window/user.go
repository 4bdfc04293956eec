//go:build linux && !nowindow

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/gui/probe"
)

// user uses an open window, and says for how long it answered nothing meanwhile.
type user struct {
	s         *stage
	w         *opened
	id, pulse string
	shown     time.Time // since when the window is there
}

// use opens the program, whose window then has the focus.
func (s *stage) use(ctx context.Context, program string) (*user, error) {
	u := &user{s: s, pulse: filepath.Join(s.dir, "pulse")}
	s.env = append(s.env, probe.PulseVariable+"="+u.pulse)
	var err error
	if u.w, err = s.open(ctx, true, program); err != nil {
		return nil, err
	}
	if _, err := u.w.untilShows(ctx, "Import"); err != nil {
		u.w.stop()
		return nil, err
	}
	u.shown = time.Now()
	u.id = strings.Fields(s.find(ctx, u.w))[0]
	if err := u.do(ctx, "windowactivate", "--sync", u.id); err != nil {
		u.w.stop()
		return nil, err
	}
	return u, nil
}

func (u *user) do(ctx context.Context, args ...string) error {
	return u.s.command(ctx, "xdotool", args...).Run()
}

func (u *user) key(ctx context.Context, k string) func() error {
	return func() error { return u.do(ctx, "key", "--window", u.id, k) }
}

func (u *user) click(ctx context.Context, name string) func() error {
	return func() error {
		x, y, err := u.w.place(name)
		if err != nil {
			return err
		}
		return u.do(ctx, "mousemove", "--window", u.id, strconv.Itoa(x), strconv.Itoa(y), "click", "1")
	}
}

// wait is for how long the window answered nothing, and for how long its thread was on a processor between two answers. The
// second is what a quiet machine would have to do at once; the first is more where programs wait for a processor.
type wait struct{ took, computed time.Duration }

// longest is the longest of several waits, and the most computing.
func longest(waits ...wait) wait {
	var out wait
	for _, w := range waits {
		out.took, out.computed = max(out.took, w.took), max(out.computed, w.computed)
	}
	return out
}

// scrolled is the longest wait while the wheel is turned below a control.
func (u *user) scrolled(ctx context.Context, below string, notches int) (wait, error) {
	x, y, err := u.w.place(below)
	if err != nil {
		return wait{}, err
	}
	if err := u.do(ctx, "mousemove", "--window", u.id, strconv.Itoa(x), strconv.Itoa(y+50)); err != nil {
		return wait{}, err
	}
	return u.longest(ctx, time.Second, func() error { return u.do(ctx, "click", "--repeat", strconv.Itoa(notches), "--delay", "5", "5") })
}

// longest is the longest wait that began while something was done and for a while after it.
func (u *user) longest(ctx context.Context, settle time.Duration, act func() error) (wait, error) {
	if err := pause(ctx, 300*time.Millisecond); err != nil { // what was before is over
		return wait{}, err
	}
	from := time.Now()
	if err := act(); err != nil {
		return wait{}, err
	}
	if err := pause(ctx, settle); err != nil {
		return wait{}, err
	}
	return worst(u.pulse, from)
}

// worst is the longest wait in a pulse's file that began after a moment; what took less than a frame is not in the file.
func worst(path string, from time.Time) (wait, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return wait{}, err
	}
	var out wait
	for line := range strings.Lines(string(data)) {
		var at, took, computed int64
		if _, err := fmt.Sscan(line, &at, &took, &computed); err == nil && at+took >= from.UnixMilli() {
			out = longest(out, wait{time.Duration(took) * time.Millisecond, time.Duration(computed) * time.Millisecond})
		}
	}
	return out, nil
}

// view is what the window shows.
func (o *opened) view() (view probe.View, err error) {
	data, err := os.ReadFile(o.probe)
	if err != nil {
		return view, err
	}
	return view, json.Unmarshal(data, &view)
}

// says is the control that says a text, of those whose names begin alike.
func (o *opened) says(begin, text string) (string, error) {
	view, err := o.view()
	if err != nil {
		return "", err
	}
	for _, c := range view.Controls {
		if strings.HasPrefix(c.Name, begin) && strings.Contains(c.Text, text) {
			return c.Name, nil
		}
	}
	return "", fmt.Errorf("no %s says %q; the window shows %v", begin, text, view.Texts)
}

// place is the middle of a control, in pixels within the window.
func (o *opened) place(name string) (x, y int, err error) {
	view, err := o.view()
	if err != nil {
		return 0, 0, err
	}
	for _, c := range view.Controls {
		if c.Name == name && c.Visible {
			return int(c.X + c.W/2), int(c.Y + c.H/2), nil
		}
	}
	return 0, 0, fmt.Errorf("the window shows no %s; it shows %v", name, view.Texts)
}

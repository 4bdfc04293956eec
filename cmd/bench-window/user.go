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

// scrolled is the longest wait while the wheel is turned below a control.
func (u *user) scrolled(ctx context.Context, below string, notches int) (time.Duration, error) {
	x, y, err := u.w.place(below)
	if err != nil {
		return 0, err
	}
	if err := u.do(ctx, "mousemove", "--window", u.id, strconv.Itoa(x), strconv.Itoa(y+200)); err != nil {
		return 0, err
	}
	return u.longest(ctx, time.Second, func() error { return u.do(ctx, "click", "--repeat", strconv.Itoa(notches), "--delay", "5", "5") })
}

// longest is the longest wait that began while something was done and for a while after it.
func (u *user) longest(ctx context.Context, settle time.Duration, act func() error) (time.Duration, error) {
	if err := pause(ctx, 300*time.Millisecond); err != nil { // what was before is over
		return 0, err
	}
	from := time.Now()
	if err := act(); err != nil {
		return 0, err
	}
	if err := pause(ctx, settle); err != nil {
		return 0, err
	}
	return worst(u.pulse, from)
}

func highest(list []time.Duration) time.Duration {
	out := time.Duration(0)
	for _, d := range list {
		out = max(out, d)
	}
	return out
}

// worst is the longest wait in a pulse's file that began after a moment; what took less than a frame is not in the file.
func worst(path string, from time.Time) (time.Duration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	out := time.Duration(0)
	for line := range strings.Lines(string(data)) {
		var at, took int64
		if _, err := fmt.Sscan(line, &at, &took); err == nil && at+took >= from.UnixMilli() {
			out = max(out, time.Duration(took)*time.Millisecond)
		}
	}
	return out, nil
}

// place is the middle of a control, in pixels within the window.
func (o *opened) place(name string) (x, y int, err error) {
	var view probe.View
	data, err := os.ReadFile(o.probe)
	if err != nil {
		return 0, 0, err
	}
	if err := json.Unmarshal(data, &view); err != nil {
		return 0, 0, err
	}
	for _, c := range view.Controls {
		if c.Name == name && c.Visible {
			return int(c.X + c.W/2), int(c.Y + c.H/2), nil
		}
	}
	return 0, 0, fmt.Errorf("the window shows no %s; it shows %v", name, view.Texts)
}

//go:build linux

package window

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// hands use a window: with the mouse, or with the keys alone.
type hands interface {
	// press does what a control is for; into an entry can be typed then.
	press(p *portal, name string)
	// below brings what stands below a control into sight.
	below(p *portal, name string)
	// leave closes a dialog without doing what it asks.
	leave(p *portal)
}

type mouse struct{}

// press moves the mouse onto a control and presses its button, as a hand would.
func (mouse) press(p *portal, name string) {
	p.t.Helper()
	c := p.untilStill(name)
	p.do("xdotool", "mousemove", "--window", p.window, strconv.Itoa(int(c.X+c.W/2)), strconv.Itoa(int(c.Y+c.H/2)))
	time.Sleep(80 * time.Millisecond) // a hand rests before it presses; the hover has to be drawn
	p.do("xdotool", "click", "1")
}

// below turns the mouse's wheel down.
func (mouse) below(p *portal, name string) {
	p.t.Helper()
	c := p.untilStill(name)
	p.do("xdotool", "mousemove", "--window", p.window, strconv.Itoa(int(c.X+c.W/2)), strconv.Itoa(int(c.Y+c.H+100)))
	p.do("xdotool", "click", "--repeat", "40", "--delay", "20", "5")
}

func (m mouse) leave(p *portal) {
	p.t.Helper()
	name := "dialog.close"
	if _, asks := p.look().control("dialog.cancel"); asks {
		name = "dialog.cancel"
	}
	m.press(p, name)
}

// keyboard uses keys alone.
type keyboard struct{ opened map[*portal]string } // what had the keys when a dialog was opened

// mostTabs is how far away from each other two controls may be.
const mostTabs = 40

// below is what Tab does by itself: what gets the keys is brought into sight.
func (keyboard) below(*portal, string) {}

// press brings the keys to a control, and presses it.
func (k keyboard) press(p *portal, name string) {
	p.t.Helper()
	if i := slices.Index([]string{"tab.import", "tab.monitor", "tab.results", "tab.archive"}, name); i >= 0 {
		p.key("ctrl+" + strconv.Itoa(i+1))
		p.until("the keys are at "+name, 10*time.Second, func(v view) bool { return v.Focus == name })
		return
	}
	v := k.still(p, name)
	c := v.Controls[slices.IndexFunc(v.Controls, func(c control) bool { return c.Name == name })]
	table, row := rowOf(name)
	switch {
	case c.Role == "tab":
		k.tab(p, name)
	case row >= 0:
		k.focus(p, table)
		p.key(append([]string{"Home"}, slices.Repeat([]string{"Down"}, row)...)...)
	case c.Role == "entry":
		k.focus(p, name)
	case c.Role == "check box":
		k.focus(p, name)
		p.key("space")
	default:
		k.focus(p, name)
		k.opened[p] = name
		p.key("Return")
	}
}

// still waits until a control can be used and the way of the keys has stopped changing.
func (keyboard) still(p *portal, name string) view {
	p.t.Helper()
	last := ""
	return p.until("the control “"+name+"” can be used", 20*time.Second, func(v view) bool {
		now := v.Focus
		for _, c := range v.Controls {
			if c.Stop {
				now += " " + c.Name
			}
		}
		same := now == last
		last = now
		if !same {
			time.Sleep(150 * time.Millisecond) // with the wait between two looks, longer than the window takes to describe itself again
		}
		return same && slices.ContainsFunc(v.Controls, func(c control) bool { return c.Name == name && c.Enabled })
	})
}

// rowOf says which table a row belongs to; -1 where it is none.
func rowOf(name string) (table string, row int) {
	for _, table := range []string{"import.file", "archive.run"} {
		if text, ok := strings.CutPrefix(name, table+"."); ok {
			if i, err := strconv.Atoi(text); err == nil {
				return table, i
			}
		}
	}
	return "", -1
}

// tab goes to the chosen title of the tabs that one is among, and with the arrows to it.
func (k keyboard) tab(p *portal, name string) {
	p.t.Helper()
	v := k.still(p, name)
	from := slices.IndexFunc(v.Controls, func(c control) bool { return c.Name == name })
	to := from
	beside := func(c control) bool { // tabs within a page may follow those of the pages at once
		return c.Role == "tab" && strings.TrimSuffix(c.Name, path.Ext(c.Name)) == strings.TrimSuffix(name, path.Ext(name))
	}
	for from > 0 && beside(v.Controls[from-1]) {
		from--
	}
	for to+1 < len(v.Controls) && beside(v.Controls[to+1]) {
		to++
	}
	titles := v.Controls[from : to+1]
	chosen := slices.IndexFunc(titles, func(c control) bool { return c.Stop })
	require.GreaterOrEqual(p.t, chosen, 0, "no key stops at the tabs of %s", name)
	k.focus(p, titles[chosen].Name)
	steps := slices.IndexFunc(titles, func(c control) bool { return c.Name == name }) - chosen
	key := "Right"
	if steps < 0 {
		key, steps = "Left", -steps
	}
	if steps > 0 {
		p.key(slices.Repeat([]string{key}, steps)...)
	}
	p.until("the keys are at "+name, 10*time.Second, func(v view) bool { return v.Focus == name })
}

// focus presses Tab until a control has the keys, and sees to it that it is in sight then. What comes and goes meanwhile may make it more
// than one try.
func (k keyboard) focus(p *portal, name string) {
	p.t.Helper()
	for range 4 {
		v := p.look()
		if v.Focus == name {
			break
		}
		tabs := tabsTo(v, name)
		if tabs == 0 { // it was just changing
			time.Sleep(250 * time.Millisecond)
			continue
		}
		require.LessOrEqual(p.t, tabs, mostTabs, "from %s to %s", v.Focus, name)
		p.do("xdotool", append([]string{"key", "--window", p.window, "--delay", "8"}, slices.Repeat([]string{"Tab"}, tabs)...)...)
		deadline := time.Now().Add(2 * time.Second)
		for p.look().Focus != name && time.Now().Before(deadline) {
			time.Sleep(50 * time.Millisecond)
		}
	}
	p.until("the keys are at “"+name+"”, in sight", 5*time.Second, func(v view) bool {
		_, seen := v.control(name)
		return v.Focus == name && seen
	})
}

// tabsTo is how many times Tab is pressed until a control is reached; 0 where it is not among those that keys reach.
func tabsTo(v view, name string) int {
	var stops []string
	for _, c := range v.Controls {
		if c.Stop {
			stops = append(stops, c.Name)
		}
	}
	to := slices.Index(stops, name)
	if to < 0 {
		return 0
	}
	from := slices.Index(stops, v.Focus) // -1, before the first, where nothing has the keys
	if to <= from {
		return to + len(stops) - from
	}
	return to - from
}

// leave presses Escape: the keys are then where they were before.
func (k keyboard) leave(p *portal) {
	p.t.Helper()
	p.key("Escape")
	p.until("the keys are back at "+k.opened[p], 10*time.Second, func(v view) bool { return v.Focus == k.opened[p] })
}

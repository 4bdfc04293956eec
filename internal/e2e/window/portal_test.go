//go:build linux

package window

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// control is a part of the window as PORTAL_GUI_PROBE describes it: pixels within the window's content.
type control struct {
	Name    string  `json:"name"`
	Text    string  `json:"text"`
	X       float64 `json:"x"`
	Y       float64 `json:"y"`
	W       float64 `json:"w"`
	H       float64 `json:"h"`
	Enabled bool    `json:"enabled"`
	Visible bool    `json:"visible"`
	Stop    bool    `json:"stop"` // the Tab key stops at it, in this order
	Role    string  `json:"role"`
}

// view is what the window shows.
type view struct {
	Tab      string    `json:"tab"`
	Focus    string    `json:"focus"` // the name of what has the keys
	Controls []control `json:"controls"`
	Texts    []string  `json:"texts"`
}

func (v view) control(name string) (control, bool) {
	for _, c := range v.Controls {
		if c.Name == name && c.Visible {
			return c, true
		}
	}
	return control{}, false
}

func (v view) shows(text string) bool {
	for _, t := range v.Texts {
		if strings.Contains(t, text) {
			return true
		}
	}
	return false
}

// portal is one running window.
type portal struct {
	cmd *exec.Cmd // its ProcessState is there after close
	*screen
	hands  hands
	window string // X window id
	pid    string
	home   string // the user's home folder
	probe  string // file that the window describes itself in
	close  func() // ends the program as a signal does
}

// openPortal starts the program for a new user and waits until its window is there.
func (s *screen) openPortal(program string, env []string) *portal {
	s.t.Helper()
	return s.openPortalOf(program, newHome(s.t), env)
}

// newHome is the home folder of a user who has not used the program yet.
func newHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"Downloads", ".cache", filepath.Join(".config", "fabric-data-portal", "profiles")} {
		require.NoError(t, os.MkdirAll(filepath.Join(home, name), 0o700))
	}
	return home
}

// openPortalOf starts the program of the user with that home folder.
func (s *screen) openPortalOf(program, home string, env []string) *portal {
	s.t.Helper()
	p := &portal{screen: s, hands: s.hands, home: home, probe: filepath.Join(s.t.TempDir(), "probe.json")}
	cmd := s.command(program)
	cmd.Env = append(append(cmd.Env, env...), "PORTAL_GUI_PROBE="+p.probe, "HOME="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "FYNE_THEME=light", "FYNE_SCALE=1")
	log, err := os.CreateTemp(s.shots, strings.ToLower(s.t.Name())+"-*.log")
	require.NoError(s.t, err)
	s.t.Cleanup(func() { log.Close() })
	cmd.Stdout, cmd.Stderr = log, log
	p.close = start(s.t, cmd)
	p.cmd, p.pid = cmd, strconv.Itoa(cmd.Process.Pid)
	p.find("")
	p.until("the window describes itself", 30*time.Second, func(v view) bool { return len(v.Controls) > 0 })
	return p
}

// find turns to the program's window whose title holds a text: its first one, or the one that took its place.
func (p *portal) find(title string) {
	p.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		found, _ := p.command("xdotool", "search", "--onlyvisible", "--pid", p.pid).Output() // fails while windows of others come and go
		for id := range strings.FieldsSeq(string(found)) {
			if name, err := p.command("xdotool", "getwindowname", id).Output(); err == nil && strings.Contains(string(name), title) {
				p.window = id
				p.do("xdotool", "windowactivate", "--sync", p.window)
				return
			}
		}
		if time.Now().After(deadline) {
			p.shot("failed")
			p.t.Fatalf("there is no window named %q", title)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (p *portal) look() view {
	var v view
	data, err := os.ReadFile(p.probe)
	if err != nil {
		return v
	}
	require.NoError(p.t, json.Unmarshal(data, &v))
	return v
}

// until waits until the window shows what is asked, else fails with a picture and the texts on it.
func (p *portal) until(what string, atMost time.Duration, ok func(view) bool) view {
	p.t.Helper()
	deadline := time.Now().Add(atMost)
	for {
		v := p.look()
		if ok(v) {
			return v
		}
		if time.Now().After(deadline) {
			p.shot("failed")
			p.t.Fatalf("waited %v for: %s\nthe window shows: %s\ncontrols: %v", atMost, what, strings.Join(v.Texts, " | "), v.Controls)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (p *portal) untilShows(text string, atMost time.Duration) view {
	p.t.Helper()
	return p.until("the text “"+text+"”", atMost, func(v view) bool { return v.shows(text) })
}

func (p *portal) untilEnabled(name string, atMost time.Duration) control {
	p.t.Helper()
	v := p.until("the control “"+name+"” can be used", atMost, func(v view) bool {
		c, found := v.control(name)
		return found && c.Enabled
	})
	c, _ := v.control(name)
	return c
}

// untilStill waits until a control can be used and has stopped moving: what was just shown is laid out in steps.
func (p *portal) untilStill(name string) control {
	p.t.Helper()
	last := p.untilEnabled(name, 20*time.Second)
	for {
		time.Sleep(300 * time.Millisecond) // longer than the window takes to describe itself again
		now := p.untilEnabled(name, 20*time.Second)
		if now.X == last.X && now.Y == last.Y && now.W == last.W && now.H == last.H {
			return now
		}
		last = now
	}
}

// click does what a press on a control does.
func (p *portal) click(name string) {
	p.t.Helper()
	p.hands.press(p, name)
}

func (p *portal) key(keys ...string) {
	p.t.Helper()
	p.do("xdotool", append([]string{"key", "--window", p.window}, keys...)...)
}

func (p *portal) typeText(text string) {
	p.t.Helper()
	p.do("xdotool", "type", "--window", p.window, "--delay", "15", text)
}

// built is the folder of the program; "" until a test needs it.
var built string

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// buildProgram builds the real program, with its window, once for all tests, which follow each other.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(built, "portal-desktop")
	if built != "" {
		return path
	}
	dir, err := os.MkdirTemp("", "portal-window-")
	require.NoError(t, err)
	path = filepath.Join(dir, "portal-desktop")
	s := &screen{t: t}
	cmd := s.command("go", "build", "-tags", "migrated_fynedo", "-o", path, "./cmd/portal-desktop")
	cmd.Dir = root(t)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	built = dir
	return path
}

// walkFindings looks at all rows of the chosen file, and goes by key to cells in which something was found, and from them to the
// checks.
func (p *portal) walkFindings() {
	p.t.Helper()
	p.click("import.rows")
	p.untilShows("F8: the next cell.", time.Minute)
	p.untilShows("of 50,046 rows", 10*time.Second)
	p.key("F8")
	p.untilShows("1 of ", 10*time.Second)
	p.key("F8", "F8")
	p.untilShows("3 of ", 10*time.Second)
	p.untilShows("Row 122 · Order ID: An earlier row has this order_id.", 10*time.Second)
	p.key("shift+F8")
	p.untilShows("2 of ", 10*time.Second)
	p.click("import.walk.check")
}

// saveOffending saves the rows in which a rule does not hold, gives the rows of the workbook's sheet, without its header, and
// removes the workbook.
func (p *portal) saveOffending(name string) [][]string {
	p.t.Helper()
	p.click("import.checks")
	p.click("import.offending")
	p.untilShows("Saved "+name, time.Minute)
	path := filepath.Join(p.home, "Downloads", name)
	book, err := excelize.OpenFile(path)
	require.NoError(p.t, err)
	rows, err := book.GetRows("Rows")
	require.NoError(p.t, err)
	require.NoError(p.t, book.Close())
	require.NoError(p.t, os.Remove(path))
	require.Greater(p.t, len(rows), 1)
	require.Equal(p.t, []string{"Row", "Rules that do not hold"}, rows[0][:2])
	return rows[1:]
}

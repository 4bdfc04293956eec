package gui

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/probe"
)

// kept plays what the program keeps of its own life.
type kept struct {
	mu    sync.Mutex
	crash string
	lines []string
	fail  error
}

func (k *kept) LogPath() string { return "/home/ana/.local/state/fabric-portal/portal.log" }

func (k *kept) LogTail(n int) ([]string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lines[max(0, len(k.lines)-n):], k.fail
}

func (k *kept) Crash() (string, time.Time, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.crash, now.Add(-time.Hour), k.crash != ""
}

func (k *kept) DiscardCrash() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.crash = ""
	return k.fail
}

func TestACrashIsOfferedAtTheNextStart(t *testing.T) {
	k := &kept{crash: "portal-desktop 1.2.3\nfatal error: all goroutines are asleep\n" + strings.Repeat(hostile, 50_000)}
	b := newBenchWith(t, func(o *Options) { o.Journal = k })
	v := b.untilSays("The program ended unexpectedly (today 13:05).")
	require.False(t, v.Dialog, "nobody asked for one")
	b.click("crash.show")
	b.untilSays("fatal error: all goroutines are asleep")
	b.fitting("the report")
	b.clickDialog("dialog.close")
	b.click("crash.copy")
	require.Contains(t, fyne.CurrentApp().Clipboard().Content(), "all goroutines are asleep\nsales�xslx.exe")
	b.click("crash.discard")
	b.until("nothing of it", func(v probe.View) bool { return !says(v, "ended unexpectedly") })
	_, _, found := k.Crash()
	require.False(t, found)
}

func TestTheLogIsShown(t *testing.T) {
	k := &kept{lines: []string{"first", "level=WARN msg=second", hostile}}
	b := newBenchWith(t, func(o *Options) { o.Journal = k })
	b.click("header.connection")
	b.clickDialog("connection.log")
	v := b.untilSays("level=WARN msg=second")
	require.True(t, says(v, "portal.log") && says(v, "first"))
	require.Contains(t, b.control("journal.line.0").Text, "sales�xslx.exe", "the latest line is the first")
	b.fitting("the log")
	b.clickDialog("journal.copy")
	require.Contains(t, fyne.CurrentApp().Clipboard().Content(), "level=WARN msg=second\nfirst")
	b.clickDialog("journal.folder")
	require.Equal(t, []string{"file:///home/ana/.local/state/fabric-portal"}, b.opened)
	b.clickDialog("dialog.close")
	k.fail = errors.New("the log may not be read")
	b.click("header.connection")
	b.clickDialog("connection.about")
	b.clickDialog("about.log")
	b.untilSays("The log may not be read.")
}

func TestWithoutAJournalNothingIsOffered(t *testing.T) {
	b := newBench(t)
	b.click("header.connection")
	require.False(t, says(b.look(), "Show log…"))
}

// Package shell is what a screen gets from its window.
package shell

import (
	"net/url"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

// Analysis is what was found in a file, and what this computer knows of it.
type Analysis struct {
	analysis.Result
	imports.History
	Recalled shapes.Recalled
}

// Head is the beginning of a file of the lakehouse, of which so many bytes were read.
type Head struct {
	*analysis.Head // nil where Cut says that it takes more than is read for a beginning
	Read           int64
	Cut            bool
}

// Detail is a run with what it left.
type Detail = runs.Detail

// Progress is called with what is done of how much; from any goroutine.
type Progress func(done, total int64)

// Shell is what the screens of a window share.
type Shell struct {
	Window  fyne.Window
	Runner  *tasks.Runner
	Dialogs *dialogs.Host
	Now     func() time.Time       // this computer's clock, in the user's zone
	Error   func(error) string     // the sentence that a user reads of an error
	OpenURL func(*url.URL) error   // in the browser, or in the program that opens such files
	Copy    func(lettering.Copied) // to the clipboard
	// Prefs are the program's preferences: what the window looks like, and nothing that must not be lost.
	Prefs fyne.Preferences
	// Connection is the connection's name, such as Production: what is remembered of its runs is remembered by it.
	Connection string
	// Transfer says what is being transferred, for the window's footer; "" when it has ended.
	Transfer func(text string)
	// GoTo brings a screen into sight.
	GoTo func(screen string)
	// Restores tells whether a run is a restore: it published again what an earlier run had computed. It may be nil.
	Restores func(runs.Run) bool
	// Undo leads to publishing again what was published before a run; it may be nil.
	Undo func(runs.Run)
	// SetUp opens the settings of a connection; nil where that can't be done from here.
	SetUp func()
	// Sample opens made-up data to try the program with, OpenLocal lets the user choose a file of this computer, and Refresh asks again
	// soon for all that the screens show.
	Sample, OpenLocal, Refresh func()
	// Started brings a run that has just been started into sight on Monitor.
	Started func(runs.Run)
}

// Restore tells whether a run is a restore.
func (s *Shell) Restore(r runs.Run) bool { return s.Restores != nil && s.Restores(r) }

// OpenFile opens a file of this computer in the program that is set for it.
func (s *Shell) OpenFile(path string) error {
	return s.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)})
}

// The screens, as GoTo knows them and the probe reports them.
const (
	Import  = "Import"
	Monitor = "Monitor"
	Results = "Results"
	Archive = "Archive"
)

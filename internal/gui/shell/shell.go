// Package shell is what a screen gets from its window.
package shell

import (
	"net/url"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/contract"

	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/runs"
)

// Analysis is a file's profile and the KPIs it will give, or why it gives none.
type Analysis struct {
	Profile *contract.ImportProfile
	KPIs    *contract.KPIs
	Rows    contract.RowCounts // how the rows become cleaned ones
	Reason  string             // why there are no KPIs
	// Preview is the first rows, while the file is still being read; Profile is nil then.
	Preview *profile.Preview
	Rules   rules.Report
	Drift   []drift.Finding // what moved since the file whose results are published
	// Published tells whether there is one to compare with; Against is set where it is what this computer has seen last.
	Published    bool
	Against      *imports.Record
	RulesProblem string            // why the chosen rules can't be used; "" where they can
	Cleaning     *cleaning.Preview // nil where it is not known
	Imported     []imports.Record  // what was done with this very content before, the newest first
}

// Reading is how far a file has been read; Checking says that the parts are of the rules' work, which comes after it.
type Reading struct {
	Rows, Bytes, Total int64
	Checking           bool
}

// Looking says how a file is read, and who is told of it meanwhile, on the reading goroutine.
type Looking struct {
	Sheet     string // of a workbook; "" for the first visible one, which the pipeline takes
	HeaderRow int    // 0 for the first row with a value, which the pipeline takes
	Rules     string // path of a file of rules; "" for the built-in ones
	Progress  func(Reading)
	Seen      func(Analysis) // what is known before all is
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
	Now     func() time.Time     // this computer's clock, in the user's zone
	Error   func(error) string   // the sentence that a user reads of an error
	OpenURL func(*url.URL) error // in the browser, or in the program that opens such files
	Copy    func(text string)    // to the clipboard
	// Prefs are the program's preferences: what the window looks like, and nothing that must not be lost.
	Prefs fyne.Preferences
	// Transfer says what is being transferred, for the window's footer; "" when it has ended.
	Transfer func(text string)
	// GoTo brings a screen into sight.
	GoTo func(screen string)
	// Started brings a run that has just been started into sight on Monitor.
	Started func(runs.Run)
}

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

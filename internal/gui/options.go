// Package gui is the window. It draws snapshots and asks for work through small interfaces; it knows no SQL, HTTP or
// file format.
package gui

import (
	"context"
	"net/url"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/buildinfo"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/archive"
	"fabricportal/internal/gui/bindings"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/importscreen"
	"fabricportal/internal/gui/monitor"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/results"
	"fabricportal/internal/gui/setup"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/diagnostics"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
)

// Feeds are what the screens show. Each hands over its newest snapshot and each later one, from any goroutine.
type Feeds struct {
	Frame   bindings.Feed[feeds.Frame]
	Import  bindings.Feed[feeds.Import]
	Monitor bindings.Feed[feeds.Monitor]
	Results bindings.Feed[feeds.Results]
	Archive bindings.Feed[feeds.Archive]
}

// Analysis is what was found in a file, and what this computer knows of it.
type Analysis = shell.Analysis

// Head is the beginning of a file of the lakehouse.
type Head = shell.Head

// Detail is a run with what it left.
type Detail = shell.Detail

// Table and View are the cleaned rows, whole and as they are filtered and sorted.
type (
	Table = datatable.Table
	View  = datatable.View
)

// Population says which of all rows a workbook is of.
type Population = results.Population

// TableOf is an open file of rows as a Table.
func TableOf(t *dataset.Table) Table { return datatable.Of(t) }

// RunFilter says which past runs are listed.
type RunFilter = archive.Filter

// Before is what published results can be compared with.
type Before = results.Before

// Word translates a text, for files that are written for people.
func Word(english string) string { return words.T(english) }

// NoConnection is what stands in a connection's place where none is set up.
func NoConnection() frame.Connection {
	return frame.Connection{Name: words.T("No connection"), Colour: "neutral"}
}

// Writer writes texts and numbers in the window's language, for files that are written for people.
func Writer() format.Writer { return words.Writer() }

// Progress is called with what is done of how much; from any goroutine.
type Progress = shell.Progress

// Actions is the work that the window asks for: what its screens ask for, and the sentence of an error. All but Refresh,
// MoreRuns and Sentence may take long and are called on goroutines of their own, with a context that ends with the window.
type Actions interface {
	importscreen.Actions
	monitor.Actions
	results.Actions
	archive.Actions
	// Sentence is what the user reads of an error: what happened and what to do.
	Sentence(err error) string
}

// Options are what a window is made of.
type Options struct {
	Build      buildinfo.Info
	Software   bool // a software renderer draws, as the system has no usable OpenGL
	Connection frame.Connection
	Newer      func(ctx context.Context) (version, note string) // asks for a newer version than this, "" where there is none; nil: nobody is asked
	ManagedBy  string                                           // whose policy this computer has; "" where there is none
	Desk       Desk                                             // nil: there is one connection, and it can't be changed here
	User       string
	SignedIn   bool   // the user is who signed in to Microsoft, and not only who this computer says
	SignIn     SignIn // nil: nobody has to sign in
	Feeds      Feeds
	Actions    Actions
	// RestorePipelineID is the pipeline whose runs are restores; "" where none is configured.
	RestorePipelineID string
	Dispatch          tasks.Dispatch // runs a function on the window's goroutine; fyne.Do where nil
	Probe             *probe.Probe   // nil: none
	Pulse             *probe.Pulse   // nil: none
	Journal           Journal        // nil: none is kept
	// Diagnostics writes what helps somebody else to find a fault, without secrets and data; nil: it can't be had. It may take a minute.
	Diagnostics func(ctx context.Context, facts []diagnostics.Fact) (string, error)
	OpenURL     func(*url.URL) error
	Now         func() time.Time // this computer's clock in the user's zone; time.Now where nil
	// OpenFolder is where files of this computer are looked for first; "": Downloads, else the home folder.
	OpenFolder string
	Theme      fyne.Theme // style.New where nil
	Tour       bool       // offers the tour to who has not closed it for good
}

// The window of the first start and the settings.
type (
	Setup        = setup.Window
	SetupOptions = setup.Options
	SetupGroup   = setup.Group
	SetupTaken   = setup.Taken
	SetupCheck   = setup.Check
)

// SetupGroups are the steps of the first start, SetupFields what is entered in them.
var (
	SetupGroups = setup.Groups
	SetupFields = setup.FieldsOf

	// SecretsGroup and MissingSecrets are those of a start that asks for secrets only.
	SecretsGroup   = setup.SecretsGroup
	MissingSecrets = setup.MissingSecrets
)

// PresetLanguage is the window's language for who has chosen none; "" is the system's. It is called before the first window is made.
func PresetLanguage(language string) { words.Preset(language) }

// NewSetup makes the window of the first start.
func NewSetup(ctx context.Context, app fyne.App, opts SetupOptions) *Setup {
	loadWords(app)
	setLetters(app.Preferences())
	if opts.Theme == nil {
		opts.Theme = themeOf(app.Preferences())
	}
	return setup.New(ctx, app, opts)
}

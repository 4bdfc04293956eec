// Package choosefile lets the user choose a file of this computer. Fyne's own dialog for it keeps the Escape key to itself, lists a slow
// folder on the window's goroutine, and speaks English.
package choosefile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// Request is what is asked for.
type Request struct {
	Title   string
	Folder  string   // where it begins; "" for the user's own
	Endings []string // of the files that are offered, such as .csv; nil for all
	Chosen  func(path string)
}

// dialog is an open choice.
type dialog struct {
	Request
	window  fyne.Window
	open    *dialogs.Dialog
	listing *tasks.Slot
	now     func() time.Time
	folder  string
	rows    *datatable.Rows[Entry]
	path    *controls.Entry
	said    *controls.Banner
	empty   *controls.Empty
}

var columns = []datatable.Column{{Width: 100, Grow: 1, Note: true, Named: true}, {Width: 80, Right: true}}

func cells(e Entry) []datatable.Cell {
	return []datatable.Cell{{Text: e.Name, Note: e.Note, Bold: e.Folder}, {Text: e.Size, Color: style.Muted}}
}

// Open opens the dialog: a click or Return goes into a folder and chooses a file, Escape chooses none.
func Open(window fyne.Window, host *dialogs.Host, runner *tasks.Runner, now func() time.Time, r Request) {
	d := &dialog{Request: r, window: window, now: now, listing: runner.NewSlot(), said: controls.NewBanner()}
	d.empty = controls.NewEmpty(words.T("Nothing to open here"), "")
	d.rows = datatable.NewRows("choosefile.entry", columns, cells, func(e Entry) string { return e.Path }, d.choose, d.empty)
	d.rows.Opened(func(Entry) bool { return true })
	d.path = controls.NewEntry("choosefile.path", words.T("Path of a file or folder"), d.typed)
	places := controls.Line(style.Small)
	home, err := os.UserHomeDir()
	if err == nil {
		places.Add(controls.NewQuiet("choosefile.home", words.T("Home"), func() { d.list(home) }))
		places.Add(controls.NewQuiet("choosefile.downloads", words.T("Downloads"), func() { d.list(filepath.Join(home, "Downloads")) }))
	}
	head := controls.Column(style.Small, controls.Border(nil, nil, nil, places, d.path), d.said.Container)
	d.open = host.Wide(r.Title, controls.Border(controls.Pad(0, style.Small, 0, 0, head), nil, nil, nil, controls.Panel(1, d.rows.Container)))
	d.open.OnClose(d.listing.Cancel)
	if r.Folder == "" {
		r.Folder = home
	}
	d.goTo(r.Folder, home)
	d.rows.Focus()
}

func (d *dialog) choose(e Entry) {
	if e.Folder {
		d.list(e.Path)
		d.rows.Focus()
		return
	}
	d.open.Close()
	d.Chosen(e.Path)
}

// typed goes to what was typed.
func (d *dialog) typed(path string) {
	path = strings.Trim(strings.TrimSpace(path), `"`) // Windows copies paths with quotes
	if path == "" {
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(d.folder, path)
	}
	d.list(filepath.Clean(path))
}

// place is what was found where somebody wanted to go.
type place struct {
	path    string
	entries []Entry
	file    bool // it is no folder, but what is chosen
}

// list shows a folder, and chooses a file.
func (d *dialog) list(path string) { d.goTo(path, path) }

// goTo goes to a place, or to another where that is no folder that can be read. All that asks the disk is off the window's goroutine: a share may not answer.
func (d *dialog) goTo(path, otherwise string) {
	now := d.now()
	look := func(ctx context.Context, path string) (place, error) {
		if path != drives {
			if info, err := os.Stat(path); err == nil && !info.IsDir() {
				return place{path: path, file: true}, nil
			}
		}
		entries, err := List(ctx, path, now, d.wanted)
		return place{path: path, entries: entries}, err
	}
	tasks.Start(d.listing, func(ctx context.Context, _ func(int64, int64)) (place, error) {
		there, err := look(ctx, path)
		if (err != nil || there.file) && otherwise != path {
			return look(ctx, otherwise)
		}
		return there, err
	}, nil, func(there place, err error) {
		switch {
		case err != nil: // what was listed stays
			d.said.Set(controls.StateWarn, words.T("The folder {{.Dir}} can't be read: {{.Why}}.", "Dir", there.path, "Why", why(err)))
			return
		case there.file:
			d.open.Close()
			d.Chosen(there.path)
			return
		}
		d.said.Set(controls.StateWarn, "")
		d.folder = there.path
		d.path.SetText(there.path)
		d.rows.Choose("")
		d.rows.Set(there.entries)
	})
}

// why is an error without the path that it is about.
func why(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

func (d *dialog) wanted(name string) bool {
	return d.Endings == nil || slices.Contains(d.Endings, strings.ToLower(filepath.Ext(name))) && !strings.HasPrefix(name, "~$")
}

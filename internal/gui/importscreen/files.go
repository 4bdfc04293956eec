package importscreen

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/gui/choosefile"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/fabric/artifacts"
)

// source is where the files in the list are.
type source int

const (
	lakehouse source = iota
	thisPC
)

// readable are the kinds of files that can be profiled.
var readable = []string{".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".parquet"}

func canRead(name string) bool {
	return slices.Contains(readable, strings.ToLower(filepath.Ext(name))) && !strings.HasPrefix(name, "~$")
}

// fileRow is an entry of the list, ready to be drawn.
type fileRow struct {
	name, note, size string
	path             string // of a local file or folder; in the lakehouse, relative to it
	folder           bool
	version          string // changes with the content, as far as is known
	spelled          string // the name where another one looks like it: plaintext.Spelled
}

func fileKey(r fileRow) string { return r.path }

var fileColumns = []datatable.Column{{Width: 100, Grow: 1, Note: true, Named: true}, {Width: 64, Right: true}}

func fileCells(r fileRow) []datatable.Cell {
	note := r.note
	if r.spelled != "" {
		note = words.T("spelled {{.Name}}", "Name", r.spelled) + " · " + note
	}
	return []datatable.Cell{{Text: r.name, Note: note, Bold: r.folder}, {Text: r.size, Color: style.Muted}}
}

// toldApart notes of names that look alike how each is spelled: they are different files.
func toldApart(rows []fileRow) []fileRow {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.name
	}
	spelled := plaintext.Alike(names)
	for i := range rows {
		rows[i].spelled = spelled[rows[i].name]
	}
	return rows
}

func lakehouseRows(files []artifacts.File, now time.Time) []fileRow {
	out := make([]fileRow, 0, len(files))
	for _, f := range files {
		version := f.ETag
		if version == "" {
			version = words.Count(f.Size) + f.Modified.String()
		}
		note := words.When(f.Modified, now)
		switch {
		case f.Files > 0:
			note = words.N(int64(f.Files), "{{.N}} file", "{{.N}} files") + " · " + note
		case f.Folder:
			note = words.T("Folder") + " · " + note
		}
		out = append(out, fileRow{name: f.Name, note: note, size: words.Size(f.Size), path: f.Path, version: version})
	}
	return toldApart(out)
}

// listFolder lists a folder of this computer: the folder above, files that can be profiled, the newest first, and folders.
func listFolder(ctx context.Context, dir string, now time.Time) ([]fileRow, error) {
	entries, err := choosefile.List(ctx, dir, now, canRead)
	var out []fileRow
	for _, e := range entries {
		out = append(out, fileRow{name: e.Name, note: e.Note, size: e.Size, path: e.Path, folder: e.Folder, version: e.Version})
	}
	return out, err
}

// folderError says why a folder can't be listed.
func folderError(dir string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return words.T("The folder {{.Dir}} does not exist: choose a file with Open.", "Dir", dir)
	case errors.Is(err, fs.ErrPermission):
		return words.T("The folder {{.Dir}} may not be read: choose a file elsewhere with Open.", "Dir", dir)
	}
	return words.T("The folder {{.Dir}} can't be read: {{.Why}}.", "Dir", dir, "Why", err.Error())
}

// list is the left side of the screen.
type list struct {
	rows   *datatable.Rows[fileRow]
	banner *controls.Banner
	empty  *controls.Empty
	where  *controls.Text
}

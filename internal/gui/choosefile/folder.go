package choosefile

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/gui/words"
	"fabricportal/internal/plaintext"
)

// Entry is a file or folder of this computer, ready to be drawn.
type Entry struct {
	Name, Note, Size string
	Path             string
	Folder           bool
	Version          string // changes with the content, as far as is known
}

// drives is what stands above the folders of Windows' drives.
const drives = ""

// List lists a folder: the folder above, files that are wanted, the newest first, and folders. What is hidden is left out.
func List(ctx context.Context, dir string, now time.Time, wanted func(name string) bool) ([]Entry, error) {
	if dir == drives {
		return listDrives(ctx)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	type file struct {
		entry Entry
		at    time.Time
	}
	var folders []Entry
	var files []file
	for _, e := range entries {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			folders = append(folders, folder(e.Name()+string(filepath.Separator), path))
		case wanted(e.Name()):
			info, err := e.Info()
			if err != nil { // it has gone meanwhile
				continue
			}
			files = append(files, file{of(path, info, now), info.ModTime()})
		}
	}
	slices.SortStableFunc(files, func(a, b file) int { return b.at.Compare(a.at) })
	var out []Entry
	if up, ok := above(dir); ok {
		out = append(out, Entry{Name: "..", Note: words.T("Parent folder"), Path: up, Folder: true})
	}
	for _, f := range files {
		out = append(out, f.entry)
	}
	return toldApart(append(out, folders...)), nil
}

// toldApart notes of names that look alike how each is spelled: they are different files.
func toldApart(entries []Entry) []Entry {
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
	}
	spelled := plaintext.Alike(names)
	for i, e := range entries {
		if as, ok := spelled[e.Name]; ok {
			entries[i].Note = words.T("spelled {{.Name}}", "Name", as)
			if e.Note != "" {
				entries[i].Note += " · " + e.Note
			}
		}
	}
	return entries
}

// above is the folder above one, which on Windows ends at the list of drives.
func above(dir string) (string, bool) {
	if up := filepath.Dir(dir); up != dir {
		return up, true
	}
	return drives, runtime.GOOS == "windows"
}

// listDrives lists the drives of Windows. One that does not answer keeps its letter out of the list until it does.
func listDrives(ctx context.Context) ([]Entry, error) {
	var out []Entry
	for letter := 'A'; letter <= 'Z' && ctx.Err() == nil; letter++ {
		root := string(letter) + `:\`
		if _, err := os.Stat(root); err == nil {
			out = append(out, folder(root, root))
		}
	}
	return out, ctx.Err()
}

func folder(name, path string) Entry {
	return Entry{Name: name, Note: words.T("Folder"), Path: path, Folder: true}
}

func of(path string, info fs.FileInfo, now time.Time) Entry {
	return Entry{
		Name: info.Name(), Note: words.When(info.ModTime(), now), Size: words.Size(info.Size()), Path: path,
		Version: words.Count(info.Size()) + info.ModTime().String(),
	}
}

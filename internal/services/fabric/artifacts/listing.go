package artifacts

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// Bounds of a listing, whatever the other side says.
const (
	maxPage    = 8 << 20 // bytes of one page, which has at most 5000 files
	maxPages   = 100
	maxEntries = 20_000 // of a folder, folders and hidden files among them
	maxMarker  = 8 << 10
	maxSize    = 1 << 50 // bytes of a file; OneLake takes files of 4 TiB
)

// TooManyFilesError says that a folder holds more than is listed.
type TooManyFilesError struct {
	Folder string
	Limit  int
}

func (e *TooManyFilesError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *TooManyFilesError) Say(w format.Writer) string {
	return w.N(int64(e.Limit), "{{.Folder}} holds more than {{.N}} file or folder, and no more are listed: ask its owner to remove what is no longer needed",
		"{{.Folder}} holds more than {{.N}} files and folders, and no more are listed: ask its owner to remove what is no longer needed", "Folder", e.Folder)
}

// LeftOutError says that a list has entries that can't be those of files: a name with control characters or a way up, a size below nothing,
// a file and a folder of one name. It comes beside the files that can be.
type LeftOutError struct {
	Folder string
	Count  int
	First  string // of the names, fit for a sentence
}

func (e *LeftOutError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *LeftOutError) Say(w format.Writer) string {
	return w.N(int64(e.Count), "{{.N}} entry of {{.Folder}} is left out, as its name or size can't be that of a file (“{{.Name}}”): look at it in Fabric, and rename or remove it there",
		"{{.N}} entries of {{.Folder}} are left out, as their names or sizes can't be those of files, such as “{{.Name}}”: look at them in Fabric, and rename or remove them there", "Folder", e.Folder, "Name", e.First)
}

// leftOut counts the entries of a list that are no files.
type leftOut struct {
	count int
	first string
}

func (l *leftOut) add(name string) {
	if l.count++; l.count == 1 {
		l.first = shown(name)
	}
}

// in is what is said of them; nil where there are none.
func (l *leftOut) in(folder string) error {
	if l.count == 0 {
		return nil
	}
	return &LeftOutError{Folder: folder, Count: l.count, First: l.first}
}

// errNotUnderstood is an answer that is no list.
var errNotUnderstood error = format.Say("OneLake's list was not understood: check fabric.onelake_url, and whether a proxy stands in between")

// listedPath is one entry of a listing. Numbers and truth values come as texts, but not from every version.
type listedPath struct {
	Name         string          `json:"name"`
	IsDirectory  json.RawMessage `json:"isDirectory"`
	Length       json.RawMessage `json:"contentLength"`
	LastModified string          `json:"lastModified"`
	ETag         string          `json:"etag"`
}

// nextPage gives a page's body, and where the next one begins; "" for the last.
type nextPage func(marker string) (body io.ReadCloser, next string, err error)

// listing reads a folder of a lakehouse page by page.
type listing struct {
	lakehouse, folder string
	wanted            func(name string) bool
	entries           int
	files             []File
	folders           []File // directly in the folder, without size
	odd               leftOut
}

// read reads all pages. Errors: those of the pages, *TooManyFilesError, errNotUnderstood.
func (l *listing) read(page nextPage) ([]File, error) {
	marker := ""
	for range maxPages {
		body, next, err := page(marker)
		if err != nil {
			return nil, err
		}
		err = l.page(io.LimitReader(body, maxPage))
		body.Close()
		if err != nil {
			return nil, err
		}
		if next == "" {
			slices.SortStableFunc(l.files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
			l.files = slices.CompactFunc(l.files, func(a, b File) bool { return a.Name == b.Name }) // one that was replaced between two pages
			l.apart()
			return l.files, nil
		}
		if next == marker || len(next) > maxMarker {
			break
		}
		marker = next
	}
	return nil, errors.New("the list did not come to an end")
}

// apart leaves out what is said to be a file and a folder at once: nobody knows which it is.
func (l *listing) apart() {
	files := map[string]bool{}
	for _, f := range l.files {
		files[f.Name] = true
	}
	both := map[string]bool{}
	l.folders = slices.DeleteFunc(l.folders, func(f File) bool {
		if files[f.Name] && !both[f.Name] {
			both[f.Name] = true
			l.odd.add(f.Name)
		}
		return files[f.Name]
	})
	l.files = slices.DeleteFunc(l.files, func(f File) bool { return both[f.Name] })
}

// page reads one page entry by entry: a page of millions of empty ones must not take its place in memory at once.
func (l *listing) page(r io.Reader) error {
	d := json.NewDecoder(r)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNotUnderstood
	}
	listed := false
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return errNotUnderstood
		}
		if key != "paths" {
			var other json.RawMessage
			if d.Decode(&other) != nil {
				return errNotUnderstood
			}
			continue
		}
		listed = true
		switch t, err := d.Token(); {
		case err == nil && t == nil: // null
			continue
		case err != nil || t != json.Delim('['):
			return errNotUnderstood
		}
		for d.More() {
			var p listedPath
			if d.Decode(&p) != nil {
				return errNotUnderstood
			}
			if l.entries++; l.entries > maxEntries {
				return &TooManyFilesError{Folder: l.folder, Limit: maxEntries}
			}
			if f, ok := l.entry(p); ok && f.Folder {
				l.folders = append(l.folders, f)
			} else if ok {
				l.files = append(l.files, f)
			}
		}
		if _, err := d.Token(); err != nil {
			return errNotUnderstood
		}
	}
	if _, err := d.Token(); err != nil || !listed { // an answer without a list is no empty list
		return errNotUnderstood
	}
	return nil
}

// entry reads an entry that is a file or folder directly in the folder. One whose name or size can't be is none, and is counted.
func (l *listing) entry(p listedPath) (File, bool) {
	folder := l.lakehouse + "/" + l.folder
	if strings.EqualFold(strings.TrimSuffix(p.Name, "/"), folder) {
		return File{}, false // the folder itself
	}
	prefix := folder + "/"
	if len(p.Name) <= len(prefix) || !strings.EqualFold(p.Name[:len(prefix)], prefix) {
		l.odd.add(p.Name)
		return File{}, false
	}
	name := p.Name[len(prefix):]
	if !l.wanted(name) && name != ".." && name != "." && !strings.Contains(name, "/") {
		return File{}, false
	}
	if !properName(name) {
		l.odd.add(name)
		return File{}, false
	}
	size := int64(0)
	if text := plainJSON(p.Length); text != "" && text != "null" {
		var err error
		if size, err = strconv.ParseInt(text, 10, 64); err != nil || size < 0 || size > maxSize {
			l.odd.add(name)
			return File{}, false
		}
	}
	f := File{Name: name, Path: l.folder + "/" + name, Size: size, ETag: strings.Trim(p.ETag, `"`), Modified: httpTime(p.LastModified)}
	if f.Folder = plainJSON(p.IsDirectory) == "true"; f.Folder {
		f.Size = 0
	}
	return f, true
}

// plainJSON is a value that comes as itself or as a text.
func plainJSON(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }

// inSight leaves out uploads that are under way, and other names with a dot in front.
func inSight(name string) bool { return !strings.HasPrefix(name, ".") }

// stagingAge is how old an upload is that nobody is at any more.
const stagingAge = 7 * 24 * time.Hour

// stagedName is the name of the file whose upload has this staging name; false for any other name.
func stagedName(name string) (string, bool) {
	rest, ok := strings.CutSuffix(name, ".part")
	at := strings.LastIndex(rest, ".")
	if !ok || at < 2 || !strings.HasPrefix(rest, ".") {
		return "", false
	}
	id, err := uuid.Parse(rest[at+1:])
	return rest[1:at], err == nil && id.String() == rest[at+1:]
}

// LeftStaging names the uploads to Files/import that did not come to their end and that nobody is at any more: they were begun
// more than a week before now. What becomes of them is for a person to say: they may be another program's.
func (o *OneLake) LeftStaging(ctx context.Context, now time.Time) ([]File, error) {
	files, err := o.list(ctx, ImportFolder, func(name string) bool { _, ok := stagedName(name); return ok })
	if _, none := errors.AsType[*NotFoundError](err); none {
		return nil, nil
	}
	return slices.DeleteFunc(files, func(f File) bool { return f.Modified.IsZero() || now.Sub(f.Modified) < stagingAge }), err
}

package artifacts

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// described is a file as the others of this package describe theirs. The tag stands for its identity, size and time.
func described(path string, info fs.FileInfo) File {
	tag := fmt.Sprintf("%x-%x-%x", identity(info), info.Size(), info.ModTime().UnixNano())
	return File{Name: path[strings.LastIndex(path, "/")+1:], Path: path, Size: info.Size(), Modified: info.ModTime().UTC(), ETag: hex.EncodeToString([]byte(tag))}
}

// folderOf is a folder of files before they are looked at.
func folderOf(path string, info fs.FileInfo) File {
	f := described(path, info)
	f.Folder, f.Size = true, 0
	return f
}

// ListImport is part of Store.
func (f *Folder) ListImport(ctx context.Context) ([]File, error) {
	l, err := f.listed(ctx, ImportFolder, inSight)
	if _, none := errors.AsType[*NotFoundError](err); none {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := withFolders(ctx, l.files, l.folders, f.list)
	if err != nil {
		return nil, err
	}
	return files, l.odd.in(ImportFolder)
}

// List is part of Store. What is no ordinary file, and what has a dot in front, is left out.
func (f *Folder) List(ctx context.Context, folder string) ([]File, error) {
	return f.list(ctx, folder, inSight)
}

func (f *Folder) list(ctx context.Context, folder string, wanted func(name string) bool) ([]File, error) {
	l, err := f.listed(ctx, folder, wanted)
	return l.files, err
}

func (f *Folder) listed(ctx context.Context, folder string, wanted func(name string) bool) (listing, error) {
	if err := checkPath(folder); err != nil {
		return listing{}, err
	}
	l, err := asked(ctx, f, func(root *os.Root) (listing, error) {
		dir, err := root.Open(filepath.FromSlash(folder))
		if err != nil {
			return listing{}, err
		}
		defer dir.Close()
		l := listing{folder: folder, wanted: wanted}
		for {
			entries, err := dir.ReadDir(1000)
			for _, e := range entries {
				if l.entries++; l.entries > maxEntries {
					return listing{}, &TooManyFilesError{Folder: folder, Limit: maxEntries}
				}
				l.local(e)
			}
			if errors.Is(err, io.EOF) {
				return l, nil
			}
			if err != nil {
				return listing{}, err
			}
		}
	})
	if err != nil {
		if many, ok := errors.AsType[*TooManyFilesError](err); ok {
			return listing{}, many
		}
		return listing{}, f.failed(folder, err)
	}
	byName(l.files)
	byName(l.folders)
	return l, nil
}

// local reads an entry of a folder of this computer. What is neither a file nor a folder, such as a link, is none of the lakehouse's.
func (l *listing) local(e fs.DirEntry) {
	name := e.Name()
	if !l.wanted(name) {
		return
	}
	info, err := e.Info()
	if err != nil || !info.Mode().IsRegular() && !info.IsDir() {
		return // gone since, or none that the portal has to do with
	}
	switch path := l.folder + "/" + name; {
	case !properName(name), info.Size() > maxSize && !info.IsDir():
		l.odd.add(name)
	case info.IsDir():
		l.folders = append(l.folders, folderOf(path, info))
	default:
		l.files = append(l.files, described(path, info))
	}
}

// Stat is part of Store.
func (f *Folder) Stat(ctx context.Context, path string) (File, error) {
	if err := checkPath(path); err != nil {
		return File{}, err
	}
	info, err := asked(ctx, f, func(root *os.Root) (fs.FileInfo, error) { return exactly(root, path) })
	switch {
	case err != nil:
		return File{}, f.failed(path, err)
	case info.IsDir() && isInput(path):
		return inputFolder(ctx, folderOf(path, info), f.list)
	case !info.Mode().IsRegular():
		return File{}, &NotFoundError{Path: path}
	}
	return described(path, info), nil
}

// isInput tells whether a path is one directly in Files/import.
func isInput(path string) bool {
	name, ok := strings.CutPrefix(path, ImportFolder+"/")
	return ok && !strings.Contains(name, "/")
}

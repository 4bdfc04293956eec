package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// mostFolders bounds how many folders of Files/import are looked into at each listing.
const mostFolders = 20

// tables are the endings of the files that a folder in Files/import is known by.
var tables = []string{".csv", ".tsv", ".txt", ".parquet"}

// lists lists the files directly in a folder whose names are wanted, by name.
type lists func(ctx context.Context, folder string, wanted func(name string) bool) ([]File, error)

// withFolders are the files of Files/import and those of its folders that a run could take, newest first.
func withFolders(ctx context.Context, files, folders []File, list lists) ([]File, error) {
	for _, f := range folders[:min(len(folders), mostFolders)] {
		folder, err := inputFolder(ctx, f, list)
		if missing := (*NotFoundError)(nil); errors.As(err, &missing) {
			continue // gone since, or none that a run could take
		}
		if err != nil {
			return nil, err
		}
		files = append(files, folder)
	}
	newestFirst(files)
	return files, nil
}

// inputFolder completes a folder of Files/import with what its files are together; one that may not be listed, or that holds too much for it, can
// be run all the same. Error: *NotFoundError where it holds no file that a run could take, and those of list. Which files count is said in
// contract/RULES.md (Large inputs): names that begin with a dot or an underscore do not.
func inputFolder(ctx context.Context, f File, list lists) (File, error) {
	files, err := list(ctx, f.Path, func(name string) bool { return inSight(name) && !strings.HasPrefix(name, "_") })
	_, many := errors.AsType[*TooManyFilesError](err)
	_, denied := errors.AsType[*AccessError](err)
	switch {
	case many || denied:
		return f, nil
	case err != nil:
		return f, err
	case !slices.ContainsFunc(files, func(f File) bool { return slices.Contains(tables, strings.ToLower(path.Ext(f.Name))) }):
		return f, &NotFoundError{Path: f.Path}
	}
	// The folder's own tag does not change with its files.
	tag := sha256.New()
	for _, file := range files {
		f.Files++
		f.Size += file.Size
		if file.Modified.After(f.Modified) {
			f.Modified = file.Modified
		}
		fmt.Fprintln(tag, file.Name, file.Size, file.ETag, file.Modified.UnixNano())
	}
	f.ETag = hex.EncodeToString(tag.Sum(nil)[:16])
	return f, nil
}

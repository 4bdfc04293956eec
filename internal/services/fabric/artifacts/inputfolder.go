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

// inputFolder completes a folder of Files/import with what its files are together. ok is false where it holds no file that a run could take, or
// is gone. Which files count is said in contract/RULES.md (Large inputs): names that begin with a dot or an underscore do not.
func (o *OneLake) inputFolder(ctx context.Context, f File) (folder File, ok bool, err error) {
	files, err := o.list(ctx, f.Path, func(name string) bool { return inSight(name) && !strings.HasPrefix(name, "_") })
	if missing := (*NotFoundError)(nil); errors.As(err, &missing) {
		return f, false, nil
	}
	if err != nil {
		return f, false, err
	}
	if !slices.ContainsFunc(files, func(f File) bool { return slices.Contains(tables, strings.ToLower(path.Ext(f.Name))) }) {
		return f, false, nil
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
	return f, true, nil
}

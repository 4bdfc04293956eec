package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"fabricportal/internal/format"
)

// Rows that are a folder of parts in the lakehouse are kept as one, too. The names say the place of each part and how many there are, so that
// one that is missing shows.

// keptPart is the name of a part by its place.
func keptPart(place, all int) string { return fmt.Sprintf("%08d of %d%s", place+1, all, parquetEnding) }

// errPartMissing says that a folder does not have all its parts, and nothing else.
var errPartMissing = format.Say("its parts are not all there")

// partsIn are the files of kept rows, in the order of the rows.
func partsIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return []string{path}, err
	}
	entries, err := os.ReadDir(path) // by name
	if err != nil {
		return nil, err
	}
	var names []string
	for i, e := range entries {
		if e.Name() != keptPart(i, len(entries)) {
			return nil, errPartMissing
		}
		names = append(names, filepath.Join(path, e.Name()))
	}
	if len(names) == 0 {
		return nil, errPartMissing
	}
	return slices.Clip(names), nil
}

package rules

import (
	"context"

	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Check checks a file of which nothing else is asked.
func Check(ctx context.Context, path string, set Set, opts Options) (Report, error) {
	return checkAt(ctx, path, 0, set, opts)
}

// checkAt is Check with the number of the header row; 0 for the first row with a value.
func checkAt(ctx context.Context, path string, header int, set Set, opts Options) (Report, error) {
	file, err := scan.Open(ctx, spreadsheet.Disk(path), scan.Options{HeaderRow: header})
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = file.Close() }()
	c, err := New(file, set, opts)
	if err != nil {
		return Report{}, err
	}
	defer c.Close()
	if err := file.Read(ctx, c); err != nil {
		return Report{}, err
	}
	return c.Finish(ctx)
}

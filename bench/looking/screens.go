package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/dataset"
)

// lakehouse is one with the rows of one run, which are a file.
type lakehouse struct {
	rows *os.File
	info fs.FileInfo
}

func (l lakehouse) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
}

func (l lakehouse) Stat(_ context.Context, path string) (artifacts.File, error) {
	if !strings.HasSuffix(path, "/"+artifacts.ParquetFile) {
		return artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return artifacts.File{Path: path, Size: l.info.Size(), Modified: l.info.ModTime(), ETag: "1"}, nil
}

func (l lakehouse) ReadRange(_ context.Context, _ artifacts.File, offset int64, p []byte) error {
	_, err := l.rows.ReadAt(p, offset)
	return err
}

// screens prints what Results, Data reads of the rows of a run for what is on the screen: at first, and after a leap into their middle.
func screens(f *os.File, info fs.FileInfo) error {
	ctx, run := context.Background(), "11111111-1111-4111-8111-111111111111"
	began := time.Now()
	table, err := dataset.NewStore("", lakehouse{f, info}).InPlace(ctx, &run, dataset.Ask, nil)
	if err != nil {
		return err
	}
	defer func() { _ = table.Close() }()
	before := int64(0)
	for _, at := range []struct {
		name string
		row  int
	}{{"first screen", 0}, {"after a leap", table.Rows()/2 + 12_345}} {
		rows, err := table.All().Shown(ctx, at.row, 256, nil)
		if err != nil {
			return err
		}
		read := table.Fetched() - before
		fmt.Printf("%-15s %6.0f MB: %d of %d rows shown, %.2f MB read, %s\n", at.name, float64(info.Size())/1e6, len(rows.Cells), table.Rows(), float64(read)/1e6, time.Since(began).Round(time.Millisecond))
		if read > 4e6 {
			return fmt.Errorf("more than 4 MB were read for one screen")
		}
		before, began = table.Fetched(), time.Now()
	}
	return nil
}

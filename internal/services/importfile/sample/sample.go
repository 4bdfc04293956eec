// Package sample makes a file to try the program with: orders of a year up to yesterday, made up on this computer, with a few
// faults such as real files have. It needs no network, no account and no configuration.
package sample

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/atomicfile"
)

// Name is what the file is called, so that nobody takes it for data of the company.
const Name = base + ".xlsx"

const base = "SAMPLE made-up sales orders"

// Is tells whether a path is that of a sample, or of a copy of one: by its name, which also a copy keeps at its beginning.
func Is(path string) bool {
	name := filepath.Base(strings.ReplaceAll(path, `\`, "/"))
	return len(name) >= len(base) && strings.EqualFold(name[:len(base)], base)
}

// Write makes the sample of today in a folder, which is made where it is missing, and returns the file's path. One that is there is
// replaced, so that its dates are never old; where another program holds it, it stays as it is. Errors are those of
// atomicfile.Replace.
func Write(ctx context.Context, folder string, today time.Time) (string, error) {
	path := filepath.Join(folder, Name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", &atomicfile.Error{Sentence: "the folder " + folder + " for the sample can't be made", Err: err}
	}
	_, err := atomicfile.Replace(ctx, path, atomicfile.Private, func(w io.Writer) error { return workbook(w, Rows(Seed, today)) })
	if err == nil {
		return path, nil
	}
	if info, gone := os.Stat(path); ctx.Err() == nil && gone == nil && info.Mode().IsRegular() {
		return path, nil
	}
	return "", fmt.Errorf("writing the sample: %w", err)
}

// workbook writes rows, the headers first, as the first sheet of a workbook.
func workbook(w io.Writer, rows [][]any) error {
	f := excelize.NewFile()
	defer f.Close()
	const sheet = "Sample orders"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	if err := f.SetDocProps(&excelize.DocProperties{Title: base, Subject: "Made-up data, generated to try the program with", Creator: "Fabric Data Portal"}); err != nil {
		return err
	}
	date, err := f.NewStyle(&excelize.Style{CustomNumFmt: new("yyyy-mm-dd")})
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, v := range row {
			if t, ok := v.(time.Time); ok {
				v = excelize.Cell{StyleID: date, Value: t}
			}
			cells[j] = v
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return err
		}
		if err := out.SetRow(at, cells); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

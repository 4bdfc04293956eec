// Package sample makes a file to try the program with: orders of a year up to yesterday, made up on this computer, with a few
// faults such as real files have. It needs no network, no account and no configuration.
package sample

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Name is what the file is called, so that nobody takes it for data of the company.
const Name = base + ".xlsx"

const base = "SAMPLE made-up sales orders"

// Is tells whether a path is that of a sample, or of a copy of one: by its name, which also a copy keeps at its beginning.
func Is(path string) bool {
	name := filepath.Base(strings.ReplaceAll(path, `\`, "/"))
	return len(name) >= len(base) && strings.EqualFold(name[:len(base)], base)
}

// Write writes the sample of a day as a workbook.
func Write(w io.Writer, today time.Time) error {
	if err := workbook(w, Rows(Seed, today)); err != nil {
		return fmt.Errorf("writing the sample: %w", err)
	}
	return nil
}

// workbook writes rows, the headers first, as the first sheet of a workbook.
func workbook(w io.Writer, rows [][]any) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
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

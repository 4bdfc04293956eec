// Package sampledata generates the sandbox's import files: workbooks of sales orders in the shape in which Excel writes
// them. The same Spec gives the same bytes on every machine, so figures in tests and documents stay true: nothing depends
// on the clock, and all arithmetic that decides anything is done with integers.
package sampledata

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Names of the files that Write makes.
const (
	FactFile   = "sales_orders_fact.xlsx"      // 50,000 orders of 2025, with some dirt in it
	NextFile   = "sales_orders_fact_next.xlsx" // the orders of January 2026
	BrokenFile = "sales_orders_broken.xlsx"    // fails validation: no Revenue column, many repeated orders
)

// Spec says what is in a workbook. The rows are Orders + Duplicates + WithoutID, in the order of their dates.
type Spec struct {
	Seed        uint64
	From, To    time.Time // first and last day of the orders
	Orders      int       // different orders
	FirstNumber int       // number in the first order's id

	Duplicates  int // rows that repeat an order from a little further up
	WithoutID   int // rows without an order id
	BadDates    int // orders whose date is a text that is no date
	TextDates   int // orders whose date is a text, but a readable one
	TextNumbers int // orders whose revenue is a number typed as text
	Padded      int // orders with blanks at the ends of a text
	BlankKeys   int // orders without channel, and as many without region

	DirtyHeaders bool // blanks around some headers
	OmitRevenue  bool // no Revenue column
}

// Rows is the number of rows below the header.
func (s Spec) Rows() int { return s.Orders + s.Duplicates + s.WithoutID }

// Fact is the year that the demo starts with.
func Fact() Spec {
	return Spec{
		Seed: 2025, From: day(2025, time.January, 1), To: day(2025, time.December, 31), Orders: 50_000, FirstNumber: 1,
		Duplicates: 37, WithoutID: 9, BadDates: 23, TextDates: 31, TextNumbers: 58, Padded: 240, BlankKeys: 41, DirtyHeaders: true,
	}
}

// Next is the month after Fact.
func Next() Spec {
	return Spec{
		Seed: 2026, From: day(2026, time.January, 1), To: day(2026, time.January, 31), Orders: 4_312, FirstNumber: 1,
		Duplicates: 3, BadDates: 2, TextNumbers: 5, Padded: 20, BlankKeys: 4, DirtyHeaders: true,
	}
}

// Broken is a file that fails validation.
func Broken() Spec {
	return Spec{
		Seed: 13, From: day(2025, time.November, 1), To: day(2025, time.November, 30), Orders: 1_760, FirstNumber: 1,
		Duplicates: 240, BadDates: 12, DirtyHeaders: true, OmitRevenue: true,
	}
}

// Write makes the three files in dir, which must exist. A file of the same name is replaced.
func Write(dir string) error {
	for _, file := range []struct {
		name string
		spec Spec
	}{{FactFile, Fact()}, {NextFile, Next()}, {BrokenFile, Broken()}} {
		if err := writeFile(filepath.Join(dir, file.name), file.spec); err != nil {
			return fmt.Errorf("writing the sample file %s: %w", file.name, err)
		}
	}
	return nil
}

func writeFile(path string, spec Spec) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	return WriteOrders(f, spec)
}

// WriteOrders writes a workbook with one sheet of orders to w. Memory does not grow with the number of rows: what
// workbooks keep at their end is kept in a temporary file until then. A sheet holds 1,048,575 rows below the header.
func WriteOrders(w io.Writer, spec Spec) (err error) {
	if err := spec.check(); err != nil {
		return err
	}
	book, err := newWorkbook(w, spec.Rows(), columnsOf(spec))
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := book.discard(); err == nil {
			err = closeErr
		}
	}()
	source := newOrders(spec)
	for {
		row, ok := source.next()
		if !ok {
			break
		}
		book.addRow(row)
	}
	return book.finish(spec.To.AddDate(0, 0, 1))
}

func (s Spec) check() error {
	const sheetRows = 1_048_576
	switch {
	case s.Orders < 1:
		return fmt.Errorf("sample data needs at least one order, not %d", s.Orders)
	case s.Rows()+1 > sheetRows:
		return fmt.Errorf("%d rows are more than a sheet holds", s.Rows())
	case s.To.Before(s.From):
		return fmt.Errorf("sample data can't end (%s) before it starts (%s)", s.To.Format(time.DateOnly), s.From.Format(time.DateOnly))
	}
	for _, n := range []int{s.Duplicates, s.WithoutID, s.BadDates, s.TextDates, s.TextNumbers, s.Padded, s.BlankKeys} {
		if n < 0 || n > s.Orders {
			return fmt.Errorf("%d dirty rows are not between 0 and the number of orders", n)
		}
	}
	if s.BadDates+s.TextDates > s.Orders {
		return fmt.Errorf("more dates are to be text than there are orders")
	}
	return nil
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

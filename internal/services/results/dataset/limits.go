package dataset

import (
	"errors"

	"fabricportal/internal/format"
)

// What the rows of a file may take in memory, in bytes, whatever the file holds or says of itself. A desktop has 256 MB in
// all: some 60 are the window's, and a fifth of what is in use is garbage. Sorting gives up what is kept.
const (
	readerBytes = 48 << 20  // the pages that a reader decodes, with their dictionary; two readers at one time
	keptBytes   = 56 << 20  // whole columns
	sortBytes   = 104 << 20 // what a column is sorted with, and the column
	blockBytes  = 16 << 20  // the pages that windows were last read from
	windowBytes = 16 << 20  // the texts of one window
	copyBytes   = 16 << 20  // a text for the clipboard
	countBytes  = 16 << 20  // the different values of a column
)

// What a table may have. Others are refused: they could not be drawn within the memory either.
const (
	maxColumns = 1024
	// windowCells is how many cells a window has at most: one of 256 rows is whole, whatever the columns.
	windowCells = 256 * maxColumns
	// mostCounted is the number of different values of a column up to which they are counted.
	mostCounted = 1 << 16
	// countable is the number of rows up to which a table is filtered and searched: a set of them takes 8 MB.
	countable = 1 << 26
)

// errNoRoom says that a column takes more memory than there is for it.
var errNoRoom = errors.New("the column takes more memory than there is for it")

// checkRows refuses what takes as many bits as the table has rows, and what needs all rows where they are not on this computer.
func (t *Table) checkRows() error {
	if t.away != nil {
		return &AwayError{Bytes: t.away.bytes}
	}
	if t.rows > countable {
		return &QueryError{format.SayN(int64(t.rows), "the data has {{.N}} row, and at most {{.Most}} can be sorted and filtered here: query the table in the lakehouse instead",
			"the data has {{.N}} rows, and at most {{.Most}} can be sorted and filtered here: query the table in the lakehouse instead", "Most", int64(countable))}
	}
	return nil
}

// sortBytesOf is what a row takes while it is sorted: its key and number twice, and its place before and after.
const sortBytesOf = 40

// tooManyToSort says how many rows could be sorted in the memory that is left.
func tooManyToSort(rows int, left int64) error {
	return &QueryError{format.SayN(int64(rows), "{{.N}} row is too much to sort here (at most {{.Most}} by this column): filter or search first, so that fewer are left",
		"{{.N}} rows are too many to sort here (at most {{.Most}} by this column): filter or search first, so that fewer are left", "Most", max(left, 0)/sortBytesOf)}
}

// errTextsToSort says that the texts of a column are too long to be sorted.
func errTextsToSort() error {
	return &QueryError{format.Say("the texts of this column take more than {{.Most}}, which is too much to sort here: filter or search first, so that fewer rows are left", "Most", format.Size(sortBytes))}
}

// Package dataset is the cleaned rows of a run as a table of any length. It reads the rows in sight from a local copy of
// sales_cleaned.parquet. It sorts, filters and searches a column at a time. It does not trust the
// sizes that a file states: a damaged or hostile file gives an error.
//
// Several goroutines may use a Table and its Views. Every call that can take long takes a context, and returns its error
// when that ends. A View never changes: the answer to an older question is dropped when the next one arrives.
package dataset

import (
	"time"

	"fabricportal/internal/format"
)

// Kind is what the values of a column are.
type Kind int

// The kinds. Text of numbers has a point and no grouping; a date is YYYY-MM-DD; a date-time YYYY-MM-DD HH:MM:SS.
const (
	Text Kind = iota
	Integer
	Decimal
	Boolean
	Date
	DateTime
)

// Number tells whether the column's values are numbers, which stand to the right.
func (k Kind) Number() bool { return k == Integer || k == Decimal }

func (k Kind) String() string {
	return [...]string{"text", "integer", "decimal", "boolean", "date", "datetime"}[k]
}

// Column is a column of the file.
type Column struct {
	Name string
	Kind Kind
}

// Cell is a value in plain form, for a machine to read and a person to copy. Null cells have no text.
type Cell struct {
	Text string
	Null bool
	Part bool // of a Shown window: Text is not all of the cell, or not as it stands there
}

// Rows is a rectangle of cells.
type Rows struct {
	From    int      // the first row's place in the view, from 0
	Columns []int    // places in Table.Columns
	Cells   [][]Cell // by row, then as Columns
}

// Operation is what a Filter asks of a cell.
type Operation int

// The operations. Texts are compared without regard to case and accents, and in the form that Cell.Text has.
const (
	Contains   Operation = iota // Text stands in the cell
	Equals                      // the cell is Text; for a number, has its value; "" finds null cells
	InRange                     // a number from Min to Max, both included; nil leaves that end open
	Between                     // a date from From to To, both days included; the zero time leaves that end open
	NotEmpty                    // the cell is neither null nor an empty text
	IsEmpty                     // the cell is null or an empty text
	OneOf                       // the cell is one of Texts, as Distinct returned them
	NotContain                  // Text does not stand in the cell
)

// Filter is a condition on one column. Which of the fields count depends on the operation.
type Filter struct {
	Column   int
	Op       Operation
	Text     string
	Texts    []string
	Min, Max *float64
	From, To time.Time // days; the time of day is ignored
}

// Order is a column to sort by. Null cells stand last whichever way it goes; equal rows keep the file's order.
type Order struct {
	Column     int
	Descending bool
}

// Query is what a View shows: the rows for which all filters hold and of which a cell of SearchIn has the text Search,
// sorted by the first Order, equal ones by the next. The zero Query is all rows in the file's order.
type Query struct {
	Filters  []Filter
	Search   string
	SearchIn []int // columns; nil is all
	Sort     []Order
}

// Plain tells whether the query leaves all rows in the file's order.
func (q Query) Plain() bool { return len(q.Filters) == 0 && q.Search == "" && len(q.Sort) == 0 }

// Progress is told how much of a question is worked out, in steps of its own. It is called from the goroutine that
// asked, or one it waits for, never from two at once.
type Progress func(done, total int)

// Count is a value of a column and how many cells have it.
type Count struct {
	Text string
	Null bool
	Rows int
}

// FileError says that a file can't be read as cleaned data.
type FileError struct {
	Path         string
	*format.Said // what happened and what to do
}

// QueryError says that a question doesn't fit the table.
type QueryError struct{ *format.Said }

func (t *Table) checkColumns(columns []int) error {
	for _, c := range columns {
		if c < 0 || c >= len(t.columns) {
			return &QueryError{format.Say("there is no column {{.Column}}: the last one is column {{.Last}}", "Column", c+1, "Last", len(t.columns))}
		}
	}
	return nil
}

// Package cleaning applies the rules of contract/RULES.md to the rows of an import file: which rows are kept, and which values become null.
// The profile's checks and the KPIs both use it, so they can't disagree. The notebook follows the same rules in Python.
// The meaning of names and values is the business of package reading.
package cleaning

import (
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// The values of cells, by their names here.
type (
	Value   = reading.Value
	Kind    = reading.Kind
	Header  = reading.Header
	Columns = reading.Columns
	Reading = reading.Reading
)

// The kinds of values.
const (
	Null     = reading.Null
	Integer  = reading.Integer
	Decimal  = reading.Decimal
	Boolean  = reading.Boolean
	Date     = reading.Date
	DateTime = reading.DateTime
	Time     = reading.Time
	Text     = reading.Text
	Kinds    = reading.Kinds
)

// Read is reading.Read.
func Read(c spreadsheet.Cell, csv bool) Value { return reading.Read(c, csv) }

// ReadText is reading.ReadText.
func ReadText(text []byte) Value { return reading.ReadText(text) }

// ReadKey is reading.ReadKey.
func ReadKey(text []byte) Value { return reading.ReadKey(text) }

// NumberValue is reading.NumberValue.
func NumberValue(n float64) Value { return reading.NumberValue(n) }

// Trim is reading.Trim.
func Trim(b []byte) []byte { return reading.Trim(b) }

// DayOf is reading.DayOf.
func DayOf(millis int64) int32 { return reading.DayOf(millis) }

// DayText is reading.DayText.
func DayText(day int32) string { return reading.DayText(day) }

// NormalizedName is reading.NormalizedName.
func NormalizedName(name string) string { return reading.NormalizedName(name) }

// ReadHeader is reading.ReadHeader.
func ReadHeader(cells []spreadsheet.Cell, row int) (Header, bool) {
	return reading.ReadHeader(cells, row)
}

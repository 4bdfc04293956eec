// Package reading knows the meaning of the texts in an import file: names of columns, numbers, dates, and words for an empty cell.
// It looks at the whole file to find out how it must be read (contract/RULES.md, Read options), which choices a person has to make,
// and which rows and amounts are missing from the sums.
// The notebook follows the same rules in Python.
package reading

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"fabricportal/internal/services/importfile/spreadsheet"
)

// Kind is the type of a value as the profile counts it.
type Kind uint8

// The kinds of values.
const (
	Null Kind = iota
	Integer
	Decimal
	Boolean
	Date
	DateTime
	Time // of day, without a day
	Text
	Kinds // their number
)

// Value is a cell's value. Text is valid as long as the cell's.
type Value struct {
	Kind Kind
	Same uint32  // of a text: a number that equal texts of the file have and no others; 0 where it has none
	Num  float64 // numbers: the value; Boolean: 0 or 1; Date and DateTime: milliseconds since 1970-01-01T00:00:00; Time: since midnight
	Text []byte  // where the file holds a text (always in a CSV): the text without blanks at its ends
}

// Reading is what the text of a cell was read as, by who has read it already.
type Reading struct {
	Num  float64 // as Value.Num
	Kind Kind
	Same uint32 // as Value.Same, in a column whose texts are a series
}

// Read reads a cell. In a CSV every cell is text and has the first kind that it can be read as; in a workbook a text is
// a text.
func Read(c spreadsheet.Cell, csv bool) Value {
	switch c.Kind {
	case spreadsheet.Number:
		return NumberValue(c.Num)
	case spreadsheet.Bool:
		return Value{Kind: Boolean, Num: c.Num}
	case spreadsheet.Date:
		return Value{Kind: Date, Num: c.Num}
	case spreadsheet.DateTime:
		return Value{Kind: DateTime, Num: c.Num}
	case spreadsheet.Time:
		return Value{Kind: Time, Num: c.Num}
	case spreadsheet.Text, spreadsheet.Error:
		text := Trim(c.Text)
		switch {
		case len(text) == 0:
			return Value{}
		case csv:
			return ReadText(text)
		}
		return Value{Kind: Text, Text: text}
	}
	return Value{}
}

// NumberValue is a number's value.
func NumberValue(n float64) Value {
	if n == math.Trunc(n) {
		return Value{Kind: Integer, Num: n + 0} // -0 + 0 is 0
	}
	return Value{Kind: Decimal, Num: n}
}

// ReadText gives a trimmed text the first kind that it can be read as: a number, boolean, date, date-time or time of
// day, else a text.
func ReadText(text []byte) Value {
	v := Value{Kind: Text, Text: text}
	if len(text) == 0 || text[0] > '9' && (len(text) > 5 || text[0]|0x20 != 't' && text[0]|0x20 != 'f') {
		return v // most texts begin with a letter
	}
	if n, ok := numberIn(text); ok {
		v.Kind, v.Num = NumberValue(n).Kind, n
	} else if len(text) == 4 && bytes.EqualFold(text, []byte("true")) {
		v.Kind, v.Num = Boolean, 1
	} else if len(text) == 5 && bytes.EqualFold(text, []byte("false")) {
		v.Kind = Boolean
	} else if millis, timed, ok := dateIn(text); ok {
		v.Kind, v.Num = Date, float64(millis)
		if timed {
			v.Kind = DateTime
		}
	} else if seconds, ok := clockIn(text); ok {
		v.Kind, v.Num = Time, float64(seconds*1000)
	}
	return v
}

// keyDigits is how many digits a number has at most that no spreadsheet changes.
const keyDigits = 15

// ReadKey reads a trimmed text of a text file's column of order_ids: it stays a text unless a number does not change it
// (contract/RULES.md, Keys and texts).
func ReadKey(text []byte) Value {
	v := Value{Kind: Text, Text: text}
	if len(text) == 0 || len(text) > keyDigits || text[0] == '0' && len(text) > 1 {
		return v
	}
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' {
			return v
		}
		n = n*10 + int(c-'0')
	}
	v.Kind, v.Num = Integer, float64(n)
	return v
}

// Number is the number that a value holds, as a number or as text.
func (v Value) Number() (float64, bool) {
	switch v.Kind {
	case Integer, Decimal:
		return v.Num, true
	case Text:
		return numberIn(v.Text)
	}
	return 0, false
}

// Day is the day that a value holds, as a date, date-time or text, counted from 1970-01-01.
func (v Value) Day() (int32, bool) {
	switch v.Kind {
	case Date, DateTime:
		return DayOf(int64(v.Num)), true
	case Text:
		millis, _, ok := dateIn(v.Text)
		return DayOf(millis), ok
	}
	return 0, false
}

// DayOf is the day of an instant in milliseconds since 1970-01-01T00:00:00, counted from that day.
func DayOf(millis int64) int32 { return int32(math.Floor(float64(millis) / millisPerDay)) }

// AppendText appends the value as text: a text trimmed, a number in its shortest decimal form, true or false, dates as
// YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, times HH:MM:SS; nothing for null.
func (v Value) AppendText(dst []byte) []byte {
	switch {
	case v.Text != nil:
		return append(dst, v.Text...)
	case v.Kind == Integer, v.Kind == Decimal:
		return strconv.AppendFloat(dst, v.Num, 'f', -1, 64)
	case v.Kind == Boolean:
		return strconv.AppendBool(dst, v.Num != 0)
	case v.Kind == Date, v.Kind == DateTime, v.Kind == Time:
		return append(dst, v.TimeText()...)
	}
	return dst
}

// TimeText is a Date, DateTime or Time as the documents write it.
func (v Value) TimeText() string {
	layout := time.DateOnly
	switch v.Kind {
	case DateTime:
		layout = "2006-01-02T15:04:05"
	case Time:
		layout = time.TimeOnly
	}
	return time.UnixMilli(int64(v.Num)).UTC().Format(layout)
}

// DayText is a day, counted from 1970-01-01, as YYYY-MM-DD.
func DayText(day int32) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

// Trim cuts Unicode's white space at both ends.
func Trim(b []byte) []byte {
	if n := len(b); n > 0 && b[0] > ' ' && b[0] < 0x7F && b[n-1] > ' ' && b[n-1] < 0x7F {
		return b
	}
	return bytes.TrimSpace(b)
}

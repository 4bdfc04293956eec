package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Plain tells whether the options say nothing: the file is read by the rules as they stand.
func (o ReadOptions) Plain() bool {
	o.SchemaVersion = 0
	return reflect.ValueOf(o).IsZero()
}

// Merged is o with what more says in its place; columns are merged role by role.
func (o ReadOptions) Merged(more ReadOptions) ReadOptions {
	to, from := reflect.ValueOf(&o).Elem(), reflect.ValueOf(more)
	columns := o.Columns
	for i := range to.NumField() {
		if !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
	if len(columns) > 0 && len(more.Columns) > 0 {
		o.Columns = maps.Clone(columns)
		maps.Copy(o.Columns, more.Columns)
	}
	o.SchemaVersion = ReadOptionsVersion
	return o
}

// ReadOptionsParameter is the pipeline's parameter that holds read_options as one line of text.
const ReadOptionsParameter = "read_options"

// Lasting is what of a file's options holds for the next file of its shape, too. How many rows stand at its end, and that a person
// took what is missing from its sums, does not.
func (o ReadOptions) Lasting() ReadOptions {
	o.EndRows, o.AcceptMissing = 0, false
	return o
}

// ForRun is what a run has to be told of a file that was read so: what a person has given, as the notebook finds the rest by the
// same rules. It is nil where nothing was given and nothing found, as then any pipeline reads the file alike; it says nothing, and
// is there, where something was found: a pipeline that was deployed before read_options came would not find it. r may be nil, for a
// file that was not looked at.
func (o ReadOptions) ForRun(r *Reading) *ReadOptions {
	if o.Plain() && (r == nil || len(r.Found) == 0) {
		return nil
	}
	o.SchemaVersion = ReadOptionsVersion
	return &o
}

// ReadOptionsError says which field of read_options is wrong, in a sentence.
type ReadOptionsError struct {
	Field    string // "" where it is the whole document
	Sentence string
}

func (e *ReadOptionsError) Error() string { return e.Sentence }

// Encodings that a text file can have (read_options.schema.json).
var Encodings = []string{
	"utf-8", "utf-16le", "utf-16be", "windows-1250", "windows-1251", "windows-1252", "windows-1254", "iso-8859-1", "iso-8859-2", "iso-8859-15", "macintosh", "ibm850",
}

// ParseReadOptions reads a read_options document; an empty text says nothing. Errors are *ReadOptionsError or *ErrNewerVersion.
func ParseReadOptions(data []byte) (ReadOptions, error) {
	o := ReadOptions{SchemaVersion: ReadOptionsVersion}
	if len(bytes.TrimSpace(data)) == 0 {
		return o, nil
	}
	var head struct {
		SchemaVersion *int `json:"schema_version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return o, &ReadOptionsError{Sentence: "the read options are no JSON object: save them anew with “profile FILE --save-options”"}
	}
	if head.SchemaVersion == nil {
		return o, &ReadOptionsError{Field: "schema_version", Sentence: "the read options have no schema_version: it is 1"}
	}
	if *head.SchemaVersion > ReadOptionsVersion {
		return o, &ErrNewerVersion{Document: "read_options", Found: *head.SchemaVersion, Reads: ReadOptionsVersion}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, &ReadOptionsError{Sentence: "the read options are not as they should be: " + strings.TrimPrefix(err.Error(), "json: ")}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return o, &ReadOptionsError{Sentence: "behind the read options stands something else: one JSON object is wanted"}
	}
	return o, o.Check()
}

// Check says what is wrong with the options, as a *ReadOptionsError.
func (o ReadOptions) Check() error {
	oneOf := func(field, value string, allowed ...string) error {
		if value == "" || slices.Contains(allowed, value) {
			return nil
		}
		return &ReadOptionsError{Field: field, Sentence: fmt.Sprintf("%s can't be %q: it is one of %s", field, value, strings.Join(quoted(allowed), ", "))}
	}
	grouping := "."
	if o.GroupingMark != nil {
		grouping = *o.GroupingMark
	}
	checks := []error{
		oneOf("encoding", o.Encoding, Encodings...),
		oneOf("quoting", o.Quoting, QuotingDouble, QuotingBackslash, QuotingNone),
		oneOf("decimal_mark", o.DecimalMark, ".", ","),
		oneOf("grouping_mark", grouping, ".", ",", "'", " "),
		oneOf("date_order", o.DateOrder, YearFirst, DayFirst, MonthFirst),
		oneOf("row_is", o.RowIs, RowIsOrder, RowIsOrderLine),
		oneOf("rows_no_orders", o.RowsNoOrders, LeaveOut, Count),
		oneOf("shifted_rows", o.ShiftedRows, Realign, LeaveOut),
	}
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	wrong := func(field, sentence string) error { return &ReadOptionsError{Field: field, Sentence: sentence} }
	switch {
	case o.HeaderRow < 0:
		return wrong("header_row", "header_row counts from 1, as a spreadsheet does")
	case o.EndRows < 0:
		return wrong("end_rows", "end_rows can't be below 0")
	case o.Delimiter != "" && (utf8.RuneCountInString(o.Delimiter) != 1 || strings.ContainsAny(o.Delimiter, "\"\r\n\x00")):
		return wrong("delimiter", "delimiter is one character, and neither a quote nor the end of a line")
	case o.DecimalMark != "" && o.GroupingMark != nil && *o.GroupingMark == o.DecimalMark:
		return wrong("grouping_mark", "grouping_mark and decimal_mark can't be the same")
	case o.TwoDigitYears != 0 && (o.TwoDigitYears < 1900 || o.TwoDigitYears > 2000):
		return wrong("two_digit_years_from", "two_digit_years_from is a year from 1900 to 2000")
	case slices.Contains(o.NullWords, ""):
		return wrong("null_words", "null_words can't hold an empty text")
	}
	if _, err := o.Location(); err != nil {
		return err
	}
	for role, header := range o.Columns {
		if !slices.ContainsFunc(Words().Roles, func(r Role) bool { return r.Role == role }) {
			return wrong("columns", fmt.Sprintf("columns can't name %q: it is one of order_id, order_date, revenue, channel, region, product_category, quantity, unit_price, discount", role))
		}
		if header == "" {
			return wrong("columns", fmt.Sprintf("columns must name a header for %s", role))
		}
	}
	return nil
}

// Location is the zone that TimeZone names; nil where an instant's day is the one that is written.
func (o ReadOptions) Location() (*time.Location, error) {
	zone := o.TimeZone
	if zone == "" {
		return nil, nil
	}
	if t, err := time.Parse("-07:00", zone); err == nil {
		_, seconds := t.Zone()
		return time.FixedZone(zone, seconds), nil
	}
	if l, err := time.LoadLocation(zone); err == nil && zone != "Local" {
		return l, nil
	}
	return nil, &ReadOptionsError{Field: "time_zone", Sentence: fmt.Sprintf("time_zone %q is not known: it is a name such as Europe/Berlin, or an offset such as +01:00", zone)}
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = fmt.Sprintf("%q", s)
	}
	return out
}

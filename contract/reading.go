package contract

// ReadOptions is read_options: how an import file is read (RULES.md, Read options). The zero value of a field says
// nothing; the field is then found.
type ReadOptions struct {
	SchemaVersion int               `json:"schema_version"`
	Sheet         string            `json:"sheet,omitempty"`
	HeaderRow     int64             `json:"header_row,omitempty"` // as a spreadsheet counts
	EndRows       int64             `json:"end_rows,omitempty"`   // rows with a value at the end that are no data
	Encoding      string            `json:"encoding,omitempty"`
	Delimiter     string            `json:"delimiter,omitempty"`
	Quoting       string            `json:"quoting,omitempty"`
	DecimalMark   string            `json:"decimal_mark,omitempty"`
	GroupingMark  *string           `json:"grouping_mark,omitempty"` // empty: nothing groups; nil: found
	DateOrder     string            `json:"date_order,omitempty"`
	TwoDigitYears int               `json:"two_digit_years_from,omitempty"` // first of the hundred years
	TimeZone      string            `json:"time_zone,omitempty"`            // IANA name or +HH:MM
	NullWords     []string          `json:"null_words,omitempty"`           // nil: the usual ones
	Columns       map[string]string `json:"columns,omitempty"`              // role to header, as it stands in the file
	RowIs         string            `json:"row_is,omitempty"`
	RowsNoOrders  string            `json:"rows_no_orders,omitempty"`
	ShiftedRows   string            `json:"shifted_rows,omitempty"`
	AcceptMissing bool              `json:"accept_missing,omitempty"`
}

// Values of ReadOptions' fields.
const (
	RowIsOrder     = "order"
	RowIsOrderLine = "order_line"

	LeaveOut = "leave_out" // of RowsNoOrders and ShiftedRows
	Count    = "count"     // of RowsNoOrders
	Realign  = "realign"   // of ShiftedRows

	QuotingDouble    = "double"
	QuotingBackslash = "backslash"
	QuotingNone      = "none"

	YearFirst  = "ymd"
	DayFirst   = "dmy"
	MonthFirst = "mdy"
)

// Reading says how a file was read, and what that leaves out.
type Reading struct {
	Options   ReadOptions `json:"options"` // what was used: given, or found
	Found     []Found     `json:"found"`
	Questions []Question  `json:"questions"` // empty where nothing is open
	LeftOut   []LeftOut   `json:"left_out"`
	Missing   Missing     `json:"missing"`
}

// Found is an option that was used.
type Found struct {
	Option   string     `json:"option"` // its name in read_options
	Source   string     `json:"source"` // SourceGiven or SourceFound
	Evidence []Evidence `json:"evidence"`
}

// Where an option comes from.
const (
	SourceGiven = "given"
	SourceFound = "found"
)

// Evidence counts what speaks for a reading.
type Evidence struct {
	Form  string `json:"form"` // an example that stands for the form, a word, a kind of row, or a header
	Count int64  `json:"count"`
}

// Question is something that can be read in two ways, so that a person has to decide.
type Question struct {
	ID       string            `json:"id"` // the option that is asked for
	Evidence []Evidence        `json:"evidence"`
	Readings []PossibleReading `json:"readings"`
}

// PossibleReading is one answer to a question, and what it gives.
type PossibleReading struct {
	Options      *ReadOptions `json:"options"` // to be merged into the options; nil: shown for information
	TotalRevenue *float64     `json:"total_revenue"`
	Orders       *int64       `json:"orders"`
	FirstDay     *string      `json:"first_day"` // YYYY-MM-DD
	LastDay      *string      `json:"last_day"`
}

// LeftOut are rows of one kind that are no orders.
type LeftOut struct {
	Kind    string  `json:"kind"` // header, rule, note, total, suspect or end
	Rows    int64   `json:"rows"`
	Revenue float64 `json:"revenue"` // rounded to cents
	First   []int64 `json:"first"`   // numbers of the first five
}

// Missing is what the sums lack, by cause.
type Missing struct {
	UnreadAmounts   MissingRows `json:"unread_amounts"`
	NoAmount        MissingRows `json:"no_amount"`
	NoOrderID       MissingRows `json:"no_order_id"`
	RepeatedOrderID MissingRows `json:"repeated_order_id"`
	ShiftedRows     MissingRows `json:"shifted_rows"`
	Undated         MissingRows `json:"undated"` // in the sums, not in the series
	Share           float64     `json:"share"`   // of what is missing in that and the total, 0 to 1
}

// MissingRows are rows, and the revenue that they would add by their likeliest reading.
type MissingRows struct {
	Rows    int64   `json:"rows"`
	Revenue float64 `json:"revenue"` // rounded to cents
}

// Cause is one reason why something is missing from the sums; ID is the field of Missing.
type Cause struct {
	ID string
	MissingRows
}

// Causes are the reasons for which rows are missing, in the order of the document; none for nil.
func (m *Missing) Causes() []Cause {
	if m == nil {
		return nil
	}
	var out []Cause
	for _, c := range []Cause{
		{"unread_amounts", m.UnreadAmounts}, {"no_amount", m.NoAmount}, {"no_order_id", m.NoOrderID},
		{"repeated_order_id", m.RepeatedOrderID}, {"shifted_rows", m.ShiftedRows}, {"undated", m.Undated},
	} {
		if c.Rows > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Package contract is the form of the documents that the desktop and the notebooks exchange through the lakehouse:
// import_profile.json, kpis.json, run_metadata.json and manifest.json. The JSON Schemas beside this file are binding and describe each
// field; RULES.md says how the figures come about. Go and Python are both tested against them.
package contract

import (
	"embed"
	"encoding/json"
	"time"
)

// The schema_version of the documents that this program writes, and the highest that it reads. Earlier versions are read too:
// what later ones added is then absent.
const (
	Version            = 4 // of run_metadata.json
	KPIsVersion        = 3 // of kpis.json
	ProfileVersion     = 5 // of import_profile.json
	ReadOptionsVersion = 1 // of read_options
	ManifestVersion    = 2 // of manifest.json
	ImportIndexVersion = 1 // of index.json in Files/results/profiles
)

// Schemas holds the JSON Schemas: import_profile.schema.json, kpis.schema.json, run_metadata.schema.json, manifest.schema.json,
// import_index.schema.json and read_options.schema.json, which the others refer to; and in the folder earlier those of earlier versions.
//
//go:embed *.schema.json earlier/*.schema.json
var Schemas embed.FS

// Time is an instant that is written as UTC with whole seconds (YYYY-MM-DDTHH:MM:SSZ).
type Time struct{ time.Time }

// NewTime cuts t to whole seconds in UTC.
func NewTime(t time.Time) Time { return Time{t.UTC().Truncate(time.Second)} }

// MarshalJSON writes the instant in the contract's form.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(t.UTC().Format(`"2006-01-02T15:04:05Z"`)), nil
}

// UnmarshalJSON reads RFC 3339.
func (t *Time) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &t.Time)
}

// Generator names the program that made a document.
type Generator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// ImportProfile is import_profile.json.
type ImportProfile struct {
	SchemaVersion    int        `json:"schema_version"`
	GeneratedAt      Time       `json:"generated_at"`
	Generator        Generator  `json:"generator"`
	RunID            *string    `json:"run_id"`
	File             File       `json:"file"`
	Sheets           []Sheet    `json:"sheets"`
	Sheet            *string    `json:"sheet"`
	HeaderRow        *int64     `json:"header_row"` // counts from 1; nil where the file has no header row
	Complete         bool       `json:"complete"`
	IncompleteReason *string    `json:"incomplete_reason"`
	RowCount         int64      `json:"row_count"`
	ColumnCount      int        `json:"column_count"`
	LeftOutColumns   []string   `json:"left_out_columns,omitempty"` // of a Parquet file, with lists or records
	HiddenRows       int64      `json:"hidden_rows"`
	DuplicateRows    int64      `json:"duplicate_rows"` // equal to an earlier row in every column
	Macros           bool       `json:"macros"`
	ExternalLinks    int        `json:"external_links"`
	Columns          []Column   `json:"columns"`
	DateRange        *DateRange `json:"date_range"`
	Reading          *Reading   `json:"reading"` // nil in a document before version 4
	Validation       Validation `json:"validation"`
	SampleRows       [][]any    `json:"sample_rows"`
}

// Formats of files, as File.Format names them.
const (
	FormatXLSX    = "xlsx"
	FormatXLSM    = "xlsm"
	FormatCSV     = "csv"
	FormatParquet = "parquet"
)

// File is the file a profile was made of.
type File struct {
	Name         string    `json:"name"`
	Format       string    `json:"format"`
	Text         *TextForm `json:"text"` // of a CSV file, else nil
	SizeBytes    int64     `json:"size_bytes"`
	SHA256       string    `json:"sha256"`
	LastModified *Time     `json:"last_modified"`
}

// TextForm is how a CSV file is written, and which of its rows don't fit the header.
type TextForm struct {
	Encoding  string `json:"encoding"`     // utf-8, utf-8-bom, utf-16le, utf-16be or windows-1252
	Delimiter string `json:"delimiter"`    // , ; | or a tab
	Quoting   string `json:"quoting"`      // double, backslash or none; "" in a document before version 4
	ShortRows Ragged `json:"short_rows"`   // with a value, and fewer fields than there are columns
	LongRows  Ragged `json:"long_rows"`    // with a value behind the last column
	Shifted   Ragged `json:"shifted_rows"` // with more fields than nearly all others
}

// Ragged counts rows and names the first five.
type Ragged struct {
	Count int64   `json:"count"`
	Rows  []int64 `json:"rows"` // numbers as a spreadsheet shows them; nil in a document before version 3
}

// Sheet is a worksheet of a workbook.
type Sheet struct {
	Name    string `json:"name"`
	Hidden  bool   `json:"hidden"`
	HasData bool   `json:"has_data"` // at least one cell has a value
}

// Column is the profile of one column. Min and Max are string, float64 (or int64), or nil.
type Column struct {
	Name           string           `json:"name"`
	NormalizedName string           `json:"normalized_name"`
	Type           string           `json:"type"`
	NullCount      int64            `json:"null_count"`
	NullShare      float64          `json:"null_share"`
	DistinctCount  int64            `json:"distinct_count"`
	DistinctExact  bool             `json:"distinct_exact"`
	Min            any              `json:"min"`
	Max            any              `json:"max"`
	Numbers        *Numbers         `json:"numbers"`   // nil unless the type is integer or decimal
	Histogram      *Histogram       `json:"histogram"` // nil unless the type is integer, decimal, date or datetime
	Lengths        *Lengths         `json:"lengths"`   // nil unless the type is text
	MostFrequent   []Frequency      `json:"most_frequent"`
	Misfits        Misfits          `json:"misfits"`
	StoredAsText   StoredAsText     `json:"stored_as_text"`
	BlankEnds      int64            `json:"blank_ends"`
	Errors         map[string]int64 `json:"errors"`
	Formulas       int64            `json:"formulas"`
	// FormulasUncached are those that were never calculated (RULES.md, Figures); 0 in a document before version 4.
	FormulasUncached int64 `json:"formulas_uncached"`
}

// Numbers says what the numeric cells of a column come to.
type Numbers struct {
	Sum               float64  `json:"sum"`
	Mean              float64  `json:"mean"`
	StandardDeviation *float64 `json:"standard_deviation"` // of a sample; nil for fewer than two cells
	Q1                float64  `json:"q1"`
	Median            float64  `json:"median"`
	Q3                float64  `json:"q3"`
	QuartilesExact    bool     `json:"quartiles_exact"`
	Zeros             int64    `json:"zeros"`
	Negatives         int64    `json:"negatives"`
}

// Histogram counts the values of a column's type in bins of equal width. From and To are as Column's Min and Max.
type Histogram struct {
	From   any     `json:"from"`
	To     any     `json:"to"`
	Counts []int64 `json:"counts"` // 20 bins; one where From is To
}

// Lengths are those of a column's texts, trimmed, in code points.
type Lengths struct {
	Min  int64   `json:"min"`
	Max  int64   `json:"max"`
	Mean float64 `json:"mean"`
}

// Frequency is a value, as in SampleRows, and how many cells have it.
type Frequency struct {
	Value any   `json:"value"`
	Count int64 `json:"count"`
}

// Misfits are the cells whose type is not the column's.
type Misfits struct {
	Count    int64     `json:"count"`
	Examples []Example `json:"examples"`
}

// StoredAsText are a workbook's text cells that read as a number or a date.
type StoredAsText struct {
	Numbers  int64     `json:"numbers"`
	Dates    int64     `json:"dates"`
	Examples []Example `json:"examples"`
}

// DateRange is the first and last day (YYYY-MM-DD) of a date column, and which days between them have no row.
type DateRange struct {
	Column      string `json:"column"`
	Min         string `json:"min"`
	Max         string `json:"max"`
	MissingDays int64  `json:"missing_days"`
	Gaps        []Gap  `json:"gaps"` // the first five; nil in a document before version 3
}

// Gap is days without a row, one after the other.
type Gap struct {
	From string `json:"from"` // the first of them (YYYY-MM-DD)
	To   string `json:"to"`   // the last
}

// Validation statuses.
const (
	ValidationPassed   = "passed"
	ValidationWarnings = "warnings"
	ValidationFailed   = "failed"
)

// Validation is the outcome of the checks in RULES.md.
type Validation struct {
	Status   string  `json:"status"`
	Errors   int     `json:"errors"`
	Warnings int     `json:"warnings"`
	Checks   []Check `json:"checks"`
}

// Check is the outcome of one rule.
type Check struct {
	ID       string    `json:"id"`
	Severity string    `json:"severity"`
	Passed   bool      `json:"passed"`
	Count    int64     `json:"count"`
	Message  string    `json:"message"`
	Examples []Example `json:"examples"`
}

// Example is an offending cell.
type Example struct {
	Cell  string `json:"cell"`
	Value string `json:"value"`
}

// KPIs is kpis.json.
type KPIs struct {
	SchemaVersion            int        `json:"schema_version"`
	ComputedAt               Time       `json:"computed_at"`
	Generator                Generator  `json:"generator"`
	RunID                    *string    `json:"run_id"`
	SourceFile               string     `json:"source_file"`
	SourceSHA256             string     `json:"source_sha256"`
	TotalRevenue             float64    `json:"total_revenue"`
	Orders                   int64      `json:"orders"`
	AOV                      *float64   `json:"aov"`
	RevenueByChannel         []Share    `json:"revenue_by_channel"`
	RevenueByRegion          []Share    `json:"revenue_by_region"`
	RevenueByProductCategory []Share    `json:"revenue_by_product_category"`
	TimeSeries               TimeSeries `json:"time_series"`
	UndatedOrders            int64      `json:"undated_orders"`
	UndatedRevenue           float64    `json:"undated_revenue"`
	RowIs                    string     `json:"row_is"`  // RowIsOrder or RowIsOrderLine; "" in a document before version 2
	Missing                  *Missing   `json:"missing"` // nil in a document before version 2
	LeftOut                  []LeftOut  `json:"left_out"`
	Beside
	ReadOptions *ReadOptions `json:"read_options"` // nil in a document before version 2
	Conversion  *Conversion  `json:"conversion"`
}

// Share is one key of a breakdown.
type Share struct {
	Key     string  `json:"key"`
	Revenue float64 `json:"revenue"`
	Orders  int64   `json:"orders"`
}

// TimeSeries is revenue and orders over time; Granularity is daily or monthly.
type TimeSeries struct {
	Granularity string  `json:"granularity"`
	Points      []Point `json:"points"`
}

// Point is one period of a time series.
type Point struct {
	Period  string  `json:"period"`
	Revenue float64 `json:"revenue"`
	Orders  int64   `json:"orders"`
}

// Conversion definitions, in words.
const (
	ConvertingPerTotal = "converting visitors / total visitors"
	OrdersPerTotal     = "orders / total visitors"
)

// Conversion is the conversion rate with its definition; exactly one of the two rates is set.
type Conversion struct {
	Definition                             string   `json:"definition"`
	RateConvertingVisitorsPerTotalVisitors *float64 `json:"rate_converting_visitors_per_total_visitors,omitempty"`
	RateOrdersPerTotalVisitors             *float64 `json:"rate_orders_per_total_visitors,omitempty"`
	ConvertingVisitors                     *int64   `json:"converting_visitors,omitempty"`
	TotalVisitors                          int64    `json:"total_visitors"`
	Orders                                 int64    `json:"orders"` // beside these visitors; 0 in a document before version 3
	Source                                 string   `json:"source"` // ConversionConfigured or ConversionOfFile
	Column                                 *string  `json:"column"` // of the file, by its normalised name; nil where the figures are configured
	Period                                 *Period  `json:"period"` // nil where the figures are configured
}

// Where the visitors come from.
const (
	ConversionConfigured = "configured"
	ConversionOfFile     = "file"
)

// Period are days (YYYY-MM-DD) with visitors, From the first and To the last one.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
	Days int64  `json:"days"` // between them, both included, that have visitors
}

// Rate is the rate whichever definition it has; false when the document carries none.
func (c *Conversion) Rate() (float64, bool) {
	switch {
	case c == nil:
		return 0, false
	case c.RateConvertingVisitorsPerTotalVisitors != nil:
		return *c.RateConvertingVisitorsPerTotalVisitors, true
	case c.RateOrdersPerTotalVisitors != nil:
		return *c.RateOrdersPerTotalVisitors, true
	}
	return 0, false
}

// Funnel is the configured visitor figures; ConvertingVisitors is nil where not known.
type Funnel struct {
	TotalVisitors      int64  `json:"total_visitors"`
	ConvertingVisitors *int64 `json:"converting_visitors"`
}

// RunMetadata is run_metadata.json.
type RunMetadata struct {
	SchemaVersion   int               `json:"schema_version"`
	RunID           string            `json:"run_id"`
	Kind            string            `json:"kind"`
	Status          string            `json:"status"`
	RequestedBy     string            `json:"requested_by"`
	NotebookName    string            `json:"notebook_name"`
	NotebookVersion string            `json:"notebook_version"`
	StartedAt       Time              `json:"started_at"`
	FinishedAt      *Time             `json:"finished_at"`
	InputFile       string            `json:"input_file"`
	InputSHA256     *string           `json:"input_sha256"`
	InputSizeBytes  *int64            `json:"input_size_bytes"`
	SourceRunID     *string           `json:"source_run_id"`
	Funnel          *Funnel           `json:"funnel"`
	ReadOptions     *ReadOptions      `json:"read_options"`
	Headers         []string          `json:"headers"` // normalised names, which tell files of one shape; nil where they are not known
	Rows            *RowCounts        `json:"rows"`
	DeltaTable      *DeltaTable       `json:"delta_table"` // nil where none was asked for, and in earlier versions
	Outputs         []Output          `json:"outputs"`
	Error           *NotebookError    `json:"error"`
	Environment     map[string]string `json:"environment"`
}

// DeltaTable is the table for Power BI as a run left it: Version shows the run, or Error says in a sentence why the table does not.
type DeltaTable struct {
	Name    string  `json:"name"`
	Version *int64  `json:"version"`
	Error   *string `json:"error"`
}

// RowCounts says how the rows of a file became cleaned rows.
type RowCounts struct {
	Read             int64 `json:"read"`
	LeftOut          int64 `json:"left_out"` // no orders
	Shifted          int64 `json:"shifted"`  // by an unquoted delimiter, and not realigned
	WithoutOrderID   int64 `json:"without_order_id"`
	DuplicateOrderID int64 `json:"duplicate_order_id"`
	Written          int64 `json:"written"`
	InvalidDates     int64 `json:"invalid_dates"`
	InvalidNumbers   int64 `json:"invalid_numbers"`
}

// Output is a file that a run wrote, or a folder of them; Type is as in run_artifacts.artifact_type.
type Output struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	SizeBytes int64  `json:"size_bytes"`
	SHA256    string `json:"sha256"`
	// Parts are the files of an output that is a folder, in the order of their rows (RULES.md, Large inputs); none for a file.
	Parts []OutputPart `json:"parts,omitempty"`
}

// OutputPart is a file of an output that is a folder.
type OutputPart struct {
	Name      string `json:"name"`
	SizeBytes int64  `json:"size_bytes"`
	SHA256    string `json:"sha256"`
}

// NotebookError is why a notebook failed.
type NotebookError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// compiled compiles one of the schemas; formats such as uuid are asserted.
func compiled(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	data, err := fs.ReadFile(contract.Schemas, name)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	require.NoError(t, c.AddResource(name, doc))
	schema, err := c.Compile(name)
	require.NoError(t, err)
	return schema
}

// validate checks a Go value, as it is written, against a schema.
func validate(t testing.TB, schema *jsonschema.Schema, value any) error {
	t.Helper()
	data, err := json.Marshal(value)
	require.NoError(t, err)
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return schema.Validate(instance)
}

//go:fix inline
func ptr[T any](v T) *T { return new(v) }

const (
	runA = "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e1f"
	runB = "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e20"
	sum  = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// full gives one document of each kind with every field filled.
func full() map[string]any {
	at := contract.NewTime(time.Date(2026, 11, 23, 6, 30, 0, 999, time.UTC))
	generator := contract.Generator{Name: "portal-desktop", Version: "1.0.0"}
	return map[string]any{
		"import_profile.schema.json": contract.ImportProfile{
			SchemaVersion: contract.ProfileVersion, GeneratedAt: at, Generator: generator, RunID: new(runA),
			File:   contract.File{Name: "orders.xlsx", Format: "xlsx", Text: &contract.TextForm{Encoding: "utf-8", Delimiter: ";", ShortRows: contract.Ragged{Count: 6, Rows: []int64{2, 3, 4, 5, 6}}, LongRows: contract.Ragged{Count: 1, Rows: []int64{9}}}, SizeBytes: 10, SHA256: sum, LastModified: &at},
			Sheets: []contract.Sheet{{Name: "Orders", Hidden: true, HasData: true}}, Sheet: new("Orders"), HeaderRow: new(int64(1)),
			HiddenRows: 1, DuplicateRows: 1, Macros: true, ExternalLinks: 1,
			Complete: false, IncompleteReason: new("Reading stopped at row 51."), RowCount: 1, ColumnCount: 1,
			Columns: []contract.Column{{Name: "Order ID", NormalizedName: "order_id", Type: "integer", NullCount: 1,
				NullShare: 0.5, DistinctCount: 1, DistinctExact: true, Min: 1.0, Max: 2.0,
				Numbers:   &contract.Numbers{Sum: 3, Mean: 1.5, StandardDeviation: new(0.5), Q1: 1.25, Median: 1.5, Q3: 1.75, QuartilesExact: true, Zeros: 1, Negatives: 1},
				Histogram: &contract.Histogram{From: 1.0, To: 2.0, Counts: []int64{1, 1}}, Lengths: &contract.Lengths{Min: 1, Max: 2, Mean: 1.5},
				MostFrequent: []contract.Frequency{{Value: 1.0, Count: 1}},
				Misfits:      contract.Misfits{Count: 1, Examples: []contract.Example{{Cell: "A2", Value: "x"}}},
				StoredAsText: contract.StoredAsText{Numbers: 1, Dates: 1, Examples: []contract.Example{{Cell: "A3", Value: "1"}}},
				BlankEnds:    1, Errors: map[string]int64{"#N/A": 1}, Formulas: 1}},
			DateRange: &contract.DateRange{Column: "order_date", Min: "2026-01-01", Max: "2026-01-31", MissingDays: 3, Gaps: []contract.Gap{{From: "2026-01-03", To: "2026-01-04"}, {From: "2026-01-17", To: "2026-01-17"}}},
			Validation: contract.Validation{Status: contract.ValidationFailed, Errors: 1, Warnings: 1, Checks: []contract.Check{{
				ID: "rows_present", Severity: "error", Passed: true, Count: 1, Message: "The file has 1 row.",
				Examples: []contract.Example{{Cell: "A1", Value: "x"}}}}},
			SampleRows: [][]any{{"a", 1.0, true, nil}},
		},
		"kpis.schema.json": contract.KPIs{
			SchemaVersion: contract.Version, ComputedAt: at, Generator: generator, RunID: new(runA), SourceFile: "orders.xlsx",
			SourceSHA256: sum, TotalRevenue: 1.5, Orders: 1, AOV: new(1.5),
			RevenueByChannel:         []contract.Share{{Key: "Online", Revenue: 1.5, Orders: 1}},
			RevenueByRegion:          []contract.Share{{Key: "North", Revenue: 1.5, Orders: 1}},
			RevenueByProductCategory: []contract.Share{{Key: "Toys", Revenue: 1.5, Orders: 1}},
			TimeSeries:               contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2026-01-01", Revenue: 1.5, Orders: 1}}},
			UndatedOrders:            1,
			Conversion: &contract.Conversion{Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: new(0.034356),
				ConvertingVisitors: new(int64(49080)), TotalVisitors: 1428571, Source: "configured"},
		},
		"run_metadata.schema.json": contract.RunMetadata{
			SchemaVersion: contract.Version, RunID: runA, Kind: "restore", Status: "failed", RequestedBy: "ana@example.com",
			NotebookName: "restore_run", NotebookVersion: "1.0.0", StartedAt: at, FinishedAt: &at, InputFile: "orders.xlsx",
			InputSHA256: new(sum), InputSizeBytes: new(int64(10)), SourceRunID: new(runB),
			Funnel:      &contract.Funnel{TotalVisitors: 10, ConvertingVisitors: new(int64(1))},
			Rows:        &contract.RowCounts{Read: 6, WithoutOrderID: 1, DuplicateOrderID: 1, Written: 4, InvalidDates: 1, InvalidNumbers: 1},
			Outputs:     []contract.Output{{Name: "kpis.json", Type: "json", SizeBytes: 10, SHA256: sum}},
			Error:       &contract.NotebookError{Type: "RunFailed", Message: "The file has no rows."},
			Environment: map[string]string{"python": "3.11"},
		},
	}
}

func TestFullDocumentsFollowTheSchemasAndRoundTrip(t *testing.T) {
	for name, doc := range full() {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, validate(t, compiled(t, name), doc))
			data, err := json.Marshal(doc)
			require.NoError(t, err)
			back, err := decode(name, data)
			require.NoError(t, err)
			require.Equal(t, doc, back)
		})
	}
}

func decode(name string, data []byte) (any, error) {
	switch name {
	case "import_profile.schema.json":
		return contract.Decode[contract.ImportProfile](name, data)
	case "kpis.schema.json":
		return contract.Decode[contract.KPIs](name, data)
	}
	return contract.Decode[contract.RunMetadata](name, data)
}

func TestSchemasRefuseWhatTheyForbid(t *testing.T) {
	wrong := map[string]func(map[string]any){
		"import_profile.schema.json": func(d map[string]any) { d["run_id"] = "not a uuid" },
		"kpis.schema.json":           func(d map[string]any) { d["conversion"].(map[string]any)["rate_orders_per_total_visitors"] = 0.1 },
		"run_metadata.schema.json":   func(d map[string]any) { d["input_sha256"] = strings.ToUpper(sum) },
	}
	for name, doc := range full() {
		schema := compiled(t, name)
		for what, spoil := range map[string]func(map[string]any){
			"a wrong value":   wrong[name],
			"a missing field": func(d map[string]any) { delete(d, "run_id") },
			"a further field": func(d map[string]any) { d["further"] = 1 },
			"a later version": func(d map[string]any) { d["schema_version"] = 4 },
		} {
			data, err := json.Marshal(doc)
			require.NoError(t, err)
			var fields map[string]any
			require.NoError(t, json.Unmarshal(data, &fields))
			spoil(fields)
			require.Error(t, validate(t, schema, fields), "%s: %s", name, what)
		}
	}
}

func TestDecodeRefusesLaterVersions(t *testing.T) {
	for name := range full() {
		_, err := decode(name, []byte(`{"schema_version": 4, "rows": "a form of the future"}`))
		var newer *contract.ErrNewerVersion
		require.ErrorAs(t, err, &newer, name)
		require.Equal(t, 4, newer.Found)
		require.Contains(t, err.Error(), "update the program")

		if name != "import_profile.schema.json" {
			_, err = decode(name, []byte(`{"schema_version": 2}`))
			require.ErrorAs(t, err, &newer, "only the profile has later versions")
		}
		_, err = decode(name, []byte(`{"schema_version": `))
		require.ErrorContains(t, err, "not valid JSON")
		_, err = decode(name, []byte(`{"schema_version": 1, "run_id": 5}`))
		require.ErrorContains(t, err, "expected form")
	}
}

// TestEarlierProfilesAreRead: what was published before an update stays readable, without what came later.
func TestEarlierProfilesAreRead(t *testing.T) {
	for version, text := range map[int]string{1: `null`, 2: `{"encoding":"utf-8","delimiter":";"}`} {
		p, err := contract.Decode[contract.ImportProfile]("import_profile.json", fmt.Appendf(nil, `{"schema_version":%d,"row_count":7,"file":{"name":"a.csv","text":%s},"date_range":{"column":"day","min":"2026-01-01","max":"2026-01-31"}}`, version, text))
		require.NoError(t, err)
		require.Equal(t, version, p.SchemaVersion)
		require.EqualValues(t, 7, p.RowCount)
		require.Equal(t, &contract.DateRange{Column: "day", Min: "2026-01-01", Max: "2026-01-31"}, p.DateRange)
		if version == 2 {
			require.Equal(t, &contract.TextForm{Encoding: "utf-8", Delimiter: ";"}, p.File.Text)
		}
	}
}

func TestTimesAreWrittenInUTCWithWholeSeconds(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	data, err := json.Marshal(contract.NewTime(time.Date(2026, 1, 1, 0, 30, 1, 999_999_999, zone)))
	require.NoError(t, err)
	require.Equal(t, `"2025-12-31T22:30:01Z"`, string(data))
}

// schemaNode is the part of a schema that these tests look at.
type schemaNode struct {
	Ref         string                 `json:"$ref"`
	Description string                 `json:"description"`
	Properties  map[string]*schemaNode `json:"properties"`
	Items       *schemaNode            `json:"items"`
	AnyOf       []*schemaNode          `json:"anyOf"`
	Defs        map[string]*schemaNode `json:"$defs"`
}

// schemaWalk follows a schema and the Go type that is written in its form side by side.
type schemaWalk struct {
	t    *testing.T
	root *schemaNode
}

func (w *schemaWalk) resolve(n *schemaNode) *schemaNode {
	if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
		target := w.root.Defs[name]
		require.NotNil(w.t, target, n.Ref)
		return target
	}
	return n
}

func (w *schemaWalk) compare(path string, n *schemaNode, goType reflect.Type) {
	n = w.resolve(n)
	for _, option := range n.AnyOf {
		w.compare(path, option, goType)
	}
	for goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	if n.Items != nil {
		require.Equal(w.t, reflect.Slice, goType.Kind(), path)
		w.compare(path+"[]", n.Items, goType.Elem())
	}
	if n.Properties == nil {
		return
	}
	require.Equal(w.t, reflect.Struct, goType.Kind(), path)
	fields := map[string]reflect.Type{}
	for field := range goType.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		fields[name] = field.Type
	}
	require.Equal(w.t, names(n.Properties), names(fields), "%s: the schema's properties and the Go type's fields", path)
	for name, property := range n.Properties {
		description := property.Description + w.resolve(property).Description
		require.NotEmpty(w.t, strings.TrimSpace(description), "%s.%s has no description", path, name)
		w.compare(path+"."+name, property, fields[name])
	}
}

func names[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

func TestEveryPropertyIsDescribedAndStandsInTheGoType(t *testing.T) {
	for name, doc := range full() {
		t.Run(name, func(t *testing.T) {
			data, err := fs.ReadFile(contract.Schemas, name)
			require.NoError(t, err)
			var root schemaNode
			require.NoError(t, json.Unmarshal(data, &root))
			require.NotEmpty(t, root.Description)
			(&schemaWalk{t: t, root: &root}).compare(strings.TrimSuffix(name, ".schema.json"), &root, reflect.TypeOf(doc))
		})
	}
}

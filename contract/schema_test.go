package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// compiled compiles one of the schemas, which refer to each other by their $id; formats such as uuid are asserted.
func compiled(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	ids := map[string]string{}
	for _, pattern := range []string{"*.schema.json", "earlier/*.schema.json"} {
		files, err := fs.Glob(contract.Schemas, pattern)
		require.NoError(t, err)
		for _, file := range files {
			data, err := fs.ReadFile(contract.Schemas, file)
			require.NoError(t, err)
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			require.NoError(t, err)
			ids[path.Base(file)] = doc.(map[string]any)["$id"].(string)
			require.NoError(t, c.AddResource(ids[path.Base(file)], doc))
		}
	}
	schema, err := c.Compile(ids[name])
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

const (
	runA = "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e1f"
	runB = "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e20"
	sum  = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// full gives one document of each kind with every field filled.
func full() map[string]any {
	at := contract.NewTime(time.Date(2026, 11, 23, 6, 30, 0, 999, time.UTC))
	generator := contract.Generator{Name: "portal-desktop", Version: "1.0.0"}
	options := everyOption()
	leftOut := []contract.LeftOut{{Kind: "total", Rows: 1, Revenue: 3, First: []int64{9}}}
	missing := contract.Missing{UnreadAmounts: contract.MissingRows{Rows: 1, Revenue: 12.5}, NoAmount: contract.MissingRows{Rows: 2}, NoOrderID: contract.MissingRows{Rows: 3, Revenue: 1},
		RepeatedOrderID: contract.MissingRows{Rows: 4, Revenue: -2}, ShiftedRows: contract.MissingRows{Rows: 5, Revenue: 4}, Undated: contract.MissingRows{Rows: 6, Revenue: 5}, Share: 0.25}
	return map[string]any{
		"import_profile.schema.json": contract.ImportProfile{
			SchemaVersion: contract.ProfileVersion, GeneratedAt: at, Generator: generator, RunID: new(runA),
			File:   contract.File{Name: "orders.xlsx", Format: "xlsx", Text: &contract.TextForm{Encoding: "utf-8", Delimiter: ";", Quoting: contract.QuotingBackslash, Shifted: contract.Ragged{Count: 2, Rows: []int64{11, 12}}, ShortRows: contract.Ragged{Count: 6, Rows: []int64{2, 3, 4, 5, 6}}, LongRows: contract.Ragged{Count: 1, Rows: []int64{9}}}, SizeBytes: 10, SHA256: sum, LastModified: &at},
			Sheets: []contract.Sheet{{Name: "Orders", Hidden: true, HasData: true}}, Sheet: new("Orders"), HeaderRow: new(int64(1)),
			HiddenRows: 1, DuplicateRows: 1, Macros: true, ExternalLinks: 1,
			Complete: false, IncompleteReason: new("Reading stopped at row 51."), RowCount: 1, ColumnCount: 1, LeftOutColumns: []string{"tags"},
			Columns: []contract.Column{{Name: "Order ID", NormalizedName: "order_id", Type: "integer", NullCount: 1,
				NullShare: 0.5, DistinctCount: 1, DistinctExact: true, Min: 1.0, Max: 2.0,
				Numbers:   &contract.Numbers{Sum: 3, Mean: 1.5, StandardDeviation: new(0.5), Q1: 1.25, Median: 1.5, Q3: 1.75, QuartilesExact: true, Zeros: 1, Negatives: 1},
				Histogram: &contract.Histogram{From: 1.0, To: 2.0, Counts: []int64{1, 1}}, Lengths: &contract.Lengths{Min: 1, Max: 2, Mean: 1.5},
				MostFrequent: []contract.Frequency{{Value: 1.0, Count: 1}},
				Misfits:      contract.Misfits{Count: 1, Examples: []contract.Example{{Cell: "A2", Value: "x"}}},
				StoredAsText: contract.StoredAsText{Numbers: 1, Dates: 1, Examples: []contract.Example{{Cell: "A3", Value: "1"}}},
				BlankEnds:    1, Errors: map[string]int64{"#N/A": 1}, Formulas: 1}},
			DateRange: &contract.DateRange{Column: "order_date", Min: "2026-01-01", Max: "2026-01-31", MissingDays: 3, Gaps: []contract.Gap{{From: "2026-01-03", To: "2026-01-04"}, {From: "2026-01-17", To: "2026-01-17"}}},
			Reading: &contract.Reading{Options: options,
				Found: []contract.Found{{Option: "columns", Source: contract.SourceGiven, Evidence: []contract.Evidence{}},
					{Option: "decimal_mark", Source: contract.SourceFound, Evidence: []contract.Evidence{{Form: "1.234,50", Count: 7}}}},
				Questions: []contract.Question{{ID: "accept_missing", Evidence: []contract.Evidence{{Form: "no_order_id", Count: 3}}, Readings: []contract.PossibleReading{
					{Options: &contract.ReadOptions{SchemaVersion: 1, AcceptMissing: true}, TotalRevenue: new(1.5), Orders: new(int64(1)), FirstDay: new("2026-01-01"), LastDay: new("2026-01-31")}, {TotalRevenue: new(2.5)}}}},
				LeftOut: leftOut, Missing: missing},
			Validation: contract.Validation{Status: contract.ValidationFailed, Errors: 1, Warnings: 1, Checks: []contract.Check{{
				ID: "rows_present", Severity: "error", Passed: true, Count: 1, Message: "The file has 1 row.",
				Examples: []contract.Example{{Cell: "A1", Value: "x"}}}}},
			SampleRows: [][]any{{"a", 1.0, true, nil}},
		},
		"kpis.schema.json": contract.KPIs{
			SchemaVersion: contract.KPIsVersion, ComputedAt: at, Generator: generator, RunID: new(runA), SourceFile: "orders.xlsx",
			SourceSHA256: sum, TotalRevenue: 1.5, Orders: 1, AOV: new(1.5),
			RevenueByChannel:         []contract.Share{{Key: "Online", Revenue: 1.5, Orders: 1}},
			RevenueByRegion:          []contract.Share{{Key: "North", Revenue: 1.5, Orders: 1}},
			RevenueByProductCategory: []contract.Share{{Key: "Toys", Revenue: 1.5, Orders: 1}},
			TimeSeries:               contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2026-01-01", Revenue: 1.5, Orders: 1}}},
			UndatedOrders:            1,
			UndatedRevenue:           5,
			RowIs:                    contract.RowIsOrderLine,
			Missing:                  &missing,
			LeftOut:                  leftOut,
			Beside: contract.Beside{OrdersWithoutAmount: 2, AOVWithAmount: new(3.0), OrderIDsByCase: 4,
				Currencies: []contract.CurrencySum{{Currency: new("EUR"), Rows: 2, Revenue: 1}, {Rows: 1, Revenue: 0.5}},
				ReturnedOrCancelled: &contract.StatusSums{Column: "status", Rows: 1, Orders: 1, Revenue: 0.5,
					Statuses: []contract.StatusSum{{Status: "cancelled", Rows: 1, Revenue: 0.5}}}},
			ReadOptions: &options,
			Conversion: &contract.Conversion{Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: new(0.034356),
				ConvertingVisitors: new(int64(49080)), TotalVisitors: 1428571, Orders: 1, Source: contract.ConversionOfFile,
				Column: new("visitors"), Period: &contract.Period{From: "2026-01-01", To: "2026-01-31", Days: 30}},
		},
		"run_metadata.schema.json": contract.RunMetadata{
			SchemaVersion: contract.Version, RunID: runA, Kind: "restore", Status: "failed", RequestedBy: "ana@example.com",
			NotebookName: "restore_run", NotebookVersion: "1.0.0", StartedAt: at, FinishedAt: &at, InputFile: "orders.xlsx",
			InputSHA256: new(sum), InputSizeBytes: new(int64(10)), SourceRunID: new(runB),
			Funnel:      &contract.Funnel{TotalVisitors: 10, ConvertingVisitors: new(int64(1))},
			ReadOptions: &options, Headers: []string{"order_id", "column_2"},
			Rows:       &contract.RowCounts{Read: 9, LeftOut: 2, Shifted: 1, WithoutOrderID: 1, DuplicateOrderID: 1, Written: 4, InvalidDates: 1, InvalidNumbers: 1},
			DeltaTable: &contract.DeltaTable{Name: "dbo.sales_orders", Version: new(int64(3)), Error: new("The table could not be written.")},
			Outputs: []contract.Output{{Name: "kpis.json", Type: "json", SizeBytes: 10, SHA256: sum}, {Name: "sales_cleaned.csv", Type: "csv", SizeBytes: 10, SHA256: sum,
				Parts: []contract.OutputPart{{Name: "part-00000.csv", SizeBytes: 10, SHA256: sum}}}},
			Error:       &contract.NotebookError{Type: "RunFailed", Message: "The file has no rows."},
			Environment: map[string]string{"python": "3.11"},
		},
		"manifest.schema.json": manifest(),
		"import_index.schema.json": contract.ImportIndex{SchemaVersion: contract.ImportIndexVersion, ListedAt: at, Generator: generator, Files: []contract.IndexedFile{
			{Name: "a.csv", SizeBytes: 10, LastModified: at, SHA256: new(sum)}, {Name: "b.xlsx", LastModified: at, SHA256: new(sum), Error: new("b.xlsx is damaged.")}, {Name: "c.csv", LastModified: at},
		}},
	}
}

func manifest() contract.Manifest {
	m := contract.Manifest{SchemaVersion: contract.ManifestVersion, RunID: runA, SourceRunID: new(runB), PublishedAt: contract.NewTime(time.Date(2026, 11, 23, 6, 30, 0, 0, time.UTC))}
	for name, kind := range map[string]string{"sales_cleaned.parquet": "parquet", "sales_cleaned.csv": "csv", "import_profile.json": "profile", "kpis.json": "json"} {
		m.Files = append(m.Files, contract.Output{Name: name, Type: kind, SizeBytes: 10, SHA256: sum})
		if kind == "parquet" {
			m.Files[len(m.Files)-1].Parts = []contract.OutputPart{{Name: "part-00000.parquet", SizeBytes: 10, SHA256: sum}}
		}
	}
	return m
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
	case "manifest.schema.json":
		return contract.Decode[contract.Manifest](name, data)
	case "import_index.schema.json":
		return contract.Decode[contract.ImportIndex](name, data)
	}
	return contract.Decode[contract.RunMetadata](name, data)
}

func TestSchemasRefuseWhatTheyForbid(t *testing.T) {
	wrong := map[string]func(map[string]any){
		"import_profile.schema.json": func(d map[string]any) { d["run_id"] = "not a uuid" },
		"kpis.schema.json":           func(d map[string]any) { d["conversion"].(map[string]any)["rate_orders_per_total_visitors"] = 0.1 },
		"run_metadata.schema.json":   func(d map[string]any) { d["input_sha256"] = strings.ToUpper(sum) },
		"manifest.schema.json":       func(d map[string]any) { d["files"] = d["files"].([]any)[:3] },
		"import_index.schema.json":   func(d map[string]any) { d["files"].([]any)[0].(map[string]any)["sha256"] = strings.ToUpper(sum) },
	}
	for name, doc := range full() {
		schema := compiled(t, name)
		for what, spoil := range map[string]func(map[string]any){
			"a wrong value":      wrong[name],
			"a missing field":    func(d map[string]any) { delete(d, "run_id"); delete(d, "listed_at") },
			"a further field":    func(d map[string]any) { d["further"] = 1 },
			"a later version":    func(d map[string]any) { d["schema_version"] = d["schema_version"].(float64) + 1 },
			"an earlier version": func(d map[string]any) { d["schema_version"] = d["schema_version"].(float64) - 1 },
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
	for name, version := range map[string]int{"import_profile.schema.json": 5, "kpis.schema.json": 3, "run_metadata.schema.json": 4, "manifest.schema.json": 2, "import_index.schema.json": 1} {
		_, err := decode(name, fmt.Appendf(nil, `{"schema_version": %d, "rows": "a form of the future"}`, version+1))
		var newer *contract.ErrNewerVersion
		require.ErrorAs(t, err, &newer, name)
		require.Equal(t, version+1, newer.Found)
		require.Equal(t, version, newer.Reads)
		require.Contains(t, err.Error(), "update the program")
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
	ID          string                 `json:"$id"`
	Ref         string                 `json:"$ref"`
	Description string                 `json:"description"`
	Properties  map[string]*schemaNode `json:"properties"`
	Items       *schemaNode            `json:"items"`
	AnyOf       []*schemaNode          `json:"anyOf"`
	Defs        map[string]*schemaNode `json:"$defs"`
}

// schemaWalk follows a schema and the Go type that is written in its form side by side.
type schemaWalk struct {
	t       *testing.T
	root    *schemaNode
	options *schemaNode // read_options, which has no $defs
}

func (w *schemaWalk) resolve(n *schemaNode) *schemaNode {
	if name, ok := strings.CutPrefix(n.Ref, "#/$defs/"); ok {
		target := w.root.Defs[name]
		require.NotNil(w.t, target, n.Ref)
		return target
	}
	if n.Ref != "" {
		require.Equal(w.t, w.options.ID, n.Ref, "the only schema that others refer to")
		return w.options
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
	if goType.Kind() == reflect.Map { // of columns: what the roles may be named with
		w.roles(path, n)
		return
	}
	require.Equal(w.t, reflect.Struct, goType.Kind(), path)
	fields := map[string]reflect.Type{}
	for _, field := range reflect.VisibleFields(goType) {
		if field.Anonymous {
			continue // its fields stand in its place
		}
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

// roles wants a property for each role that the rules know.
func (w *schemaWalk) roles(path string, n *schemaNode) {
	roles := map[string]bool{}
	for _, role := range contract.Words().Roles {
		roles[role.Role] = true
	}
	require.Equal(w.t, names(roles), names(n.Properties), "%s: the roles of file_words.json", path)
	for name, property := range n.Properties {
		require.NotEmpty(w.t, strings.TrimSpace(property.Description), "%s.%s has no description", path, name)
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
	docs := full()
	docs["read_options.schema.json"] = everyOption()
	options := schemaOf(t, "read_options.schema.json")
	for name, doc := range docs {
		t.Run(name, func(t *testing.T) {
			root := schemaOf(t, name)
			require.NotEmpty(t, root.Description)
			(&schemaWalk{t: t, root: root, options: options}).compare(strings.TrimSuffix(name, ".schema.json"), root, reflect.TypeOf(doc))
		})
	}
}

func schemaOf(t *testing.T, name string) *schemaNode {
	data, err := fs.ReadFile(contract.Schemas, name)
	require.NoError(t, err)
	root := &schemaNode{}
	require.NoError(t, json.Unmarshal(data, root))
	return root
}

package contract_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// documents are those that the notebooks of earlier versions wrote, and full ones of this version, by kind and version.
func documents(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, doc := range full() {
		data, err := json.Marshal(doc)
		require.NoError(t, err)
		kind := strings.TrimSuffix(name, ".schema.json")
		out[kind+"."+strconv.Itoa(versions[kind])+".full"] = data
	}
	files, err := filepath.Glob("testdata/earlier/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		out[strings.TrimSuffix(filepath.Base(file), ".json")] = data
	}
	return out
}

// versions are the latest by kind.
var versions = map[string]int{"import_profile": contract.ProfileVersion, "kpis": contract.KPIsVersion, "run_metadata": contract.Version, "manifest": contract.ManifestVersion, "import_index": contract.ImportIndexVersion}

func TestEarlierDocumentsAreRead(t *testing.T) {
	seen := map[string]int{}
	for name, data := range documents(t) {
		kind, version, _ := strings.Cut(name, ".")
		_, err := decode(kind+".schema.json", data)
		require.NoError(t, err, name)
		seen[kind+"."+version[:1]]++
	}
	for kind, latest := range versions {
		for v := range latest {
			require.NotZero(t, seen[kind+"."+strconv.Itoa(v+1)], "no document of %s, version %d", kind, v+1)
		}
	}
	docs := documents(t)
	k, err := contract.Decode[contract.KPIs]("kpis.json", docs["kpis.1.xlsx"])
	require.NoError(t, err)
	require.Equal(t, []any{285.0, int64(20), "", true}, []any{k.TotalRevenue, k.Orders, k.RowIs, k.Missing == nil})
	require.Empty(t, k.Missing.Causes(), "nothing is known to be missing")
	for v, want := range map[int]*contract.TextForm{
		1: nil, 2: {Encoding: "utf-8", Delimiter: ","},
		3: {Encoding: "utf-8", Delimiter: ",", ShortRows: contract.Ragged{Rows: []int64{}}, LongRows: contract.Ragged{Rows: []int64{}}},
	} {
		p, err := contract.Decode[contract.ImportProfile]("import_profile.json", docs[fmt.Sprintf("import_profile.%d.csv", v)])
		require.NoError(t, err)
		require.Equal(t, want, p.File.Text)
		require.Equal(t, []any{int64(6), "failed", true}, []any{p.RowCount, p.Validation.Status, p.Reading == nil})
	}
}

// TestNothingIsReadAsZero: what is not whole is no document of noughts.
func TestNothingIsReadAsZero(t *testing.T) {
	for _, text := range []string{``, ` `, `{}`, `null`, `[]`, `0`, `""`, `{"schema_version":1}`, `{"schema_version":2}`, `{"schema_version":0}`, `{"schema_version":-1}`, `{"schema_version":null}`, `{"schema_version":"2"}`,
		`{"schema_version":1.0}`, `{"schema_version":1,"total_revenue":12.5,"orders":3,"undated_orders":1}`} {
		for kind, latest := range versions {
			if latest == 1 && strings.Contains(text, `"schema_version":2`) {
				continue // a form of the future
			}
			doc, err := decode(kind+".schema.json", []byte(text))
			var unfit *contract.FormError
			require.ErrorAs(t, err, &unfit, "%s: %s", kind, text)
			require.ErrorContains(t, err, kind+".schema.json can't be read: ")
			require.Zero(t, doc)
		}
		_, err := contract.DecodeTotals("kpis.json", []byte(text))
		require.Error(t, err, text)
	}
	for name, data := range documents(t) {
		kind, _, _ := strings.Cut(name, ".")
		for _, at := range []int{1, len(data) / 3, len(data) / 2, len(data) - 2} {
			_, err := decode(kind+".schema.json", bytes.TrimSpace(data[:at]))
			require.ErrorContains(t, err, "can't be read", "%s, cut at %d", name, at)
		}
	}
}

func TestTotalsMayLackSeriesAndBreakdowns(t *testing.T) {
	var doc map[string]any
	require.NoError(t, json.Unmarshal(documents(t)["kpis.3.full"], &doc))
	whole, err := json.Marshal(doc)
	require.NoError(t, err)
	_, err = contract.DecodeTotals("kpis.json", whole)
	require.NoError(t, err)
	for _, name := range []string{"time_series", "revenue_by_channel", "revenue_by_region", "revenue_by_product_category"} {
		delete(doc, name)
	}
	data, err := json.Marshal(doc)
	require.NoError(t, err)
	k, err := contract.DecodeTotals("kpis.json", data)
	require.NoError(t, err)
	require.Equal(t, 1.5, k.TotalRevenue)
	_, err = contract.Decode[contract.KPIs]("kpis.json", data)
	require.ErrorContains(t, err, "kpis.json can't be read: it has no revenue_by_channel")
	delete(doc, "total_revenue")
	data, err = json.Marshal(doc)
	require.NoError(t, err)
	_, err = contract.DecodeTotals("kpis.json", data)
	require.ErrorContains(t, err, "kpis.json can't be read: it has no total_revenue")
	_, err = contract.DecodeTotals("kpis.json", append(whole, bytes.Repeat([]byte{' '}, contract.MaxTotals)...))
	require.ErrorContains(t, err, "larger than 32768 bytes")
}

// TestWhatNoSchemaSays: what JSON and the schemas leave open is decided, and told in a sentence.
func TestWhatNoSchemaSays(t *testing.T) {
	kpis := string(documents(t)["kpis.3.full"])
	metadata := string(documents(t)["run_metadata.4.full"])
	many := func(n int, item string) string { return strings.TrimSuffix(strings.Repeat(item+",", n), ",") }
	for name, c := range map[string]struct{ kind, doc, from, to, says string }{
		"a key twice":                {"kpis", kpis, `"orders":1,"aov"`, `"orders":1,"orders":2,"aov"`, `it has the field "orders" twice`},
		"a key twice, once escaped":  {"kpis", kpis, `"orders":1,"aov"`, `"orders":1,"\u006frders":2,"aov"`, `it has the field "orders" twice`},
		"a free key twice":           {"run_metadata", metadata, `"python":"3.11"`, `"python":"3.11","python":"3.12"`, `environment has the field "python" twice`},
		"a key in other letters":     {"kpis", kpis, `"total_revenue"`, `"Total_Revenue"`, `it has a field that it can't have: "Total_Revenue"`},
		"trailing data":              {"kpis", kpis, kpis, kpis + `{}`, "it is no valid JSON at byte "},
		"a mark before it":           {"kpis", kpis, kpis, "\ufeff" + kpis, "it is no valid JSON at byte 0"},
		"a number beyond doubles":    {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":1e400`, "total_revenue is too large for a number"},
		"a number below doubles":     {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":1e-400`, "total_revenue is too near to 0"},
		"NaN":                        {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":NaN`, "it is no valid JSON at byte "},
		"Infinity":                   {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":-Infinity`, "it is no valid JSON at byte "},
		"a number with a 0 before":   {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":01.5`, "it is no valid JSON at byte "},
		"a whole number as 1.0":      {"kpis", kpis, `"orders":1,"aov"`, `"orders":1.0,"aov"`, "orders must be a whole number"},
		"a whole number as 1e2":      {"kpis", kpis, `"orders":1,"aov"`, `"orders":1e2,"aov"`, "orders must be a whole number"},
		"a whole number of 20 digit": {"kpis", kpis, `"orders":1,"aov"`, `"orders":12345678901234567890,"aov"`, "orders must be a whole number of at most 19 digits"},
		"less than nothing":          {"kpis", kpis, `"orders":1,"aov"`, `"orders":-1,"aov"`, "orders can't be less than 0"},
		"a text for a number":        {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":"1.5"`, "total_revenue is a text, but must be a number"},
		"null for a number":          {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":null`, "total_revenue is null, but must be a number"},
		"within a list":              {"kpis", kpis, `"revenue_by_channel":[{"key":"Online","revenue":1.5,"orders":1}]`, `"revenue_by_channel":[{"key":"Online","revenue":1.5,"orders":1},{"key":"x","revenue":1.5}]`, "revenue_by_channel[1] has no orders"},
		"deep nesting":               {"kpis", kpis, `"total_revenue":1.5`, `"total_revenue":` + strings.Repeat("[", 1_000_000), "total_revenue is a list, but must be a number"},
		"deep nesting at its root":   {"kpis", kpis, kpis, strings.Repeat(`{"a":`, 1_000_000), "it has a field that it can't have"},
		"a day that is none":         {"kpis", kpis, `"period":"2026-01-01"`, `"period":"2026-02-30"`, "time_series.points[0].period is a time that there is not"},
		"an instant that is none":    {"kpis", kpis, `"computed_at":"2026-11-23T06:30:00Z"`, `"computed_at":"2026-11-23T25:30:00Z"`, "computed_at is a time that there is not"},
		"bytes that are no text":     {"kpis", kpis, `"source_file":"orders.xlsx"`, "\"source_file\":\"\xff\"", "source_file has a text that is not in UTF-8"},
		"a line break in a text":     {"kpis", kpis, `"source_file":"orders.xlsx"`, "\"source_file\":\"\n\"", "it is no valid JSON"},
		"two rates":                  {"kpis", kpis, `"total_visitors":1428571`, `"total_visitors":1428571,"rate_orders_per_total_visitors":0.1`, "conversion does not have exactly one of the sets of fields"},
		"too many items":             {"kpis", kpis, `"first":[9]`, `"first":[` + many(6, "1") + `]`, "left_out[0].first can't have more than 5 items"},
		"a hostile key":              {"kpis", kpis, `"orders":1,"aov"`, `"` + strings.Repeat("\u202e\u009b", 100) + `":1,"orders":1,"aov"`, `it has a field that it can't have: "\u202e\u009b`},
		"a list beyond the limit":    {"run_metadata", metadata, `"headers":["order_id","column_2"]`, `"headers":[` + many(500_001, `""`) + `]`, "headers has more than 500000 items"},
		"keys beyond the limit":      {"run_metadata", metadata, `"python":"3.11"`, manyKeys(1_001), "environment has more than 1000 fields"},
		"a text beyond the limit":    {"kpis", kpis, `"source_file":"orders.xlsx"`, `"source_file":"` + strings.Repeat("x", 4<<20+1) + `"`, "source_file has a text of more than 4194304 bytes"},
		"a document beyond it":       {"kpis", kpis, kpis, kpis + strings.Repeat(" ", contract.MaxDocument), "it is larger than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, c.doc, c.from)
			_, err := decode(c.kind+".schema.json", []byte(strings.Replace(c.doc, c.from, c.to, 1)))
			var unfit *contract.FormError
			require.ErrorAs(t, err, &unfit)
			require.ErrorContains(t, err, c.kind+".schema.json can't be read: "+c.says)
			require.Less(t, len(err.Error()), 500, "one sentence")
			require.NotContains(t, err.Error(), "\u202e")
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":""`, i)
	}
	return b.String()[1:]
}

// TestKeptAsTheyStand: halves of surrogate pairs and NUL come from cells of workbooks, and are no reason to refuse a document.
func TestKeptAsTheyStand(t *testing.T) {
	doc := strings.Replace(string(documents(t)["kpis.3.full"]), `"key":"Online"`, `"key":"\ud800 \u0000 \"x\" ä"`, 1)
	k, err := contract.Decode[contract.KPIs]("kpis.json", []byte(doc))
	require.NoError(t, err)
	require.Equal(t, "\ufffd \x00 \"x\" ä", k.RevenueByChannel[0].Key)
}

// agree compares the verdicts of Decode and of the schema's own library.
func agree(t *testing.T, schemas map[string]*jsonschema.Schema, kind string, data []byte) {
	t.Helper()
	_, err := decode(kind+".schema.json", data)
	var unfit *contract.FormError
	if errors.As(err, &unfit) && beyond(unfit.Reason) {
		return // refused for what no schema says: see TestWhatNoSchemaSays
	}
	instance, jerr := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if jerr != nil {
		require.Error(t, err, "it is no JSON: %v\n%q", jerr, data)
		return
	}
	schema := schemas[kind+".schema.json"]
	if fields, ok := instance.(map[string]any); ok {
		if earlier, ok := schemas[fmt.Sprintf("%s.%v.schema.json", kind, fields["schema_version"])]; ok {
			schema = earlier
		}
	}
	said := schema.Validate(instance)
	require.Equal(t, said == nil, err == nil, "ours: %v\nthe schema: %v\n%q", err, said, data)
}

// beyond tells a refusal by its reason that no schema asks for.
func beyond(reason string) bool {
	for _, said := range []string{
		"twice", "larger than", "no more are read", "more values than are read", "at most 19 digits", "too large for a number", "too near to 0", "more digits than", "more than 1000 characters",
		"that there is not", "not in UTF-8", "has a text of more than", "can't take",
	} {
		if strings.Contains(reason, said) {
			return true
		}
	}
	return false
}

func allSchemas(t testing.TB) map[string]*jsonschema.Schema {
	out := map[string]*jsonschema.Schema{}
	for kind, latest := range versions {
		out[kind+".schema.json"] = compiled(t, kind+".schema.json")
		for v := 1; v < latest; v++ {
			name := fmt.Sprintf("%s.%d.schema.json", kind, v)
			out[name] = compiled(t, name)
		}
	}
	return out
}

// TestEachPlaceOfEachDocument puts each kind of value at each place of each document, and leaves each place out.
func TestEachPlaceOfEachDocument(t *testing.T) {
	schemas := allSchemas(t)
	values := []any{nil, false, -1, 1, 1.5, "", "2026-01-01", []any{}, []any{1}, map[string]any{"schema_version": 1}}
	for name, data := range documents(t) {
		kind, _, _ := strings.Cut(name, ".")
		if kind == "import_profile" && strings.HasSuffix(name, ".xlsx") {
			continue // it has the places of the other one
		}
		var doc any
		require.NoError(t, json.Unmarshal(data, &doc))
		firsts(doc) // the others have no other places
		tried := 0
		eachPlace(doc, func(set func(any), drop, more func()) {
			try := func() {
				tried++
				changed, err := json.Marshal(doc)
				require.NoError(t, err)
				agree(t, schemas, kind, changed)
			}
			for _, v := range values {
				set(v)
				try()
			}
			drop()
			try()
			more()
			try()
		})
		require.Greater(t, tried, 100, name)
	}
}

// firsts cuts all lists of a document to their first item.
func firsts(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			if items, ok := child.([]any); ok && len(items) > 1 {
				child = items[:1]
				v[key] = child
			}
			firsts(child)
		}
	case []any:
		for _, child := range v {
			firsts(child)
		}
	}
}

// eachPlace changes each place of a document, one after the other, and puts back what was there. Of a list only the first item.
func eachPlace(v any, try func(set func(any), drop, more func())) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			kept := v[key]
			try(func(to any) { v[key] = to }, func() { delete(v, key) }, func() { v[key] = kept; v["further"] = 1 })
			delete(v, "further")
			v[key] = kept
			eachPlace(kept, try)
		}
	case []any:
		if len(v) > 0 {
			kept := v[0]
			try(func(to any) { v[0] = to }, func() { v[0] = []any{kept, kept} }, func() { v[0] = kept })
			v[0] = kept
			eachPlace(kept, try)
		}
	}
}

// TestMemory: what documents at their limits make of themselves, all that is ever asked for counted.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("documents of 16 MB")
	}
	docs := documents(t)
	items := func(n int, item string) string { return strings.Repeat(item+",", n-1) + item }
	keys := strings.TrimPrefix(manyErrors(1_000), ",")
	column := string(docs["import_profile.5.full"])
	column = column[strings.Index(column, `"columns":[`)+len(`"columns":[`):]
	column = column[:strings.Index(column, `],"date_range"`)]
	for name, c := range map[string]struct{ kind, from, to string }{
		"rows of numbers": {"import_profile", `[["a",1,true,null]]`, "[" + items(14, "["+items(100_000, "1.5")+"]") + "]"},
		"errors":          {"import_profile", column, items(480, strings.Replace(column, `"errors":{"#N/A":1}`, `"errors":{`+keys+`}`, 1))},
		"groups":          {"kpis", `[{"key":"Online","revenue":1.5,"orders":1}]`, "[" + items(370_000, `{"key":"","revenue":0,"orders":0}`) + "]"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := string(docs[fmt.Sprintf("%s.%d.full", c.kind, versions[c.kind])])
			require.Contains(t, doc, c.from)
			data := []byte(strings.Replace(doc, c.from, c.to, 1))
			require.Less(t, len(data), contract.MaxDocument)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := decode(c.kind+".schema.json", data)
			runtime.ReadMemStats(&after)
			require.NoError(t, err)
			t.Logf("%d MB of text: %d MB", len(data)>>20, (after.TotalAlloc-before.TotalAlloc)>>20)
			require.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(200))
		})
	}
}

func manyErrors(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%x":1`, i)
	}
	return b.String()
}

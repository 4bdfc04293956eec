package hostile

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fabricportal/internal/sandbox/standin/jobs"
)

// Notebook plays a notebook that does its work at once, and leaves proper figures.
var Notebook jobs.RunnerFunc = func(_ context.Context, x jobs.Execution) (jobs.Outcome, error) {
	run := fmt.Sprint(x.Parameters["run_id"])
	folder := filepath.Join(fmt.Sprint(x.Parameters["lakehouse_root"]), "Files", "results", "runs", run)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return jobs.Outcome{}, fmt.Errorf("playing a notebook: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kpis.json"), []byte(kpis(map[string]any{"run_id": run})), 0o644); err != nil {
		return jobs.Outcome{}, fmt.Errorf("playing a notebook: %w", err)
	}
	return jobs.Outcome{}, nil
}

// kpis is a proper kpis.json (contract/kpis.schema.json), changed by what is given.
func kpis(change map[string]any) string {
	none := map[string]any{"rows": 0, "revenue": 0}
	doc := map[string]any{
		"schema_version": 3, "computed_at": time.Unix(1_780_000_000, 0).UTC().Format(time.RFC3339), "generator": map[string]any{"name": "sales_ingest", "version": "1"},
		"run_id": oldRun, "source_file": "sales.csv", "source_sha256": strings.Repeat("a", 64), "total_revenue": 12.5, "orders": 2, "aov": 6.25,
		"revenue_by_channel": shares("Web"), "revenue_by_region": shares("North"), "revenue_by_product_category": shares("Toys"),
		"time_series":           map[string]any{"granularity": "daily", "points": []any{map[string]any{"period": "2026-01-01", "revenue": 12.5, "orders": 2}}},
		"orders_without_amount": 0, "aov_with_amount": 6.25, "currencies": []any{}, "returned_or_cancelled": nil, "order_ids_by_case": 0,
		"undated_orders": 0, "undated_revenue": 0, "row_is": "order", "left_out": []any{}, "conversion": nil,
		"missing": map[string]any{
			"unread_amounts": none, "no_amount": none, "no_order_id": none, "repeated_order_id": none, "shifted_rows": none, "undated": none, "share": 0,
		},
		"read_options": map[string]any{"schema_version": 1},
	}
	maps.Copy(doc, change)
	data, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// manifest is a proper manifest.json (contract/manifest.schema.json) of files that are not there.
func manifest() string {
	var files []any
	for name, kind := range map[string]string{"sales_cleaned.parquet": "parquet", "sales_cleaned.csv": "csv", "import_profile.json": "profile", "kpis.json": "json"} {
		files = append(files, map[string]any{"name": name, "type": kind, "size_bytes": int64(1) << 60, "sha256": strings.Repeat("b", 64)})
	}
	data, err := json.Marshal(map[string]any{
		"schema_version": 1, "run_id": "0a1da000-0000-4000-8000-0000000000ff", "source_run_id": oldRun, "published_at": "2026-01-01T00:00:00Z", "files": files,
	})
	if err != nil {
		panic(err)
	}
	return string(data)
}

func shares(keys ...string) []any {
	out := []any{}
	for _, k := range keys {
		out = append(out, map[string]any{"key": k, "revenue": 12.5, "orders": 2})
	}
	return out
}

// everyDocument is an attack by all three documents at once.
func everyDocument(name, what string, f func() file) Attack {
	return onFiles(Documents, name, what, func(*Outside) map[string]file {
		return map[string]file{"kpis.json": f(), "import_profile.json": f(), "run_metadata.json": f()}
	})
}

func everyText(name, what, text string) Attack {
	return everyDocument(name, what, func() file { return textOf(text) })
}

// onKPIs is an attack by a kpis.json that begins like a proper one.
func onKPIs(name, what string, f func() file) Attack {
	once := sync.OnceValue(f)
	return onFiles(Documents, name, what, func(*Outside) map[string]file { return map[string]file{"kpis.json": once()} })
}

func documentAttacks() []Attack {
	return []Attack{
		everyText("document empty object", "{}", "{}"),
		everyText("document null", "null", "null"),
		everyText("document nothing", "a file without a byte", ""),
		everyText("document half", "the first half", kpis(nil)[:400]),
		everyText("document list", "a list", "[1,2,3]"),
		everyText("document no JSON", "no JSON, in colours", texts[0]+texts[2]),
		everyText("document deep", "a document nested a million times", strings.Repeat(`{"a":[`, megabyte/6)),
		everyDocument("document endless", "a document that never ends", func() file { return endless("500", `{"schema_version":2,"x":"`, "x") }),
		everyDocument("document 17 MB", "a megabyte more than is read", func() file { return repeated(`{"x":"`, "x", 17*megabyte) }),
		onKPIs("document numbers", "1e400 for the revenue", func() file {
			return textOf(strings.Replace(kpis(nil), `"total_revenue":12.5`, `"total_revenue":1e400`, 1))
		}),
		onKPIs("document twice", "each key twice, the second a lie", func() file {
			return textOf(strings.TrimSuffix(kpis(nil), "}") + `,"orders":-5,"orders":2.5,"total_revenue":"12"}`)
		}),
		onKPIs("document later", "a version that nobody knows yet", func() file { return textOf(kpis(map[string]any{"schema_version": 99})) }),
		onKPIs("document texts", "keys and names with escapes and turned directions", func() file {
			keys := append([]string{unbroken(2000)}, texts...)
			return textOf(kpis(map[string]any{
				"revenue_by_channel": shares(keys...), "revenue_by_region": shares(keys...), "revenue_by_product_category": shares(keys...),
				"source_file": texts[4], "generator": map[string]any{"name": texts[0], "version": texts[2]},
			}))
		}),
		onKPIs("document full", "as large as documents may be: 15 MB of categories", func() file {
			var keys []string
			for i := range 270_000 {
				keys = append(keys, fmt.Sprintf("category %07d", i))
			}
			return textOf(kpis(map[string]any{"revenue_by_product_category": shares(keys...)}))
		}),
		onKPIs("document long keys", "keys of a megabyte", func() file {
			return textOf(kpis(map[string]any{"revenue_by_channel": shares(unbroken(megabyte), unbroken(megabyte-1), texts[16]), "source_file": unbroken(megabyte)}))
		}),
		onFiles(Documents, "manifest of others", "a manifest whose files are nowhere, and larger than any disk", func(*Outside) map[string]file {
			return map[string]file{"manifest.json": textOf(manifest())}
		}),
		onKPIs("document short", "a document that breaks off", func() file {
			return file{"5000", func(w io.Writer) { _, _ = w.Write([]byte(kpis(nil)[:300])) }, true}
		}),
	}
}

// textAttacks are the cleaned rows as CSV, whose first lines the window shows.
func textAttacks() []Attack {
	csv := func(name, what string, f file) Attack {
		return onFiles(Text, name, what, func(*Outside) map[string]file { return map[string]file{"sales_cleaned.csv": f} })
	}
	return []Attack{
		csv("text without lines", "600 MB without a line's end", repeated("", "x", huge)),
		csv("text of one quote", "a quote that is never closed, 600 MB of lines", repeated("order_id,revenue\n\"", "1,2\n", huge)),
		csv("text of columns", "300 million columns", repeated("", "a,", huge)),
		csv("text endless", "told to have 100 bytes, without an end", endless("100", "order_id,revenue\n", "1,2\n")),
		csv("text of bombs", "cells with escapes, formulas and turned directions", textOf("order_id,revenue\n\""+strings.ReplaceAll(strings.Join(texts, "\",1\n\""), "\x00", "")+"\",2\n")),
		csv("text of nothing", "600 MB of zero bytes", repeated("", "\x00", huge)),
		csv("text of long cells", "a thousand lines of a megabyte", repeated("order_id,revenue\n", unbroken(megabyte)+",1\n", huge)),
	}
}

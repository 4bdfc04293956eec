package dataset

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// FuzzRows opens any bytes as rows and asks of them what the screen asks: it ends with answers or sentences, within the
// memory that a program may take.
func FuzzRows(f *testing.F) {
	type small struct {
		ID   string  `parquet:"id,dict"`
		N    *int64  `parquet:"n,optional"`
		Text string  `parquet:"text,delta"`
		V    float64 `parquet:"v,split"`
		B    bool    `parquet:"b"`
	}
	r := rand.New(rand.NewPCG(9, 9))
	rows := make([]small, 20)
	for i := range rows {
		n := r.Int64N(100)
		rows[i] = small{ID: "a", N: &n, Text: "text", V: r.Float64(), B: i%2 == 0}
	}
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Lz4Raw} {
		var b bytes.Buffer
		w := parquet.NewGenericWriter[small](&b, parquet.Compression(codec))
		if _, err := w.Write(rows); err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add(craft(1000, made{"n", typeInt64, packNone, []part{{false, 1000, encDelta, int64(len(steps(1000, 0, 1))), steps(1000, 0, 1)}}},
		made{"t", typeBytes, packSnappy, []part{packed(true, 1, encPlain, plainTexts("x")), packed(false, 1000, encListed, run(1000))}}))
	limitMemory(f)
	path := filepath.Join(f.TempDir(), "fuzz.parquet")
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			t.Skip()
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx := context.Background()
		sentence := func(err error) bool {
			var file *FileError
			var query *QueryError
			if err != nil && !errors.As(err, &file) && !errors.As(err, &query) {
				t.Fatalf("no sentence: %v", err)
			}
			return err == nil
		}
		table, err := Open(ctx, path)
		if !sentence(err) {
			return
		}
		defer table.Close()
		table.rows = min(table.rows, 1<<16) // what takes long is not what is looked for
		_, err = table.All().Shown(ctx, table.Rows()/2, 50, nil)
		sentence(err)
		if table.Rows() > 1<<16 {
			return
		}
		for column := range min(len(table.Columns()), 5) {
			v, err := table.View(ctx, Query{Search: "t", Filters: []Filter{{Column: column, Op: NotContain, Text: "é"}}, Sort: []Order{{column, true}}}, nil)
			if !sentence(err) {
				continue
			}
			got, err := v.Window(ctx, 0, 50, nil)
			if sentence(err) && v.Rows() > 0 && len(got.Cells) == 0 {
				t.Fatal("no rows of some")
			}
		}
	})
}

package parquetfile

import (
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// FuzzRead reads any bytes as a Parquet file: it ends with all the rows that were promised, or an error.
func FuzzRead(f *testing.F) {
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
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Lz4Raw, &parquet.Brotli} {
		for _, version := range []int{1, 2} {
			f.Add(write(f, rows, 15, parquet.Compression(codec), parquet.DataPageVersion(version)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			t.Skip()
		}
		got, file, err := readRows(t, data)
		if file == nil {
			if err == nil {
				t.Fatal("neither a file nor an error")
			}
			return
		}
		for i := range file.Columns() {
			file.Bounds(i)
		}
		if err == nil && int64(len(got)) != file.Rows() {
			t.Fatalf("%d of %d rows without an error", len(got), file.Rows())
		}
	})
}

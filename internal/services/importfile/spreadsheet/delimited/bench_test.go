package delimited

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// sales is a table in the shape of the sales file.
func sales(rows int) []byte {
	r := rand.New(rand.NewPCG(1, 1))
	var b bytes.Buffer
	b.WriteString("order_id,order_date,customer_id,customer_name,product_name,product_category,channel,region,country,quantity,unit_price,discount,revenue,payment_method,status,rating,is_returned,comment\n")
	for i := range rows {
		c := r.IntN(80_000)
		fmt.Fprintf(&b, "ORD-%08d,2025-%02d-%02d,C%06d,Customer %05d Ltd,Product %d Pro,Electronics,Online,North,Germany,%d,%.2f,0.05,%.2f,Card,shipped,%d,false,\"checked, all good\"\n",
			i, 1+r.IntN(12), 1+r.IntN(28), c, c, r.IntN(600), 1+r.IntN(20), r.Float64()*500, r.Float64()*5000, 1+r.IntN(5))
	}
	return b.Bytes()
}

func BenchmarkScanner(b *testing.B) {
	data := sales(100_000)
	for _, e := range []Encoding{UTF8, Windows1252} {
		b.Run(string(e), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			var batch Batch
			for b.Loop() {
				s := NewScanner(bytes.NewReader(data), int64(len(data)), Dialect{Encoding: e, Delimiter: ','}, Limits{})
				for s.Next(b.Context(), &batch) {
				}
				if s.Err() != nil {
					b.Fatal(s.Err())
				}
			}
		})
	}
	b.Run("detect", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := Detect(b.Context(), bytes.NewReader(data), int64(len(data)), false); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/csv", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(data))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

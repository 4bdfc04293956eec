package reading

import (
	"fmt"
	"strings"
	"testing"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// BenchmarkSurvey surveys a German file of 100,000 rows, twice as often as it has readings.
func BenchmarkSurvey(b *testing.B) {
	var text strings.Builder
	text.WriteString("order_id;order_date;channel;region;product_category;quantity;revenue\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "A%07d;%d.%d.2025;Online;Nord;Spielzeug;%d;%d.%03d,%02d\n", i, i%28+1, i%12+1, i%9, i%97+1, i%1000, i%100)
	}
	path := written(b, "orders.csv", text.String())
	for b.Loop() {
		if _, err := Survey(b.Context(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPlain watches a row of a plain file.
func BenchmarkPlain(b *testing.B) {
	h := headerOf(b, "order_id|order_date|revenue")
	file, err := spreadsheet.Open(b.Context(), written(b, "orders.csv", plainHeader+"\n"), spreadsheet.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	p := NewPlain(file, &h, contract.ReadOptions{})
	r := PlainRow{ID: &Value{Kind: Text, Text: []byte("A0000123")}, Dated: true, Revenue: &Value{Kind: Decimal, Num: 12.5, Text: []byte("12.50")}, Amounts: true, Fields: 3}
	for b.Loop() {
		p.Row(&r)
	}
	if p.SurveyNeeded(0) {
		b.Fatal("the file is plain")
	}
}

package main

import (
	"io"

	"github.com/parquet-go/parquet-go"
)

// record is an order in a Parquet file.
type record struct {
	Order    string  `parquet:"order_id"`
	Date     int32   `parquet:"order_date,date"`
	Customer string  `parquet:"customer_id,dict"`
	Segment  string  `parquet:"customer_segment,dict"`
	Channel  string  `parquet:"channel,dict"`
	Region   string  `parquet:"region,dict"`
	Country  string  `parquet:"country,dict"`
	Category string  `parquet:"product_category,dict"`
	Product  string  `parquet:"product_name,dict"`
	SKU      string  `parquet:"sku,dict"`
	Quantity int64   `parquet:"quantity,dict"`
	Price    float64 `parquet:"unit_price,dict"`
	Discount float64 `parquet:"discount,dict"`
	Revenue  float64 `parquet:"revenue"`
	Payment  *string `parquet:"payment_method,optional,dict"`
	Rating   *int64  `parquet:"rating,optional,dict"`
	Returned bool    `parquet:"is_returned"`
	Ship     int64   `parquet:"ship_days,dict"`
}

// rowsPerGroup is what DuckDB and others write.
const rowsPerGroup = 122_880

// writeParquet writes the same orders as columns.
func writeParquet(path string, n int) error {
	return create(path, func(w io.Writer) error {
		out := parquet.NewGenericWriter[record](w, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(rowsPerGroup))
		var err error
		orders(n)(func(_ int, r *row, v *vocabulary) bool {
			_, err = out.Write([]record{r.record(v)})
			return err == nil
		})
		if err != nil {
			return err
		}
		return out.Close()
	})
}

func (r *row) record(v *vocabulary) record {
	const epoch = 25_569 // the serial day of 1970-01-01
	t := func(i int) string { return v.list[r.texts[i]] }
	o := record{
		Order: t(0), Date: int32(r.day - epoch), Customer: t(1), Segment: t(2), Channel: t(3), Region: t(4), Country: t(5), Category: t(6), Product: t(7), SKU: t(8),
		Quantity: int64(r.quantity), Price: r.price, Discount: r.discount, Revenue: r.revenue(), Returned: r.returned, Ship: int64(r.ship),
	}
	if r.payment >= 0 {
		o.Payment = &v.list[r.payment]
	}
	if r.rating > 0 {
		rating := int64(r.rating)
		o.Rating = &rating
	}
	return o
}

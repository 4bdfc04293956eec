package twosides

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

// kept is a way in which a Parquet file keeps a column.
type kept struct {
	node  parquet.Node
	value func(m maker, o order) parquet.Value
}

func bytesOf(text string) parquet.Value { return parquet.ByteArrayValue([]byte(text)) }

func millis(o order) int64 { return o.day.UnixMilli() + o.day.UnixMilli()%1000 }

func int96Of(at time.Time) deprecated.Int96 {
	days := at.Unix()/86400 + 2_440_588
	nanos := uint64(at.Unix()%86400)*1_000_000_000 + 999_999_999
	return deprecated.Int96{uint32(nanos), uint32(nanos >> 32), uint32(days)}
}

var (
	keptIDs = []kept{
		{parquet.String(), func(_ maker, o order) parquet.Value { return bytesOf(o.id) }},
		{parquet.String(), func(_ maker, o order) parquet.Value { return bytesOf(o.id) }},
		{parquet.Leaf(parquet.ByteArrayType), func(_ maker, o order) parquet.Value { return bytesOf(o.id) }},
		{parquet.Int(64), func(_ maker, o order) parquet.Value {
			return parquet.Int64Value(9_007_199_254_740_990 + int64(len(o.id)) + o.cents%50)
		}},
		{parquet.Uint(64), func(_ maker, o order) parquet.Value { return parquet.Int64Value(-1 - o.cents%50) }}, // near 2^64
		{parquet.Int(32), func(_ maker, o order) parquet.Value { return parquet.Int32Value(int32(o.cents % 100)) }},
		{parquet.UUID(), func(m maker, _ order) parquet.Value {
			id := make([]byte, 16)
			for i := range id {
				id[i] = byte(m.IntN(256))
			}
			return parquet.FixedLenByteArrayValue(id)
		}},
	}
	keptDates = []kept{
		{parquet.Date(), func(_ maker, o order) parquet.Value { return parquet.Int32Value(int32(o.day.Unix() / 86400)) }},
		{parquet.Timestamp(parquet.Millisecond), func(_ maker, o order) parquet.Value { return parquet.Int64Value(millis(o)) }},
		{parquet.Timestamp(parquet.Microsecond), func(_ maker, o order) parquet.Value { return parquet.Int64Value(o.day.UnixMicro() + 999_999) }},
		{parquet.Timestamp(parquet.Nanosecond), func(_ maker, o order) parquet.Value { return parquet.Int64Value(o.day.UnixNano() + 999_999_999) }},
		{parquet.TimestampAdjusted(parquet.Millisecond, false), func(m maker, o order) parquet.Value {
			return parquet.Int64Value(pick(m, millis(o), -62_135_596_800_001, 253_402_300_800_000))
		}},
		{parquet.Leaf(parquet.Int96Type), func(_ maker, o order) parquet.Value { return parquet.Int96Value(int96Of(o.day)) }},
		{parquet.String(), func(m maker, o order) parquet.Value {
			return bytesOf(o.day.Format(pick(m, "2006-01-02", "2006-01-02", "02.01.2006")))
		}},
		{parquet.Int(32), func(_ maker, o order) parquet.Value {
			return parquet.Int32Value(int32(o.day.Year()*10000 + int(o.day.Month())*100 + o.day.Day()))
		}},
	}
	keptAmounts = []kept{
		{parquet.Leaf(parquet.DoubleType), func(_ maker, o order) parquet.Value { return parquet.DoubleValue(float64(o.cents) / 100) }},
		{parquet.Leaf(parquet.DoubleType), func(m maker, o order) parquet.Value {
			return parquet.DoubleValue(pick(m, float64(o.cents)/100, float64(o.cents)/100, math.NaN(), math.Inf(1), math.Copysign(0, -1)))
		}},
		{parquet.Leaf(parquet.FloatType), func(_ maker, o order) parquet.Value { return parquet.FloatValue(float32(o.cents) / 100) }},
		{parquet.Decimal(2, 18, parquet.Int64Type), func(_ maker, o order) parquet.Value { return parquet.Int64Value(o.cents) }},
		{parquet.Decimal(4, 9, parquet.Int32Type), func(_ maker, o order) parquet.Value { return parquet.Int32Value(int32(o.cents % 1_000_000)) }},
		{parquet.Int(64), func(_ maker, o order) parquet.Value { return parquet.Int64Value(o.cents) }},
		{parquet.Int(16), func(_ maker, o order) parquet.Value { return parquet.Int32Value(int32(int16(o.cents))) }},
	}
	keptOthers = []kept{
		{parquet.Leaf(parquet.BooleanType), func(m maker, _ order) parquet.Value { return parquet.BooleanValue(m.rarely(2)) }},
		{parquet.Time(parquet.Millisecond), func(m maker, _ order) parquet.Value { return parquet.Int32Value(int32(m.IntN(86_400_000))) }},
		{parquet.Time(parquet.Nanosecond), func(m maker, _ order) parquet.Value { return parquet.Int64Value(m.Int64N(86_400_000_000_000)) }},
		{parquet.Leaf(parquet.FixedLenByteArrayType(3)), func(m maker, _ order) parquet.Value {
			return parquet.FixedLenByteArrayValue([]byte(pick(m, "abc", "\xff\x00\x01", "ä1")))
		}},
		{parquet.Leaf(parquet.ByteArrayType), func(m maker, _ order) parquet.Value {
			return bytesOf(pick(m, "text", "Größe", "\xff\xfe", "", " a "))
		}},
		{parquet.Enum(), func(m maker, _ order) parquet.Value { return bytesOf(pick(m, "RED", "GREEN")) }},
		{parquet.JSON(), func(m maker, _ order) parquet.Value { return bytesOf(pick(m, `{"a":1}`, "null")) }},
		{parquet.Uint(8), func(m maker, _ order) parquet.Value { return parquet.Int32Value(int32(m.IntN(256))) }},
		{parquet.Uint(32), func(m maker, _ order) parquet.Value { return parquet.Int32Value(int32(m.Uint32())) }},
		{parquet.String(), func(m maker, _ order) parquet.Value {
			return bytesOf(pick(m, "12:30", "2025-01-01", "1.5", "true", "", "x\u00a0"))
		}},
		{parquet.Date(), func(m maker, _ order) parquet.Value { return parquet.Int32Value(int32(m.IntN(6_000_000) - 1_500_000)) }}, // in years that there are not, too
	}
)

// parquetFile writes orders as a Parquet file.
func (d *dress) parquetFile(t testing.TB, orders []order) ([]byte, contract.ReadOptions) {
	text := func(value func(o order) string) kept {
		return kept{parquet.String(), func(_ maker, o order) parquet.Value { return bytesOf(value(o)) }}
	}
	columns := map[string]kept{"order_id": pick(d.maker, keptIDs...), "order_date": pick(d.maker, keptDates...), "revenue": pick(d.maker, append(keptAmounts, text(func(o order) string { return d.amount(o.cents) }))...),
		"channel": text(func(o order) string { return o.channel })}
	for _, name := range []string{"another", "column", "region"} {
		if d.rarely(2) {
			columns[name] = pick(d.maker, keptOthers...)
		}
	}
	group := parquet.Group{}
	optional := map[string]bool{}
	for name, column := range columns {
		node := column.node
		if d.rarely(3) && node.Type().Kind() != parquet.Boolean {
			node = parquet.Encoded(node, &parquet.RLEDictionary)
		}
		if optional[name] = d.rarely(2); optional[name] {
			node = parquet.Optional(node)
		}
		group[name] = node
	}
	schema := parquet.NewSchema("orders", group)
	var out bytes.Buffer
	w := parquet.NewWriter(&out, schema, parquet.Compression(pick[compress.Codec](d.maker, &parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Zstd, &parquet.Lz4Raw, &parquet.Brotli)),
		parquet.DataPageVersion(1+d.IntN(2)), parquet.PageBufferSize(pick(d.maker, 16, 256, 1<<16)))
	for i, o := range orders {
		var row parquet.Row
		for place, path := range schema.Columns() {
			name := path[0]
			switch {
			case !optional[name]:
				row = append(row, columns[name].value(d.maker, o).Level(0, 0, place))
			case d.rarely(12):
				row = append(row, parquet.NullValue().Level(0, 0, place))
			default:
				row = append(row, columns[name].value(d.maker, o).Level(0, 1, place))
			}
		}
		_, err := w.WriteRows([]parquet.Row{row})
		require.NoError(t, err)
		if i%40 == 39 && d.rarely(2) {
			require.NoError(t, w.Flush())
		}
	}
	require.NoError(t, w.Close())
	d.roles, d.titles = nil, 0
	return out.Bytes(), d.options()
}

package parquetfile

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math"
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// order is a row with a column of each kind and encoding.
type order struct {
	ID       string    `parquet:"order_id"`
	Day      int32     `parquet:"day,date"`
	Channel  *string   `parquet:"channel,optional,dict"`
	Count    int64     `parquet:"count,delta"`
	Small    *int32    `parquet:"small,optional"`
	Price    float64   `parquet:"price,split"`
	Share    float32   `parquet:"share"`
	Paid     bool      `parquet:"paid"`
	Returned *bool     `parquet:"returned,optional"`
	At       time.Time `parquet:"at,timestamp(microsecond)"`
	Clock    int32     `parquet:"clock,time(millisecond)"`
	Amount   int64     `parquet:"amount,decimal(2:18)"`
	Unsigned uint32    `parquet:"unsigned"`
	Code     string    `parquet:"code,delta"`
	Key      [16]byte  `parquet:"key,uuid"`
	Words    string    `parquet:"words,delta"`
}

func randomOrder(r *rand.Rand, i int) order {
	o := order{ID: fmt.Sprintf("ORD-%08d", i), Day: int32(r.IntN(40_000) - 10_000), Count: int64(i * (1 + r.IntN(1000))), Price: r.NormFloat64() * 1e6, Share: r.Float32(),
		Paid: r.IntN(2) == 0, At: time.UnixMicro(r.Int64N(4e15) - 1e15).UTC(), Clock: int32(r.IntN(86_400_000)), Amount: r.Int64N(1e15) - 5e14,
		Unsigned: r.Uint32(), Code: strings.Repeat("x", r.IntN(20)), Words: fmt.Sprintf("prefix %d", r.IntN(1000))}
	for i := range o.Key {
		o.Key[i] = byte(r.UintN(256))
	}
	if r.IntN(3) > 0 {
		c := []string{"Online", "Store", "", "Größe €"}[r.IntN(4)]
		o.Channel = &c
	}
	if r.IntN(4) > 0 {
		n := int32(r.IntN(1_000_000) - 500_000)
		o.Small = &n
		b := n > 0
		o.Returned = &b
	}
	if r.IntN(500) == 0 {
		o.Price = []float64{math.NaN(), math.Inf(1)}[r.IntN(2)]
	}
	return o
}

// want is the row as cells, by column.
func (o *order) want() []any {
	text := func(s *string) any {
		if s == nil || *s == "" {
			return nil
		}
		return *s
	}
	out := []any{o.ID, time.Unix(int64(o.Day)*86400, 0).UTC(), text(o.Channel), float64(o.Count), nil, o.Price, float64(o.Share), o.Paid, nil,
		time.Unix(o.At.Unix(), 0).UTC(), time.Duration(o.Clock/1000) * time.Second, float64(o.Amount) / 100, float64(o.Unsigned), text(&o.Code), "", o.Words}
	if o.Small != nil {
		out[4], out[8] = float64(*o.Small), *o.Returned
	}
	if math.IsNaN(o.Price) {
		out[5] = nil
	} else if math.IsInf(o.Price, 0) {
		out[5] = "infinity"
	}
	k := o.Key
	out[14] = fmt.Sprintf("%x-%x-%x-%x-%x", k[:4], k[4:6], k[6:8], k[8:10], k[10:])
	return out
}

func valueOf(b *cells.Batch, c cells.Cell) any {
	switch c.Kind {
	case cells.Number:
		return c.Num()
	case cells.Text, cells.Error:
		return string(b.At(c))
	case cells.Bool:
		return c.Bits == 1
	case cells.Time:
		return time.Duration(c.Millis()) * time.Millisecond
	}
	return time.UnixMilli(c.Millis()).UTC()
}

// readRows reads a file's rows, and sees that they are the same where its first rows are read by themselves, and where its
// pages are kept on disk.
func readRows(t testing.TB, data []byte) ([][]any, *File, error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	rows, err := rowsOf(t, f.NewReader(0))
	onDisk := f.NewReader(0)
	onDisk.spill.most = -1
	same, diskErr := rowsOf(t, onDisk)
	require.Equal(t, fmt.Sprint(err), fmt.Sprint(diskErr), "with pages on disk")
	if !reflect.DeepEqual(rows, same) {
		require.Equal(t, rows, same, "with pages on disk")
	}
	if len(data) > 1<<14 || crc32.ChecksumIEEE(data)%5 == 0 { // some of the thousands of small damaged files are enough
		requireSameAsLongPages(t, rows, err, f)
	}
	for _, part := range []int{beginning, 200, 7} { // of a page, unpacked at first
		first := f.NewReader(int64(len(rows)/2 + 1))
		first.part = part
		requireSameBeginning(t, rows, err, first)
	}
	requireSameColumns(t, f, rows, err)
	return rows, f, err
}

// requireSameAsLongPages sees that pages that are decoded some rows at a time give the same.
func requireSameAsLongPages(t testing.TB, rows [][]any, err error, f *File) {
	long := *f
	long.longBytes, long.longValues = -1, -1
	same, longErr := rowsOf(t, long.NewReader(0))
	require.Equal(t, err == nil, longErr == nil, "as long pages: %v, else %v", longErr, err)
	if err == nil && !reflect.DeepEqual(rows, same) {
		require.Equal(t, rows, same, "as long pages")
	}
	requireSameBeginning(t, rows, err, long.NewReader(int64(len(rows)/2+1)))
	requireSameColumns(t, &long, rows, err)
}

// requireSameBeginning sees that a reader of the first rows gives what all rows began with.
func requireSameBeginning(t testing.TB, rows [][]any, err error, first *Reader) {
	head := int(first.head)
	same, headErr := rowsOf(t, first)
	if err == nil {
		require.NoError(t, headErr, "the first %d rows by themselves", head)
		require.Len(t, same, len(rows), "the first %d rows by themselves", head)
		head = len(rows) // and those behind them
	}
	for i := range min(len(rows), len(same), head) {
		if !reflect.DeepEqual(rows[i], same[i]) {
			require.Equal(t, rows[i], same[i], "row %d, the first %d by themselves", i+1, head)
		}
	}
}

func rowsOf(t testing.TB, r *Reader) ([][]any, error) {
	defer r.Close()
	var rows [][]any
	var b cells.Batch
	for b.Reset(); r.Next(t.Context(), &b); b.Reset() {
		require.NotEmpty(t, b.Rows)
		require.LessOrEqual(t, len(b.Rows), cells.MaxRows)
		base := len(rows)
		for i, row := range b.Rows {
			require.Equal(t, base+i+1, int(row.Number))
			rows = append(rows, make([]any, len(r.file.Columns())))
		}
		for column, list := range b.Columns {
			for _, c := range list {
				rows[base+int(c.Row)][column] = valueOf(&b, c)
			}
		}
	}
	return rows, r.Err()
}

func write[T any](t testing.TB, rows []T, perGroup int, options ...parquet.WriterOption) []byte {
	var out bytes.Buffer
	w := parquet.NewGenericWriter[T](&out, options...)
	for from := 0; from < len(rows); from += perGroup {
		_, err := w.Write(rows[from:min(from+perGroup, len(rows))])
		require.NoError(t, err)
		require.NoError(t, w.Flush())
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// TestValuesAreThoseThatWereWritten writes random rows with another library, in every compression and page version.
func TestValuesAreThoseThatWereWritten(t *testing.T) {
	count := 5000
	if testing.Short() {
		count = 2500 // more than one group of rows
	}
	for name, codec := range map[string]compress.Codec{"none": &parquet.Uncompressed, "snappy": &parquet.Snappy, "gzip": &parquet.Gzip, "zstd": &parquet.Zstd, "lz4": &parquet.Lz4Raw, "brotli": &parquet.Brotli} {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprint(name, " ", version), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, uint64(version)))
				rows := make([]order, count)
				for i := range rows {
					rows[i] = randomOrder(r, i)
				}
				data := write(t, rows, 2000, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(4000))
				got, f, err := readRows(t, data)
				require.NoError(t, err)
				require.Len(t, got, len(rows))
				require.EqualValues(t, len(rows), f.Rows())
				for i := range rows {
					if want := rows[i].want(); !reflect.DeepEqual(want, got[i]) {
						require.Equal(t, want, got[i], "row %d", i)
					}
				}
			})
		}
	}
}

// TestWholeNumbersAreExact: beyond what a double holds they are the text of their digits.
func TestWholeNumbersAreExact(t *testing.T) {
	type numbers struct {
		Signed   int64    `parquet:"signed"`
		Unsigned uint64   `parquet:"unsigned,dict"`
		Delta    int64    `parquet:"delta,delta"`
		Split    *int64   `parquet:"split,optional,split"`
		Decimal  int64    `parquet:"decimal,decimal(0:18)"`
		Long     [16]byte `parquet:"long,decimal(0:38)"`
		Short    uint32   `parquet:"short"`
	}
	r := rand.New(rand.NewPCG(53, 64))
	edges := []int64{0, 1, -1, exact - 1, exact, exact + 1, -exact, -exact - 1, math.MaxInt64, math.MinInt64, 1 << 60}
	var rows []numbers
	var want [][]any
	cell := func(n *big.Int) any {
		if n.CmpAbs(big.NewInt(exact)) > 0 {
			return n.String()
		}
		return float64(n.Int64())
	}
	for i := range 5000 {
		n := r.Int64() >> r.IntN(64)
		if i%2 == 0 {
			n = -n
		}
		if i < len(edges) {
			n = edges[i]
		}
		row := numbers{Signed: n, Unsigned: uint64(n), Delta: n, Decimal: n, Short: uint32(n)}
		long := new(big.Int).Mul(big.NewInt(n), big.NewInt([]int64{1, 1, 1 << 40, -1 << 62}[i%4]))
		new(big.Int).And(long, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1))).FillBytes(row.Long[:])
		out := []any{cell(big.NewInt(n)), cell(new(big.Int).SetUint64(uint64(n))), cell(big.NewInt(n)), nil, cell(big.NewInt(n)), cell(long), float64(uint32(n))}
		if i%5 > 0 {
			row.Split, out[3] = &row.Signed, out[0]
		}
		rows, want = append(rows, row), append(want, out)
	}
	for _, version := range []int{1, 2} {
		got, f, err := readRows(t, write(t, rows, 2000, parquet.DataPageVersion(version)))
		require.NoError(t, err)
		for i := range want {
			require.Equal(t, want[i], got[i], "row %d", i)
		}
		require.InDelta(t, math.MaxInt64, f.Bounds(0).Max.Num(), 0)
		require.InDelta(t, float64(math.MaxUint64), f.Bounds(1).Max.Num(), 1<<12)
	}
}

// TestDecimalsAreExact: a key keeps its digits, and a fraction below 10^15 is the number next to it.
func TestDecimalsAreExact(t *testing.T) {
	type numbers struct {
		Middle int64    `parquet:"middle,decimal(2:18)"`
		Long   [16]byte `parquet:"long,decimal(4:38)"`
	}
	long := func(digits string) (out [16]byte) {
		n, ok := new(big.Int).SetString(digits, 10)
		require.True(t, ok)
		new(big.Int).And(n, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1))).FillBytes(out[:])
		return out
	}
	var rows []numbers
	var want [][]any
	for _, c := range []struct {
		middle int64
		long   string
		cells  []any
	}{
		{0, "0", []any{0.0, 0.0}},
		{1, "-1", []any{0.01, -0.0001}},
		{-1990, "33333333333333333", []any{-19.9, 3333333333333.3333}},
		{99_999_999_999_999_999, "9999999999999999999", []any{"999999999999999.99", "999999999999999.9999"}}, // their double is 10^15
		{123_456_789_012_345_678, "12345678901234567890", []any{"1234567890123456.78", "1234567890123456.789"}},
		{123_456_789_012_345_679, "12345678901234560000", []any{"1234567890123456.79", 1234567890123456.0}},
		{123_456_789_012_345_650, "-12345678901234565000", []any{1234567890123456.5, -1234567890123456.5}},
		{900_719_925_474_099_200, "90071992547409920000", []any{9007199254740992.0, 9007199254740992.0}},
		{900_719_925_474_099_300, "90071992547409940000", []any{"9007199254740993", "9007199254740994"}},
		{-900_719_925_474_099_201, "-99999999999999999999999999999999999999", []any{"-9007199254740992.01", "-9999999999999999999999999999999999.9999"}},
	} {
		rows, want = append(rows, numbers{c.middle, long(c.long)}), append(want, c.cells)
	}
	got, f, err := readRows(t, write(t, rows, 2000))
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.InDelta(t, 1234567890123456.79, f.Bounds(0).Max.Num(), 1e16)
}

// TestAMomentsDayIsCut: whatever the unit, and before 1970 too.
func TestAMomentsDayIsCut(t *testing.T) {
	type moments struct {
		Millis time.Time        `parquet:"millis,timestamp(millisecond)"`
		Micros time.Time        `parquet:"micros,timestamp(microsecond)"`
		Nanos  time.Time        `parquet:"nanos,timestamp(nanosecond)"`
		Old    deprecated.Int96 `parquet:"old"`
		Clock  int64            `parquet:"clock,time(nanosecond)"`
	}
	r := rand.New(rand.NewPCG(5, 9))
	var rows []moments
	var days []time.Time
	for range 3000 {
		day := time.Unix(int64(r.IntN(40_000)-10_000)*86400, 0).UTC()
		clock := 24*time.Hour - time.Duration(1+r.Int64N(int64([]time.Duration{time.Microsecond, time.Millisecond, time.Second, 24 * time.Hour}[r.IntN(4)])))
		at := day.Add(clock)
		julian := uint32(day.Unix()/86400 + 2_440_588)
		rows = append(rows, moments{at.Truncate(time.Millisecond), at.Truncate(time.Microsecond), at,
			deprecated.Int96{uint32(clock), uint32(clock >> 32), julian}, int64(clock)})
		days = append(days, day.Add(clock.Truncate(time.Second)))
	}
	got, _, err := readRows(t, write(t, rows, 1000))
	require.NoError(t, err)
	for i, want := range days {
		for column := range 4 {
			require.Equal(t, want, got[i][column], "row %d, column %d", i, column)
		}
		require.Equal(t, want.Sub(want.Truncate(24*time.Hour)), got[i][4])
	}
}

func TestBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	rows := make([]order, 3000)
	for i := range rows {
		rows[i] = randomOrder(r, i)
		rows[i].Price = float64(i)
	}
	_, f, err := readRows(t, write(t, rows, 1000))
	require.NoError(t, err)
	b := f.Bounds(0)
	require.True(t, b.Known)
	require.Equal(t, []any{"ORD-00000000", "ORD-00002999", int64(0)}, []any{b.MinText, b.MaxText, b.Nulls})
	b = f.Bounds(5)
	require.True(t, b.Known)
	require.Equal(t, []float64{0, 2999}, []float64{b.Min.Num(), b.Max.Num()})
	nulls, low, high := int64(0), int32(math.MaxInt32), int32(math.MinInt32)
	for _, o := range rows {
		if o.Small == nil {
			nulls++
			continue
		}
		low, high = min(low, *o.Small), max(high, *o.Small)
	}
	b = f.Bounds(4)
	require.Equal(t, []any{nulls, float64(low), float64(high)}, []any{b.Nulls, b.Min.Num(), b.Max.Num()})
	require.Equal(t, cells.Date, f.Bounds(1).Min.Kind)
}

// TestListsBesidePlainColumns: what holds single values is read, whatever stands between.
func TestListsBesidePlainColumns(t *testing.T) {
	type item struct {
		Name  string             `parquet:"name"`
		Sizes []int64            `parquet:"sizes,list"`
		More  map[string]float64 `parquet:"more"`
	}
	type row struct {
		ID    string   `parquet:"id"`
		Tags  []string `parquet:"tags,list"`
		Items []item   `parquet:"items"`
		Note  *string  `parquet:"note,optional"`
		Inner struct {
			A int64
			B *string
		} `parquet:"inner"`
		Amount float64 `parquet:"amount"`
	}
	note := "n"
	var rows []row
	for i := range 500 {
		r := row{ID: fmt.Sprint("A", i), Tags: make([]string, i%4), Items: make([]item, i%3), Amount: float64(i)}
		if i%2 == 0 {
			r.Note = &note
		}
		rows = append(rows, r)
	}
	got, f, err := readRows(t, write(t, rows, 200))
	require.NoError(t, err)
	require.Len(t, f.Columns(), 3)
	require.Equal(t, []string{"tags", "items", "inner"}, f.LeftOut())
	require.InDelta(t, 499, f.Bounds(2).Max.Num(), 0)
	for i, r := range got {
		want := []any{fmt.Sprint("A", i), nil, float64(i)}
		if i%2 == 0 {
			want[1] = "n"
		}
		require.Equal(t, want, r)
	}
}

func TestSplitTypes(t *testing.T) {
	require.InDelta(t, -1.5, float16(0xBE00), 0)
	require.InDelta(t, 65504, float16(0x7BFF), 0)
	require.InDelta(t, 5.960464477539063e-08, float16(1), 1e-20)
	require.InDelta(t, -12.34, bigDecimal([]byte{0xFB, 0x2E}, 2), 0)
	require.InDelta(t, 1e30, bigDecimal([]byte{0x0C, 0x9F, 0x2C, 0x9C, 0xD0, 0x46, 0x74, 0xED, 0xEA, 0x40, 0, 0, 0}, 0), 1e15)
	require.InDelta(t, 0.1, decimal(1, 1), 0)
	require.InDelta(t, 1234567890123456.78, decimal(123456789012345678, 2), 0)
	require.Equal(t, []byte("0x00ff"), appendTextOrHex(nil, []byte{0, 0xFF}))
	require.Equal(t, "a\uFFFDb", string(appendText(nil, []byte("a\xFFb"))))
	require.True(t, reflect.DeepEqual(uint64(0), int96([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0x8C, 0x3D, 0x25, 0})))
}

package parquetfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/snappy"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/compress/lz4"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// snappyOf is a random block of Snappy that unpacks to some bytes, with references that go back as far as there is anything.
func snappyOf(r *rand.Rand, size int) (packed, plain []byte) {
	var body []byte
	for len(plain) < size {
		if len(plain) == 0 || r.IntN(4) == 0 {
			literal := make([]byte, 1+r.IntN([]int{60, 300, 400_000}[r.IntN(3)]))
			for i := range literal {
				literal[i] = byte(r.Uint32())
			}
			if n := len(literal) - 1; n < 60 {
				body = append(body, byte(n<<2))
			} else {
				body = append(body, 63<<2)
				body = binary.LittleEndian.AppendUint32(body, uint32(n))
			}
			body, plain = append(body, literal...), append(plain, literal...)
			continue
		}
		back := 1 + r.IntN(min(len(plain), []int{8, 2000, 1 << 30}[r.IntN(3)]))
		n := 1 + r.IntN(64)
		body = binary.LittleEndian.AppendUint32(append(body, byte((n-1)<<2|3)), uint32(back))
		for range n {
			plain = append(plain, plain[len(plain)-back])
		}
	}
	return append(binary.AppendUvarint(nil, uint64(len(plain))), body...), plain
}

// TestSnappyIsUnpackedInPieces, however far back it refers, and whatever the pieces that are asked for.
func TestSnappyIsUnpackedInPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for i := range 9 {
		packed, plain := snappyOf(r, 1+r.IntN([]int{100, 300_000, 9 << 20}[i%3]))
		want, err := snappy.Decode(nil, packed)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, want))
		open := func() io.Reader { return bytes.NewReader(packed) }
		read, closing, err := unpacking(codecSnappy, open, int64(len(packed)), int64(len(plain)))
		require.NoError(t, err)
		if i%2 == 0 {
			read = iotest.HalfReader(read)
		}
		got, err := io.ReadAll(read)
		closing()
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, got))

		for range 5 {
			broken := bytes.Clone(packed[:1+r.IntN(len(packed))])
			if r.IntN(2) == 0 {
				broken[r.IntN(len(broken))] ^= 1 << r.IntN(8)
			}
			open := func() io.Reader { return bytes.NewReader(broken) }
			read, closing, err := unpacking(codecSnappy, open, int64(len(broken)), int64(len(plain)))
			want, wantErr := snappy.Decode(nil, broken)
			if err == nil {
				got, err = io.ReadAll(read)
				closing()
			}
			if wantErr == nil && len(want) == len(plain) {
				require.NoError(t, err)
				require.True(t, bytes.Equal(want, got))
			} else {
				require.ErrorIs(t, err, errPage)
			}
		}
	}
}

// TestLZ4IsUnpackedInPieces compares with the unpacking of whole blocks.
func TestLZ4IsUnpackedInPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for _, size := range []int{1, 20, 5000, 200_000, 3 << 20} {
		var plain []byte
		for len(plain) < size {
			plain = append(plain, fmt.Sprint("order ", r.IntN(1000), strings.Repeat("x", r.IntN(300)))...)
		}
		packed, err := parquet.Lz4Raw.Encode(nil, plain)
		require.NoError(t, err)
		open := func() io.Reader { return bytes.NewReader(packed) }
		read, _, err := unpacking(codecLZ4, open, int64(len(packed)), int64(len(plain)))
		require.NoError(t, err)
		got, err := io.ReadAll(read)
		require.NoError(t, err)
		require.True(t, bytes.Equal(plain, got))
		for range 100 {
			broken := bytes.Clone(packed)
			broken[r.IntN(len(broken))] ^= 1 << r.IntN(8)
			want := make([]byte, len(plain))
			wantErr := lz4Block(want, broken)
			open := func() io.Reader { return bytes.NewReader(broken) }
			read, _, err := unpacking(codecLZ4, open, int64(len(broken)), int64(len(plain)))
			require.NoError(t, err)
			got, err := io.ReadAll(io.LimitReader(read, int64(len(plain))+1))
			require.Equal(t, wantErr == nil, err == nil && len(got) == len(plain))
			if wantErr == nil {
				require.True(t, bytes.Equal(want, got))
			}
		}
	}
}

func TestLZ4AsHadoopFramesIt(t *testing.T) {
	block := func(plain string) []byte {
		packed, err := parquet.Lz4Raw.Encode(nil, []byte(plain))
		require.NoError(t, err)
		out := binary.BigEndian.AppendUint32(nil, uint32(len(plain)))
		return append(binary.BigEndian.AppendUint32(out, uint32(len(packed))), packed...)
	}
	data := append(block("first block, "), block("second block")...)
	dst := make([]byte, len("first block, second block"))
	require.NoError(t, hadoopBlocks(dst, data))
	require.Equal(t, "first block, second block", string(dst))
	for n := range data {
		require.Error(t, hadoopBlocks(dst, data[:n]))
	}
}

// long is a row of columns in which every way to write long pages occurs.
type long struct {
	ID     int64    `parquet:"id"`
	Text   string   `parquet:"text"`
	Note   *string  `parquet:"note,optional"`
	Listed *string  `parquet:"listed,optional,dict"`
	Amount *float64 `parquet:"amount,optional"`
	Paid   bool     `parquet:"paid"`
	Count  int64    `parquet:"count,delta"`
	Name   string   `parquet:"name,delta"`
	Price  float64  `parquet:"price,split"`
}

func longRows(n int) []long {
	r := rand.New(rand.NewPCG(8, 8))
	rows := make([]long, n)
	for i := range rows {
		rows[i] = long{ID: int64(i), Text: fmt.Sprint("text ", i, strings.Repeat("x", r.IntN(60))), Paid: i%3 == 0, Count: r.Int64N(1 << 40),
			Name: fmt.Sprint("name ", i/3), Price: r.Float64()}
		if r.IntN(4) > 0 {
			note, listed, amount := fmt.Sprint("note ", r.IntN(1e9)), fmt.Sprint("list ", r.IntN(500)), r.Float64()
			rows[i].Note, rows[i].Listed, rows[i].Amount = &note, &listed, &amount
		}
	}
	return rows
}

// TestLongPagesTakeLittleMemory: of pages of tens of megabytes a piece is in memory at a time.
func TestLongPagesTakeLittleMemory(t *testing.T) {
	rows := longRows(150_000)
	for name, codec := range map[string]compress.Codec{"none": &parquet.Uncompressed, "snappy": &parquet.Snappy, "gzip": &parquet.Gzip, "zstd": &parquet.Zstd, "lz4": &lz4.Codec{Level: lz4.Fastest}, "brotli": &parquet.Brotli} {
		data := write(t, rows, len(rows), parquet.Compression(codec), parquet.PageBufferSize(256<<20))
		f, err := Open(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err)
		f.longBytes, f.longValues = 1<<17, 1<<17 // so that all columns have one
		r := f.NewReader(0)
		var b cells.Batch
		taken := allocated(func() { require.True(t, r.Next(t.Context(), &b)) })
		require.Less(t, taken, uint64(60<<20), name)
		var held int64
		for i := range r.pages {
			require.NotEmpty(t, r.pages[i].segments, r.pages[i].column.Name)
			held += r.pages[i].held()
		}
		require.Less(t, held, int64(len(r.pages)*(9*segmentRows+4*segmentText)), name)
		require.Less(t, int64(maxMemory)-r.budget.Load(), int64(8<<20), name)
		r.Close()
	}
}

func TestLongPagesAreThoseInMemory(t *testing.T) {
	const count = 12_000
	rows := longRows(count)
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Zstd} {
		for _, version := range []int{1, 2} {
			got, _, err := readRows(t, write(t, rows, count*2/3, parquet.Compression(codec), parquet.PageBufferSize(64<<20), parquet.DataPageVersion(version)))
			require.NoError(t, err)
			require.Len(t, got, len(rows))
			require.Equal(t, rows[count-1].Text, got[count-1][1])
		}
	}
}

// TestTextsOfALongPage: one text that is longer than is safe is refused, and not for what it promises.
func TestTextsOfALongPage(t *testing.T) {
	type row struct {
		A string
	}
	for size, want := range map[int]error{maxLongText: nil, maxLongText + 1: errTooLarge} {
		data := write(t, []row{{"x"}, {strings.Repeat("y", size)}, {"z"}}, 3, parquet.PageBufferSize(64<<20))
		f, err := Open(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err)
		rows, err := rowsOf(t, f.NewReader(0))
		if want == nil {
			require.NoError(t, err)
			require.Len(t, rows, 3)
			continue
		}
		require.ErrorIs(t, err, want)
	}
}

// TestPagesWithoutValues: where all rows of a page of the second version are empty, there may be nothing to unpack.
func TestPagesWithoutValues(t *testing.T) {
	column, ok := newColumn(element{physical: physicalDouble, converted: -1, repetition: 1})
	require.True(t, ok)
	for codec := range codecLZ4 + 1 {
		var budget atomic.Int64
		budget.Store(maxMemory)
		p := &pages{column: &column, codec: codec, budget: &budget, buffers: &buffers{}, partly: false}
		levels := []byte{20, 0} // ten times zero
		h := pageHeader{kind: pageDataV2, plain: 2, packed: 2, values: 10, nulls: 10, definitions: 2, encoding: encodingPlain}
		p.wanted = 10
		require.NoError(t, p.readData(h, levels), codec)
		require.Equal(t, make([]bool, 10), p.current.present)

		p.src = bytes.NewReader(levels)
		long, err := p.openLong(h)
		require.NoError(t, err, codec)
		require.NoError(t, long.piece(10, false))
		require.Equal(t, make([]bool, 10), p.current.present)
		require.NoError(t, long.end(), codec)
	}
}

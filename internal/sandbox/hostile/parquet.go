package hostile

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
)

// The files of this attack are written by hand, from Parquet's own description (apache/parquet-format: parquet.thrift and
// Compression.md), as no library writes lies.

// record writes Thrift's compact protocol, as far as Parquet's footers and page headers need it.
type record struct {
	bytes.Buffer
	last []int // the field before, of each open struct
}

const (
	typeInt32, typeInt64, typeBinary, typeList, typeStruct = 5, 6, 8, 9, 12
)

func (t *record) field(id, kind int) {
	if len(t.last) == 0 {
		t.last = []int{0}
	}
	before := &t.last[len(t.last)-1]
	t.WriteByte(byte(id-*before)<<4 | byte(kind)) // the ids here are never further apart than fifteen
	*before = id
}

func (t *record) varint(n int64) {
	t.Write(binary.AppendUvarint(nil, uint64(n<<1^n>>63)))
}

func (t *record) i32(id int, n int64) { t.field(id, typeInt32); t.varint(n) }
func (t *record) i64(id int, n int64) { t.field(id, typeInt64); t.varint(n) }

func (t *record) text(id int, s string) { t.field(id, typeBinary); t.string(s) }

func (t *record) string(s string) {
	t.Write(binary.AppendUvarint(nil, uint64(len(s))))
	t.WriteString(s)
}

func (t *record) list(id, kind, length int) {
	t.field(id, typeList)
	if length < 15 {
		t.WriteByte(byte(length)<<4 | byte(kind))
		return
	}
	t.WriteByte(0xf0 | byte(kind))
	t.Write(binary.AppendUvarint(nil, uint64(length)))
}

// within writes a struct: one of a list, or where begin is called before it the value of a field.
func (t *record) within(write func()) {
	if len(t.last) == 0 {
		t.last = []int{0}
	}
	t.last = append(t.last, 0)
	write()
	t.WriteByte(0)
	t.last = t.last[:len(t.last)-1]
}

func (t *record) inner(id int, write func()) { t.field(id, typeStruct); t.within(write) }

// The codecs of Parquet that the bombs use.
const (
	codecNone, codecSnappy, codecGzip, codecLZ4, codecLZ4Raw = 0, 1, 2, 5, 7
)

// bomb is a Parquet file with one page in each column, and what it says of itself.
type bomb struct {
	columns  []string
	codec    int64
	page     []byte // as it is packed
	unpacked int64  // bytes that the page is said to have unpacked
	values   int64  // said of page and column
	rows     int64  // said of the file
	nested   int    // groups around the columns
}

func (b bomb) bytes() []byte {
	var page record
	page.i32(1, 0)
	page.i32(2, b.unpacked)
	page.i32(3, int64(len(b.page)))
	page.inner(5, func() {
		page.i32(1, b.values)
		page.i32(2, 0) // plain values
		page.i32(3, 3) // levels as runs
		page.i32(4, 3)
	})
	page.WriteByte(0)
	var out bytes.Buffer
	out.WriteString("PAR1")
	var offsets []int64
	for range b.columns {
		offsets = append(offsets, int64(out.Len()))
		out.Write(page.Bytes())
		out.Write(b.page)
	}
	foot := b.footer(offsets, int64(page.Len()+len(b.page)))
	out.Write(foot)
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(foot))))
	out.WriteString("PAR1")
	return out.Bytes()
}

func (b bomb) footer(offsets []int64, chunk int64) []byte {
	var t record
	t.i32(1, 1)
	t.list(2, typeStruct, 1+b.nested+len(b.columns))
	children := int64(len(b.columns))
	for i := range b.nested + 1 {
		t.within(func() {
			if i > 0 {
				t.i32(3, 0)
			}
			t.text(4, "group")
			if i < b.nested {
				t.i32(5, 1)
			} else {
				t.i32(5, children)
			}
		})
	}
	for _, name := range b.columns {
		t.within(func() {
			t.i32(1, 6) // bytes
			t.i32(3, 1) // may be missing
			t.text(4, name)
			t.i32(6, 0) // that are text
		})
	}
	t.i64(3, b.rows)
	t.list(4, typeStruct, 1)
	t.within(func() {
		t.list(1, typeStruct, len(b.columns))
		for i, name := range b.columns {
			t.within(func() {
				t.i64(2, offsets[i])
				t.inner(3, func() {
					t.i32(1, 6)
					t.list(2, typeInt32, 2)
					t.varint(0)
					t.varint(3)
					t.list(3, typeBinary, 1)
					t.string(name)
					t.i32(4, b.codec)
					t.i64(5, b.values)
					t.i64(6, b.unpacked)
					t.i64(7, chunk)
					t.i64(9, offsets[i])
				})
			})
		}
		t.i64(2, chunk*int64(len(b.columns)))
		t.i64(3, b.rows)
	})
	t.text(6, "somebody")
	t.WriteByte(0)
	return t.Bytes()
}

const most = 1<<31 - 1

// lz4Run is an LZ4 block of head, of at most fourteen bytes, and so many equal bytes after it: one match as long as it takes.
func lz4Run(head []byte, n int) []byte {
	out := append([]byte{byte(len(head)+1)<<4 | 0xf}, head...)
	out = append(out, 'A', 1, 0)
	for n -= 1 + 19 + 5; n >= 255; n -= 255 {
		out = append(out, 255)
	}
	return append(out, byte(max(n, 0)), 0x50, 'A', 'A', 'A', 'A', 'A')
}

// oneCell begins a page of one value that has so many bytes.
func oneCell(size int) []byte {
	return binary.LittleEndian.AppendUint32([]byte{2, 0, 0, 0, 1 << 1, 1}, uint32(size))
}

// proper is a page of two values that is what it says.
func proper() []byte {
	return append([]byte{2, 0, 0, 0, 2 << 1, 1}, "\x03\x00\x00\x00O-1\x03\x00\x00\x00O-2"...)
}

// properRows is a Parquet file of two rows without any fault.
func properRows() []byte {
	return bomb{columns: []string{"order_id"}, codec: codecNone, page: proper(), unpacked: int64(len(proper())), values: 2, rows: 2}.bytes()
}

// gzipped packs head and so many times the text. The text is packed once: behind a flush its packed bytes mean the same
// wherever they stand behind itself.
func gzipped(head []byte, text string, times int) []byte {
	var b bytes.Buffer
	b.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		panic(err)
	}
	put := func(data []byte) []byte {
		from := b.Len()
		_, _ = w.Write(data)
		_ = w.Flush()
		return bytes.Clone(b.Bytes()[from:])
	}
	put(head)
	put([]byte(text))
	again := put([]byte(text))
	sum := crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, []byte(strings.Repeat(text, 2)))
	for range times - 2 {
		b.Write(again)
		sum = crc32.Update(sum, crc32.IEEETable, []byte(text))
	}
	_ = w.Close()
	out := binary.LittleEndian.AppendUint32(b.Bytes(), sum)
	return binary.LittleEndian.AppendUint32(out, uint32(len(head)+times*len(text)))
}

// allMissing is a page of missing values: one run of levels, however many there are.
func allMissing(n int64) []byte {
	run := append(binary.AppendUvarint(nil, uint64(n)<<1), 0)
	return append(binary.LittleEndian.AppendUint32(nil, uint32(len(run))), run...)
}

func rowAttacks() []Attack {
	columns := []string{"order_id", "order_date", "revenue"}
	rows := func(name, what string, of func() []byte) Attack {
		once := sync.OnceValue(func() map[string]file { return map[string]file{"sales_cleaned.parquet": bytesOf(of())} })
		a := onFiles(Rows, name, what, func(*Outside) map[string]file { return once() })
		a.files = once
		return a
	}
	hadoop := func(block []byte, says uint32) []byte {
		out := binary.BigEndian.AppendUint32(nil, says)
		return append(binary.BigEndian.AppendUint32(out, uint32(len(block))), block...)
	}
	return []Attack{
		rows("rows LZ4", "1.5 KB that say to unpack to 4 KB, and unpack to 300 KB, or by what is in them to 2 GB", func() []byte {
			return bomb{columns: columns[:1], codec: codecLZ4Raw, page: lz4Run(oneCell(most-10), 300*kilobyte), unpacked: 4 * kilobyte, values: 1, rows: 1}.bytes()
		}),
		rows("rows LZ4 in frames", "frames that say to unpack to 4 GB", func() []byte {
			return bomb{columns: columns[:1], codec: codecLZ4, page: hadoop(lz4Run(oneCell(most-10), 300*kilobyte), 1<<32-1), unpacked: 4 * kilobyte, values: 1, rows: 1}.bytes()
		}),
		rows("rows LZ4 for true", "4 MB that do unpack to a gigabyte", func() []byte {
			return bomb{columns: columns[:1], codec: codecLZ4Raw, page: lz4Run(oneCell(1024*megabyte), 1024*megabyte), unpacked: 1024*megabyte + 10, values: 1, rows: 1}.bytes()
		}),
		rows("rows Snappy", "a page that says to unpack to 4 GB", func() []byte {
			page := append(binary.AppendUvarint(nil, 1<<32-1), 0x00, 'A', 0xfe, 1, 0, 0xfe, 1, 0)
			return bomb{columns: columns[:1], codec: codecSnappy, page: page, unpacked: 4 * kilobyte, values: 5, rows: 5}.bytes()
		}),
		rows("rows gzip", "a quarter of a gigabyte in 250 KB, in each column", func() []byte {
			return bomb{columns: columns, codec: codecGzip, page: gzipped(oneCell(256*megabyte), strings.Repeat("A", megabyte), 256), unpacked: 256*megabyte + 10, values: 1, rows: 1}.bytes()
		}),
		rows("rows gzip unsaid", "400 MB in 400 KB, of which 4 KB are said", func() []byte {
			return bomb{columns: columns[:1], codec: codecGzip, page: gzipped(oneCell(400*megabyte), strings.Repeat("A", megabyte), 400), unpacked: 4 * kilobyte, values: 1, rows: 1}.bytes()
		}),
		rows("rows wide", "forty columns, whose one row has 60 MB in each", func() []byte {
			var names []string
			for i := range 40 {
				names = append(names, fmt.Sprintf("column_%d", i))
			}
			return bomb{columns: names, codec: codecGzip, page: gzipped(oneCell(60*megabyte), strings.Repeat("A", megabyte), 60), unpacked: 60*megabyte + 10, values: 1, rows: 1}.bytes()
		}),
		rows("rows missing", "two thousand million rows without a value, in 300 bytes", func() []byte {
			page := allMissing(most)
			return bomb{columns: columns, codec: codecNone, page: page, unpacked: int64(len(page)), values: most, rows: most}.bytes()
		}),
		rows("rows beyond", "a number of rows beyond all", func() []byte {
			page := allMissing(5)
			return bomb{columns: columns, codec: codecNone, page: page, unpacked: int64(len(page)), values: most, rows: 1 << 62}.bytes()
		}),
		rows("rows of columns", "30,000 columns", func() []byte {
			var names []string
			for range 30_000 {
				names = append(names, texts[len(names)%5])
			}
			page := allMissing(5)
			return bomb{columns: names, codec: codecNone, page: page, unpacked: int64(len(page)), values: 5, rows: 5}.bytes()
		}),
		rows("rows nested", "columns in 100,000 groups", func() []byte {
			page := allMissing(5)
			return bomb{columns: columns, codec: codecNone, page: page, unpacked: int64(len(page)), values: 5, rows: 5, nested: 100_000}.bytes()
		}),
		rows("rows long cell", "a value that says to have 2 GB", func() []byte {
			page := append(binary.LittleEndian.AppendUint32(nil, 2), 10, 1) // five that are there
			page = append(binary.LittleEndian.AppendUint32(page, most), 'A', 'A')
			return bomb{columns: columns[:1], codec: codecNone, page: page, unpacked: int64(len(page)), values: 5, rows: 5}.bytes()
		}),
		rows("rows footer", "a footer that says to have 2 GB", func() []byte {
			return append([]byte("PAR1"), append(binary.LittleEndian.AppendUint32(make([]byte, 64), most), "PAR1"...)...)
		}),
		onFiles(Rows, "rows endless", "told to have 2 KB, without an end", func(*Outside) map[string]file {
			return map[string]file{"sales_cleaned.parquet": endless("2000", "PAR1", strings.Repeat("\x15\x00", 40))}
		}),
		onFiles(Rows, "rows large", "told to have 4,000 TB, of which 600 MB come", func(*Outside) map[string]file {
			return map[string]file{"sales_cleaned.parquet": {"4500000000000000", repeated("PAR1", "A", huge).send, true}}
		}),
	}
}

// Bomb is the file of an attack on Rows, for a disk.
func Bomb(name string) []byte {
	for _, a := range At(Rows) {
		if a.Name == name && a.files != nil {
			var b bytes.Buffer
			a.files()["sales_cleaned.parquet"].send(&b)
			return b.Bytes()
		}
	}
	panic("there is no bomb " + name)
}

package dataset

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// compact writes Thrift's compact protocol: as much as a Parquet file needs that no library would write.
type compact struct {
	bytes.Buffer
	last []int
}

func (c *compact) uvarint(v uint64) { c.Write(binary.AppendUvarint(nil, v)) }

func (c *compact) field(id int, kind byte) {
	top := &c.last[len(c.last)-1]
	c.WriteByte(byte(id-*top)<<4 | kind)
	*top = id
}

func (c *compact) int(id int, v int64) {
	c.field(id, 6)
	c.Write(binary.AppendVarint(nil, v))
}

func (c *compact) text(id int, v string) {
	c.field(id, 8)
	c.uvarint(uint64(len(v)))
	c.WriteString(v)
}

func (c *compact) list(id, n int, kind byte) {
	c.field(id, 9)
	c.WriteByte(0xf0 | kind)
	c.uvarint(uint64(n))
}

func (c *compact) structure(inside func()) {
	c.last = append(c.last, 0)
	inside()
	c.WriteByte(0)
	c.last = c.last[:len(c.last)-1]
}

// The numbers of the format that are used here.
const (
	typeInt64, typeBytes                         = 2, 6
	packNone, packSnappy, packZstd               = 0, 1, 6
	encPlain, encDelta, encDeltaBytes, encListed = 0, 5, 7, 8
)

// part is a page as it is to be written; dictionary where it is one.
type part struct {
	dictionary       bool
	values, encoding int64
	plain            int64 // bytes unpacked, as the page says
	body             []byte
}

// made is a column of required values, and its pages.
type made struct {
	name       string
	kind, pack int64
	parts      []part
}

// craft writes a file of one row group.
func craft(rows int64, columns ...made) []byte {
	var out bytes.Buffer
	out.WriteString("PAR1")
	starts, ends := make([]int, len(columns)), make([]int, len(columns))
	for i, column := range columns {
		starts[i] = out.Len()
		for _, p := range column.parts {
			var h compact
			h.structure(func() {
				h.int(1, map[bool]int64{false: 0, true: 2}[p.dictionary])
				h.int(2, p.plain)
				h.int(3, int64(len(p.body)))
				h.field(map[bool]int{false: 5, true: 7}[p.dictionary], 12)
				h.structure(func() {
					h.int(1, p.values)
					h.int(2, p.encoding)
					if !p.dictionary {
						h.int(3, 3)
						h.int(4, 3)
					}
				})
			})
			out.Write(h.Bytes())
			out.Write(p.body)
		}
		ends[i] = out.Len()
	}
	var f compact
	f.structure(func() {
		f.int(1, 1)
		f.list(2, len(columns)+1, 12)
		f.structure(func() { f.text(4, "root"); f.int(5, int64(len(columns))) })
		for _, column := range columns {
			f.structure(func() {
				f.int(1, column.kind)
				f.int(3, 0)
				f.text(4, column.name)
				if column.kind == typeBytes {
					f.int(6, 0)
				}
			})
		}
		f.int(3, rows)
		f.list(4, 1, 12)
		f.structure(func() {
			f.list(1, len(columns), 12)
			for i, column := range columns {
				f.structure(func() {
					f.int(2, int64(starts[i]))
					f.field(3, 12)
					f.structure(func() {
						f.int(1, column.kind)
						f.int(4, column.pack)
						f.int(5, rows)
						f.int(7, int64(ends[i]-starts[i]))
						f.int(9, int64(starts[i]))
					})
				})
			}
			f.int(3, rows)
		})
	})
	out.Write(f.Bytes())
	out.Write(binary.LittleEndian.AppendUint32(nil, uint32(f.Len())))
	out.WriteString("PAR1")
	return out.Bytes()
}

// plainTexts is texts as a page has them.
func plainTexts(texts ...string) []byte {
	var b []byte
	for _, t := range texts {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(t))), t...)
	}
	return b
}

// packed is a page of values that are packed by Snappy.
func packed(dictionary bool, values, encoding int64, plain []byte) part {
	return part{dictionary, values, encoding, int64(len(plain)), snappy.Encode(nil, plain)}
}

// run is so many values that are all entry 0 of a dictionary of one entry, in a few bytes.
func run(values int64) []byte {
	return append(binary.AppendUvarint([]byte{1}, uint64(values)<<1), 0)
}

// steps is so many whole numbers as DELTA_BINARY_PACKED has them, each one more than the one before: some ten bytes for a
// million.
func steps(values int64, first, step int64) []byte {
	const block, minis = 1 << 20, 1
	out := binary.AppendUvarint(nil, block)
	out = binary.AppendUvarint(out, minis)
	out = binary.AppendUvarint(out, uint64(values))
	out = binary.AppendVarint(out, first)
	for left := values - 1; left > 0; left -= block {
		out = append(binary.AppendVarint(out, step), 0)
	}
	return out
}

// hostileFiles are files that ask for far more than they are, each by what it does.
func hostileFiles() map[string]func() []byte {
	long := strings.Repeat("x", 1<<20)
	texts := func(n int, text string) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = text
		}
		return all
	}
	repeated := func(name string, pages int, rows int64, text string) made {
		m := made{name: name, kind: typeBytes, pack: packSnappy, parts: []part{packed(true, 1, encPlain, plainTexts(text))}}
		for range pages {
			m.parts = append(m.parts, packed(false, rows, encListed, run(rows)))
		}
		return m
	}
	numbers := func(name string, pages int, rows int64) made {
		m := made{name: name, kind: typeInt64}
		for range pages {
			body := steps(rows, 0, 1)
			m.parts = append(m.parts, part{false, rows, encDelta, int64(len(body)), body})
		}
		return m
	}
	wide := func(columns, rows int, text string) []made {
		all := make([]made, columns)
		page := packed(false, int64(rows), encPlain, plainTexts(texts(rows, text)...))
		for i := range all {
			all[i] = made{name: "c" + strings.Repeat("i", i), kind: typeBytes, pack: packSnappy, parts: []part{page}}
			all[i].name = all[i].name[:min(len(all[i].name), 20)]
		}
		return all
	}
	prefixes := func(n int64) []byte { // each text repeats the one before it and adds a byte
		return append(append(steps(n, 0, 1), steps(n, 1, 0)...), bytes.Repeat([]byte("x"), int(n))...)
	}
	deep := make([]string, 0, 300)
	for i := range 300 {
		deep = append(deep, strings.Repeat("y", 64<<10)+strings.Repeat("z", i))
	}
	lazily := func(rows int64, columns ...made) func() []byte {
		return func() []byte { return craft(rows, columns...) }
	}
	return map[string]func() []byte{
		"a text of a megabyte in each of 5 million rows": lazily(5_000_000, repeated("a", 5, 1_000_000, long), numbers("n", 5, 1_000_000)),
		"two billion rows":                             lazily(2_000_000_000, repeated("a", 40, 50_000_000, "x"), numbers("n", 40, 50_000_000)),
		"twenty columns of four megabytes":             lazily(1000, wide(20, 1000, strings.Repeat("k", 4_000))...),
		"a row of 48 megabytes":                        lazily(2, wide(8, 2, strings.Repeat("w", 6<<20))...),
		"more columns than are shown":                  lazily(10, wide(2000, 10, "k")...),
		"a page of 8 million texts":                    lazily(8_000_000, repeated("a", 1, 4_000_000, "x")),
		"a dictionary of 60 MB":                        lazily(100, made{"d", typeBytes, packSnappy, []part{packed(true, 60, encPlain, plainTexts(texts(60, long)...)), packed(false, 100, encListed, run(100))}}),
		"texts of 60 MB in one page":                   lazily(60, made{"d", typeBytes, packSnappy, []part{packed(false, 60, encPlain, plainTexts(texts(60, long)...))}}),
		"prefixes that explode":                        lazily(100_000, made{"p", typeBytes, packNone, []part{{false, 100_000, encDeltaBytes, int64(len(prefixes(100_000))), prefixes(100_000)}}}),
		"letters that become eighteen when compared":   lazily(300, made{"f", typeBytes, packSnappy, []part{packed(false, 300, encPlain, plainTexts(texts(300, strings.Repeat("ﷺ", 4_000))...))}}),
		"one text that becomes eighteen times as long": lazily(1, made{"f", typeBytes, packSnappy, []part{packed(false, 1, encPlain, plainTexts(strings.Repeat("ﷺ", 200_000)))}}),
		"texts that are alike for long":                lazily(300, made{"y", typeBytes, packSnappy, []part{packed(false, 300, encPlain, plainTexts(deep...))}}),
		"a zstd page of 80 MB": func() []byte {
			pack, err := zstd.NewWriter(nil, zstd.WithWindowSize(64<<20), zstd.WithEncoderConcurrency(1))
			if err != nil {
				panic(err)
			}
			body := pack.EncodeAll(make([]byte, 80<<20), nil)
			return craft(10<<20, made{"z", typeInt64, packZstd, []part{{false, 10 << 20, encPlain, 80 << 20, body}}})
		},
		"more different numbers than can be sorted": lazily(3_000_000, numbers("n", 3, 1_000_000), numbers("m", 3, 1_000_000)),
	}
}

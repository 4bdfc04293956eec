package parquetfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// What a file may be at most.
const (
	maxFooter  = 32 << 20
	maxColumns = 16_384
	maxChunks  = 1 << 18
	maxGroups  = 1 << 17
	maxRows    = math.MaxInt32
)

// errCut says that the file does not end as a Parquet file does.
var errCut = errors.New("the file's end is missing")

// NestedError says that a column holds lists or records.
type NestedError struct{ Column string }

func (e *NestedError) Error() string {
	return fmt.Sprintf("column %q holds lists or records", e.Column)
}

// element is an element of the schema as it stands in the file.
type element struct {
	physical   int
	length     int
	repetition int
	name       string
	children   int
	converted  int // -1 where there is none
	scale      int
	logical    logical
}

// logical is the meaning of a column: the number of the field in Thrift's union, and what it says.
type logical struct {
	id     int // 0 where there is none
	unit   int // 1 milliseconds, 2 microseconds, 3 nanoseconds
	scale  int
	bits   int
	signed bool
}

// chunk is a column's part of a row group.
type chunk struct {
	physical   int
	codec      int
	values     int64
	compressed int64
	dataAt     int64
	dictAt     int64
	min, max   []byte // nil where unknown
	nulls      int64  // -1 where unknown
	elsewhere  bool   // in another file
	encrypted  bool
}

// group is a row group.
type group struct {
	rows   int64
	chunks []chunk
}

// footer is what a file says of itself.
type footer struct {
	elements []element
	rows     int64
	groups   []group
	chunks   int
	creator  string
}

// readFooter reads the file's description of itself, which stands at its end.
func readFooter(src io.ReaderAt, size int64) (*footer, error) {
	var tail [8]byte
	if size < 12 {
		return nil, errCut
	}
	if _, err := src.ReadAt(tail[:], size-8); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(tail[4:]) != "PAR1" {
		return nil, errCut
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	if length > size-12 || length > maxFooter {
		return nil, errMetadata
	}
	b := make([]byte, length)
	if _, err := src.ReadAt(b, size-8-length); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	f := &footer{}
	t := &thrift{b: b}
	var seen [5]bool
	t.fields(func(id int, kind byte) {
		if id >= 0 && id < len(seen) {
			seen[id] = true
		}
		switch id {
		case 2:
			t.structs(kind, func() {
				// What stands in the file as one byte is more than a hundred here.
				if f.elements = append(f.elements, t.element()); len(f.elements) > maxColumns+1 {
					t.fail()
				}
			})
		case 3:
			f.rows = t.intField(kind)
		case 4:
			t.structs(kind, func() {
				if f.groups = append(f.groups, t.group(f)); len(f.groups) > maxGroups {
					t.fail()
				}
			})
		case 6:
			f.creator = string(t.bytesField(kind))
		default:
			t.skip(kind)
		}
	})
	if t.err != nil {
		return nil, t.err
	}
	if !seen[2] || !seen[3] || !seen[4] {
		return nil, errMetadata
	}
	return f, f.check()
}

func (t *thrift) element() element {
	e := element{converted: -1, physical: -1}
	t.fields(func(id int, kind byte) {
		switch id {
		case 1:
			e.physical = int(t.intField(kind))
		case 2:
			e.length = int(t.intField(kind))
		case 3:
			e.repetition = int(t.intField(kind))
		case 4:
			e.name = string(t.bytesField(kind))
		case 5:
			e.children = int(t.intField(kind))
		case 6:
			e.converted = int(t.intField(kind))
		case 7:
			e.scale = int(t.intField(kind))
		case 10:
			if kind != thriftStruct {
				t.fail()
				return
			}
			e.logical = t.logical()
		default:
			t.skip(kind)
		}
	})
	if !utf8.ValidString(e.name) || len(e.name) > 1<<16 {
		t.fail()
	}
	return e
}

func (t *thrift) logical() (l logical) {
	t.fields(func(id int, kind byte) {
		l.id = id
		if kind != thriftStruct {
			t.skip(kind)
			return
		}
		t.fields(func(field int, kind byte) {
			switch {
			case id == logicalDecimal && field == 1:
				l.scale = int(t.intField(kind))
			case (id == logicalTime || id == logicalTimestamp) && field == 2 && kind == thriftStruct:
				t.fields(func(unit int, kind byte) {
					l.unit = unit
					t.skip(kind)
				})
			case id == logicalInteger && field == 1 && kind == thriftByte:
				l.bits = int(t.byte())
			case id == logicalInteger && field == 2:
				l.signed = kind == thriftTrue
				t.skip(kind)
			default:
				t.skip(kind)
			}
		})
	})
	return l
}

func (t *thrift) group(f *footer) (g group) {
	t.fields(func(id int, kind byte) {
		switch id {
		case 1:
			t.structs(kind, func() {
				if f.chunks++; f.chunks > maxChunks {
					t.fail()
					return
				}
				g.chunks = append(g.chunks, t.chunk())
			})
		case 3:
			g.rows = t.intField(kind)
		default:
			t.skip(kind)
		}
	})
	return g
}

func (t *thrift) chunk() chunk {
	c := chunk{physical: -1, nulls: -1}
	t.fields(func(id int, kind byte) {
		switch {
		case id == 1:
			c.elsewhere = len(t.bytesField(kind)) > 0
		case id == 3 && kind == thriftStruct:
			t.fields(func(id int, kind byte) {
				switch id {
				case 1:
					c.physical = int(t.intField(kind))
				case 4:
					c.codec = int(t.intField(kind))
				case 5:
					c.values = t.intField(kind)
				case 7:
					c.compressed = t.intField(kind)
				case 9:
					c.dataAt = t.intField(kind)
				case 11:
					c.dictAt = t.intField(kind)
				case 12:
					if kind != thriftStruct {
						t.fail()
						return
					}
					t.statistics(&c)
				default:
					t.skip(kind)
				}
			})
		case id == 8 || id == 9:
			c.encrypted = true
			t.skip(kind)
		default:
			t.skip(kind)
		}
	})
	return c
}

func (t *thrift) statistics(c *chunk) {
	t.fields(func(id int, kind byte) {
		switch id {
		case 3:
			c.nulls = t.intField(kind)
		case 5:
			c.max = t.bytesField(kind)
		case 6:
			c.min = t.bytesField(kind)
		default:
			t.skip(kind)
		}
	})
}

// packsAll says that the file is of an Arrow that packed pages of the second version and called them not packed. Those before
// 3.0 did, all of which call themselves so; later ones have another name.
func (f *footer) packsAll() bool { return strings.HasPrefix(f.creator, "parquet-cpp version ") }

// check compares what the file says in several places.
func (f *footer) check() error {
	if len(f.elements) == 0 || f.rows < 0 || f.rows > maxRows {
		return errMetadata
	}
	var rows int64
	for _, g := range f.groups {
		if g.rows < 0 || g.rows > maxRows-rows {
			return errMetadata
		}
		rows += g.rows
	}
	if f.rows == 0 { // as the first versions of parquet-rs wrote it, whatever the number of rows
		f.rows = rows
	}
	if rows != f.rows {
		return errMetadata
	}
	return nil
}

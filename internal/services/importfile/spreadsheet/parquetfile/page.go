package parquetfile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync/atomic"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// What a page may be at most. Programs write pages of one megabyte, and dictionaries of one or two.
const (
	maxPageBytes  = 64 << 20
	maxPageValues = 16 << 20
	maxHeader     = 16 << 20 // it may hold the page's smallest and largest text
)

// errTooLarge says that reading would take more memory than is safe.
var errTooLarge = errors.New("its pages are larger than is safe to read")

// UnsupportedError says that the file is written in a way that is not read.
type UnsupportedError struct{ What string }

func (e *UnsupportedError) Error() string { return "it uses " + e.What }

// The kinds of pages.
const (
	pageData       = 0
	pageIndex      = 1
	pageDictionary = 2
	pageDataV2     = 3
)

// The encodings that are read, as the format numbers them.
const (
	encodingPlain           = 0
	encodingPlainDictionary = 2
	encodingRLE             = 3
	encodingDelta           = 5
	encodingDeltaLength     = 6
	encodingDeltaBytes      = 7
	encodingDictionary      = 8
	encodingSplit           = 9
)

type pageHeader struct {
	kind                     int
	plain, packed            int64
	crc                      uint32
	checked                  bool
	values, nulls            int64
	encoding, levelEncoding  int
	definitions, repetitions int64 // bytes of a second version's levels
	stored                   bool  // a second version's values are not packed
}

func readHeader(b []byte) (h pageHeader, length int, err error) {
	t := &thrift{b: b}
	h.kind, h.levelEncoding = -1, encodingRLE
	t.fields(func(id int, kind byte) {
		switch {
		case id == 1:
			h.kind = int(t.intField(kind))
		case id == 2:
			h.plain = t.intField(kind)
		case id == 3:
			h.packed = t.intField(kind)
		case id == 4:
			h.crc, h.checked = uint32(t.intField(kind)), true
		case (id == 5 || id == 7) && kind == thriftStruct:
			t.fields(func(id int, kind byte) {
				switch id {
				case 1:
					h.values = t.intField(kind)
				case 2:
					h.encoding = int(t.intField(kind))
				case 3:
					if isInt(kind) {
						h.levelEncoding = int(t.int())
					} else {
						t.skip(kind)
					}
				default:
					t.skip(kind)
				}
			})
		case id == 8 && kind == thriftStruct:
			t.fields(func(id int, kind byte) {
				switch id {
				case 1:
					h.values = t.intField(kind)
				case 2:
					h.nulls = t.intField(kind)
				case 4:
					h.encoding = int(t.intField(kind))
				case 5:
					h.definitions = t.intField(kind)
				case 6:
					h.repetitions = t.intField(kind)
				case 7:
					h.stored = kind == thriftFalse
					t.skip(kind)
				default:
					t.skip(kind)
				}
			})
		default:
			t.skip(kind)
		}
	})
	return h, t.at, t.err
}

// check compares the header's figures with the limits.
func (h *pageHeader) check() error {
	if h.plain < 0 || h.packed < 0 || h.values < 0 || h.definitions < 0 || h.repetitions < 0 {
		return errPage
	}
	if h.plain > maxPageBytes || h.packed > maxPageBytes || h.values > maxPageValues {
		return errTooLarge
	}
	if h.kind == pageDataV2 && (h.definitions+h.repetitions > h.packed || h.definitions+h.repetitions > h.plain) {
		return errPage
	}
	return nil
}

// page is a page's values. Of texts, bits are a place in text: its offset << 32 | its length.
type page struct {
	rows    int
	present []bool // for each row; nil where all are
	bits    []uint64
	text    []byte
	longest int  // text
	listed  bool // text is the dictionary's
}

// pages reads the pages of a chunk one after the other.
type pages struct {
	src    io.ReaderAt
	column *Column
	codec  int
	at     int64
	end    int64
	left   int64         // rows that were not read
	wanted int64         // those of them that are asked for
	partly bool          // they are not all
	part   int           // bytes of a page that are unpacked at first where they are not
	budget *atomic.Int64 // bytes that all columns together may still take

	dictionary page
	hasDict    bool
	listed     []byte     // a dictionary as it stands in the file, where values are asked for partly
	list       pageHeader // its header
	current    page
	row, value int // the next ones in current
	onDisk     bool
	segments   []segment // what follows current of the page, where that is on disk
	stored     []segment // all of the page's

	own []byte // texts of data pages
	*buffers
}

// buffers is what the columns of a file use one after the other while they decode a page.
type buffers struct {
	packed, plain, head []byte
	numbers             []uint32
	deltas, prefixes    []int64
}

// room makes room for n items in a slice, as long as the budget lasts.
func room[T any](p *pages, s []T, n int, size int64) ([]T, error) {
	if cap(s) >= n {
		return s[:n], nil
	}
	if p.budget.Add(-int64(n-cap(s))*size) < 0 {
		return s, errTooLarge
	}
	return make([]T, n), nil
}

// next reads the next page with rows.
func (p *pages) next() error {
	for {
		h, body, err := p.read()
		if err != nil {
			return err
		}
		switch h.kind {
		case pageIndex:
			continue
		case pageDictionary:
			if p.hasDict {
				return errPage
			}
			if err := p.readDictionary(h, body); err != nil {
				return err
			}
			p.hasDict = true
			continue
		case pageData, pageDataV2:
		default:
			return errPage
		}
		if h.values > p.left {
			return errPage
		}
		if err := p.readData(h, body); err != nil {
			return err
		}
		p.left -= h.values
		p.wanted -= min(p.wanted, h.values)
		p.row, p.value = 0, 0
		if h.values > 0 {
			return nil
		}
	}
}

// read gives the next page's header and its bytes as they stand in the file.
func (p *pages) read() (h pageHeader, body []byte, err error) {
	if h, err = p.header(); err != nil {
		return h, nil, err
	}
	body, err = p.body(h)
	return h, body, err
}

// body gives the bytes that follow a header.
func (p *pages) body(h pageHeader) (body []byte, err error) {
	if p.packed, err = room(p, p.packed, int(h.packed), 1); err != nil {
		return nil, err
	}
	if _, err := p.src.ReadAt(p.packed, p.at); err != nil && h.packed > 0 {
		return nil, readError(err)
	}
	p.at += h.packed
	if h.checked && crc32.ChecksumIEEE(p.packed) != h.crc {
		return nil, errPage
	}
	return p.packed, nil
}

// header gives the next page's header; the page's bytes follow it, all of them within the chunk.
func (p *pages) header() (h pageHeader, err error) {
	for window := int64(512); ; window *= 8 {
		n := min(window, p.end-p.at)
		if n <= 0 {
			return h, errPage
		}
		if p.head, err = room(p, p.head, int(n), 1); err != nil {
			return h, err
		}
		if _, err := p.src.ReadAt(p.head, p.at); err != nil {
			return h, readError(err)
		}
		var length int
		if h, length, err = readHeader(p.head); err == nil {
			p.at += int64(length)
			break
		}
		if n < window || window > maxHeader {
			return h, errPage
		}
	}
	if err := h.check(); err != nil {
		return h, err
	}
	if h.packed > p.end-p.at {
		return h, errPage
	}
	return h, nil
}

// readError tells a file that ends too early from one that can't be read.
func readError(err error) error {
	if errors.Is(err, io.EOF) {
		return errPage
	}
	return err
}

// unpacked unpacks a page's bytes, which are size bytes then, or only the first of them where that saves work.
func (p *pages) unpacked(packed []byte, size, most int) (out []byte, err error) {
	if p.codec == 0 {
		if len(packed) != size {
			return nil, errPage
		}
		return packed, nil
	}
	if p.codec == 1 && most < size {
		if p.plain, err = room(p, p.plain, most, 1); err != nil {
			return nil, err
		}
		return p.plain[:most], snappyBeginning(p.plain[:most], packed, size)
	}
	if p.plain, err = room(p, p.plain, size, 1); err != nil {
		return nil, err
	}
	out = p.plain[:size]
	switch p.codec {
	case 1:
		if n, err := snappy.DecodedLen(packed); err != nil || n != size {
			return nil, errPage
		}
		if out, err = snappy.Decode(out, packed); err != nil {
			return nil, errPage
		}
	case 2:
		r, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			return nil, errPage
		}
		if _, err := io.ReadFull(r, out); err != nil {
			return nil, errPage
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			return nil, errPage
		}
	case 6:
		d, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPageBytes), zstd.WithDecoderMaxWindow(maxPageBytes))
		if err != nil {
			return nil, errPage
		}
		defer d.Close()
		if _, err := io.ReadFull(d, out); err != nil {
			return nil, errPage
		}
		if n, err := d.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
			return nil, errPage
		}
	case 7:
		return out, lz4Block(out, packed)
	default:
		return nil, &UnsupportedError{fmt.Sprintf("a compression that is not known here (%s)", codecName(p.codec))}
	}
	return out, nil
}

func codecName(codec int) string {
	if names := [...]string{3: "LZO", 4: "Brotli", 5: "LZ4 of Hadoop"}; codec > 0 && codec < len(names) && names[codec] != "" {
		return names[codec]
	}
	return fmt.Sprint("number ", codec)
}

package parquetfile

import (
	"errors"
	"hash/crc32"
	"io"
	"sync/atomic"
)

// What a page may be at most. Most programs write pages of one megabyte, and dictionaries of one or two; some put a column
// of a whole row group into one page.
const (
	maxPageBytes  = 256 << 20
	maxPageValues = 64 << 20
	maxHeader     = 16 << 20 // it may hold the page's smallest and largest text

	maxDictionaryBytes  = 64 << 20 // a dictionary is kept in memory
	maxDictionaryValues = 16 << 20
	// Data pages that are longer than these are never in memory as a whole.
	longPageBytes  = 16 << 20
	longPageValues = 2 << 20
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
	if h.kind != pageData && h.kind != pageDataV2 && (h.plain > maxDictionaryBytes || h.packed > maxDictionaryBytes || h.values > maxDictionaryValues) {
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
	packs  bool // all pages are packed, whatever they say
	at     int64
	end    int64
	left   int64         // rows that were not read
	wanted int64         // those of them that are asked for
	partly bool          // they are not all
	first  bool          // only the file's first rows are asked for
	part   int           // bytes of a page that are unpacked at first where they are not
	spare  int64         // bytes of a packed page that are read at first where they are not; 0 for all
	budget *atomic.Int64 // bytes that all columns together may still take

	dictionary page
	hasDict    bool
	listed     []byte     // a dictionary as it stands in the file, where values are asked for partly
	list       pageHeader // its header
	listAt     int64      // where it stands, where listed is its beginning only; 0 where it is all
	current    page
	row, value int       // the next ones in current
	long       *longPage // the page that was opened last, where it is long and not read yet
	longBytes  int64     // longPageBytes
	longValues int64     // longPageValues
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

// next reads the next page with rows. Of a long one nothing is read yet but the beginning of long.
func (p *pages) next() error {
	p.closeLong()
	for {
		h, err := p.header()
		if err != nil {
			return err
		}
		if isLong := h.plain > p.longBytes || h.packed > p.longBytes || h.values > p.longValues; isLong && (h.kind == pageData || h.kind == pageDataV2) {
			if h.values > p.left {
				return errPage
			}
			if p.long, err = p.openLong(h); err != nil {
				return err
			}
		} else {
			switch h.kind {
			case pageIndex:
				p.at += h.packed
				continue
			case pageDictionary:
				if p.hasDict {
					return errPage
				}
				if err := p.dictionaryPage(h); err != nil {
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
			if err := p.dataPage(h); err != nil {
				return err
			}
		}
		p.left -= h.values
		p.row, p.value = 0, 0
		if h.values > 0 {
			if p.long != nil && p.first {
				// There are few of them, and they are all that will be asked for.
				err = p.long.piece(int(min(h.values, p.wanted)), true)
				p.long.close()
				p.long = nil
			}
			p.wanted -= min(p.wanted, h.values)
			return err
		}
		p.closeLong()
	}
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
	h.stored = h.stored && !p.packs
	if h.packed > p.end-p.at {
		return h, errPage
	}
	return h, nil
}

// body reads the bytes of the page whose header was read last, as they stand in the file.
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

// readError tells a file that ends too early from one that can't be read.
func readError(err error) error {
	if errors.Is(err, io.EOF) {
		return errPage
	}
	return err
}

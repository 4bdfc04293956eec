package parquetfile

import (
	"encoding/binary"
	"errors"
)

// errMetadata says that the file's description of itself makes no sense.
var errMetadata = errors.New("the file's metadata is damaged")

// The types of Thrift's compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// maxDepth is how deep structures may be in each other; the format needs six.
const maxDepth = 16

// thrift reads Thrift's compact protocol. It never allocates by what a file promises. The first error stays: all that is
// read after it is zero.
type thrift struct {
	b     []byte
	at    int
	depth int
	err   error
}

func (t *thrift) fail() { t.err, t.at = errMetadata, len(t.b) }

func (t *thrift) byte() byte {
	if t.at >= len(t.b) {
		t.fail()
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) uvarint() uint64 {
	v, n := binary.Uvarint(t.b[t.at:])
	if n <= 0 {
		t.fail()
		return 0
	}
	t.at += n
	return v
}

func (t *thrift) int() int64 {
	v := t.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

func (t *thrift) bytes() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)-t.at) {
		t.fail()
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// list begins a list: of each item at least a byte must be there.
func (t *thrift) list() (n int, kind byte) {
	head := t.byte()
	size := uint64(head >> 4)
	if size == 15 {
		size = t.uvarint()
	}
	if size > uint64(len(t.b)-t.at) {
		t.fail()
		return 0, 0
	}
	return int(size), head & 15
}

// fields reads a structure; each gets the number and type of each field, and reads or skips it.
func (t *thrift) fields(each func(id int, kind byte)) {
	if t.depth++; t.depth > maxDepth {
		t.fail()
	}
	id := int64(0)
	for t.err == nil {
		head := t.byte()
		if head == 0 {
			break
		}
		if delta := head >> 4; delta > 0 {
			id += int64(delta)
		} else {
			id = t.int()
		}
		each(int(int16(id)), head&15)
	}
	t.depth--
}

// structs reads a list of structures.
func (t *thrift) structs(kind byte, each func()) {
	if kind != thriftList {
		t.fail()
		return
	}
	n, item := t.list()
	if n > 0 && item != thriftStruct {
		t.fail()
	}
	for range n {
		if t.err != nil {
			return
		}
		each()
	}
}

func (t *thrift) skip(kind byte) {
	switch kind {
	case thriftTrue, thriftFalse:
	case thriftByte:
		t.byte()
	case 4, 5, 6:
		t.uvarint()
	case thriftDouble:
		if len(t.b)-t.at < 8 {
			t.fail()
			return
		}
		t.at += 8
	case thriftBinary:
		t.bytes()
	case thriftList, thriftSet:
		if t.depth++; t.depth > maxDepth {
			t.fail()
		}
		n, item := t.list()
		for ; n > 0 && t.err == nil; n-- {
			t.skipItem(item)
		}
		t.depth--
	case thriftMap:
		if t.depth++; t.depth > maxDepth {
			t.fail()
		}
		n := t.uvarint()
		if n > uint64(len(t.b)-t.at) {
			t.fail()
		}
		if n > 0 && t.err == nil {
			kinds := t.byte()
			for ; n > 0 && t.err == nil; n-- {
				t.skipItem(kinds >> 4)
				t.skipItem(kinds & 15)
			}
		}
		t.depth--
	case thriftStruct:
		t.fields(func(_ int, kind byte) { t.skip(kind) })
	default:
		t.fail()
	}
}

// skipItem skips an item of a list: there a boolean is a byte.
func (t *thrift) skipItem(kind byte) {
	if kind == thriftTrue || kind == thriftFalse {
		kind = thriftByte
	}
	t.skip(kind)
}

// isInt says whether a field's type is one of the integers.
func isInt(kind byte) bool { return kind >= 4 && kind <= 6 }

// intField reads a field that must be an integer.
func (t *thrift) intField(kind byte) int64 {
	if !isInt(kind) {
		t.fail()
		return 0
	}
	return t.int()
}

// bytesField reads a field that must be a text.
func (t *thrift) bytesField(kind byte) []byte {
	if kind != thriftBinary {
		t.fail()
		return nil
	}
	return t.bytes()
}

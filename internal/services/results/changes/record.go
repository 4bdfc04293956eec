package changes

import (
	"encoding/binary"
	"io"
	"math"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/results/dataset"
)

// row is a row as it is kept on disk: its order_id by two hashes, as one of 64 bits could take two orders for one; all that is
// compared by a hash; and its cells, for who wants to see them.
type row struct {
	id     [2]uint64
	same   uint64 // of all cells that are compared
	units  amount.Units
	number int64    // in its file, from 0
	codes  []uint32 // of its groups, as the tallies
	cells  []byte   // encoded
}

// fixedBytes is the length of what has always the same.
const fixedBytes = 4 * 8

func (r *row) encode(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, r.id[0])
	b = binary.LittleEndian.AppendUint64(b, r.id[1])
	b = binary.LittleEndian.AppendUint64(b, r.same)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(r.units)))
	b = binary.AppendUvarint(b, uint64(r.number))
	for _, c := range r.codes {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return append(b, r.cells...)
}

// decode reads a row with so many codes as r.codes has room for; its cells are those of the record.
func (r *row) decode(b []byte) error {
	if len(b) < fixedBytes {
		return io.ErrUnexpectedEOF
	}
	r.id[0], r.id[1], r.same = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint64(b[16:])
	r.units = amount.Units(math.Float64frombits(binary.LittleEndian.Uint64(b[24:])))
	reader := reader{b: b[fixedBytes:]}
	r.number = int64(reader.number())
	for i := range r.codes {
		r.codes[i] = uint32(reader.number())
	}
	r.cells = reader.b
	return reader.err
}

// appendCell encodes a cell: 0 for one without a value, else its length and 1, and its text.
func appendCell(b []byte, c dataset.Cell) []byte {
	if c.Null {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(c.Text))+1)
	return append(b, c.Text...)
}

// reader reads what was encoded. It keeps its error.
type reader struct {
	b   []byte
	err error
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.b, r.err = nil, io.ErrUnexpectedEOF
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.err = nil, io.ErrUnexpectedEOF
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) cell() dataset.Cell {
	n := r.number()
	if n == 0 {
		return dataset.Cell{Null: true}
	}
	return dataset.Cell{Text: string(r.bytes(n - 1))}
}

func (r *reader) cells(n int) []dataset.Cell {
	out := make([]dataset.Cell, n)
	for i := range out {
		out[i] = r.cell()
	}
	return out
}

func (r *reader) float() float64 {
	b := r.bytes(8)
	if len(b) < 8 {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

package cleaning

import (
	"encoding/binary"
	"math"

	"fabricportal/internal/services/importfile/keys"
)

// orderIDs are the order_ids so far, which are compared as texts: the number 17 and the text "17" are one. The zero value
// is empty.
type orderIDs struct {
	same []uint64 // bits by Value.Same
	set  keys.Set
}

// add adds a value, which is written as text.
func (s *orderIDs) add(v Value, text []byte) keys.Answer {
	if v.Same == 0 {
		return s.set.Add(s.set.Hash(text))
	}
	w := int(v.Same >> 6)
	if w >= len(s.same) {
		s.same = append(s.same, make([]uint64, max(w+1-len(s.same), len(s.same)/2))...)
	}
	bit := uint64(1) << (v.Same & 63)
	if s.same[w]&bit != 0 {
		return keys.Seen
	}
	s.same[w] |= bit
	return keys.New
}

// appendValues appends a row's values: those that are not null, each with its column.
func appendValues(b []byte, values []Value) []byte {
	for column := range values {
		v := &values[column]
		if v.Kind == Null {
			continue
		}
		b = binary.AppendUvarint(b, uint64(column))
		b = append(b, byte(v.Kind))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Num))
		if v.Text == nil {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(v.Text))+1)
		b = append(b, v.Text...)
	}
	return b
}

// readValues reads what appendValues wrote, and sets all others to null. The texts are parts of b.
func readValues(values []Value, b []byte) {
	clear(values)
	for len(b) > 0 {
		column, n := binary.Uvarint(b)
		b = b[n:]
		v := &values[column]
		v.Kind, v.Num = Kind(b[0]), math.Float64frombits(binary.LittleEndian.Uint64(b[1:]))
		length, n := binary.Uvarint(b[9:])
		if b = b[9+n:]; length > 0 {
			v.Text, b = b[:length-1:length-1], b[length-1:]
		}
	}
}

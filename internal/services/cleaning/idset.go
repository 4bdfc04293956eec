package cleaning

import "strconv"

// idSet is a set of order_ids, which are compared as texts: the number 17 and the text "17" are one. The zero value is
// empty.
type idSet struct {
	same    []uint64 // bits by Value.Same
	numbers numberSet
	texts   TextSet
	buf     []byte
}

// add adds a value, which is written as text, and says whether it is new.
func (s *idSet) add(v Value, text []byte) bool {
	switch {
	case v.Same != 0:
		return s.addSame(v.Same)
	case v.Text == nil && (v.Kind == Integer || v.Kind == Decimal):
		return s.numbers.add(v.Num)
	}
	if n, ok := numberIn(text); ok {
		if s.buf = strconv.AppendFloat(s.buf[:0], n, 'f', -1, 64); string(s.buf) == string(text) {
			return s.numbers.add(n)
		}
	}
	return s.texts.Add(text)
}

func (s *idSet) addSame(i uint32) bool {
	w := int(i >> 6)
	if w >= len(s.same) {
		s.same = append(s.same, make([]uint64, max(w+1-len(s.same), len(s.same)/2))...)
	}
	bit := uint64(1) << (i & 63)
	fresh := s.same[w]&bit == 0
	s.same[w] |= bit
	return fresh
}

package columns

import (
	"bytes"
	"unicode/utf8"
)

// ownBytes is how much memory a column's own texts may take before they are only hashed.
const ownBytes = 8 << 20

// texts keeps what is said of a column's texts: those of the file's table by their numbers, and others as they come.
type texts struct {
	cells int64

	values idCounter // by number; empty once there were too many
	many   bool
	seen   bitset // the numbers then

	own      counter // by hash; aux is the place in arena
	arena    arena
	manyOwn  bool
	distinct hyperLogLog

	lengths   lengths // of what is not counted one by one
	low, high []byte  // of the own texts
	anyOwn    bool
}

type lengths struct {
	n, total, low, high int64
}

func (l *lengths) add(length, n int64) {
	if l.n == 0 || length < l.low {
		l.low = length
	}
	l.high = max(l.high, length)
	l.total += length * n
	l.n += n
}

// addShared counts a text of the table, which has so many code points.
func (s *texts) addShared(id, length uint32) (fresh bool) {
	s.cells++
	if s.many {
		s.lengths.add(int64(length), 1)
		return s.seen.add(id)
	}
	return s.values.add(id)
}

// addOwn counts a text that stands in the cell itself, by its hash; flags are asked for once where wanted.
func (s *texts) addOwn(text []byte, hash uint64, wantFlags bool) (f uint32, fresh bool) {
	s.cells++
	if s.manyOwn {
		s.distinct.add(hash)
		s.lengths.add(int64(utf8.RuneCount(text)), 1)
		s.bounds(text)
		if wantFlags {
			f = flags(text)
		}
		return f, false
	}
	for {
		v := s.own.add(hash, 1)
		if v.count == 1 {
			if wantFlags {
				f = flags(text)
			}
			v.aux = s.arena.add(text, f)
			s.bounds(text)
			return f, true
		}
		if known, f := s.arena.at(v.aux); bytes.Equal(known, text) {
			return f, false
		}
		// Two texts with one hash: the second goes to the next one.
		v.count--
		hash = hashWord(hash)
	}
}

// bounds takes a text for the least and the greatest, of which no more is kept than the document shows.
func (s *texts) bounds(text []byte) {
	text = text[:min(len(text), maxShownRunes*utf8.UTFMax)]
	if !s.anyOwn || bytes.Compare(text, s.low) < 0 {
		s.low = append(s.low[:0], text...)
	}
	if !s.anyOwn || bytes.Compare(text, s.high) > 0 {
		s.high = append(s.high[:0], text...)
	}
	s.anyOwn = true
}

func (s *texts) flush(d *Dictionary) {
	if !s.many && s.values.full() {
		s.forgetCounts(d)
	}
	if !s.manyOwn && (s.own.full() || s.arena.bytes > ownBytes) {
		s.estimate()
	}
}

// forgetCounts keeps of the table's texts only which of them there are.
func (s *texts) forgetCounts(d *Dictionary) {
	s.many = true
	s.values.each(func(id, count uint32) {
		s.seen.add(id)
		s.lengths.add(int64(d.entries[id-1].length), int64(count))
	})
	s.values = idCounter{}
}

// estimate only hashes the own texts from now on.
func (s *texts) estimate() {
	s.manyOwn = true
	s.own.each(func(v *slot) {
		s.distinct.add(v.key)
		s.lengths.add(int64(s.arena.runes(v.aux)), int64(v.count))
	})
	s.own, s.arena = counter{}, arena{}
}

func (s *texts) count() (int64, bool) {
	n, exact := int64(s.values.n), true
	if s.many {
		n = int64(s.seen.n)
	}
	if s.manyOwn {
		return n + s.distinct.estimate(), false
	}
	return n + int64(s.own.n), exact
}

// finish gives the smallest and largest text and the lengths of all.
func (s *texts) finish(d *Dictionary) (low, high []byte, all lengths) {
	low, high, all = s.low, s.high, s.lengths
	known := s.anyOwn
	take := func(id uint32) {
		text := d.Text(id)
		if !known || bytes.Compare(text, low) < 0 {
			low = text
		}
		if !known || bytes.Compare(text, high) > 0 {
			high = text
		}
		known = true
	}
	for w, word := range s.seen.words {
		for bit := uint32(0); word != 0; bit++ {
			if word&1 != 0 {
				take(uint32(w)<<6 + bit)
			}
			word >>= 1
		}
	}
	s.values.each(func(id, count uint32) {
		take(id)
		all.add(int64(d.entries[id-1].length), int64(count))
	})
	s.own.each(func(v *slot) { all.add(int64(s.arena.runes(v.aux)), int64(v.count)) })
	return low, high, all
}

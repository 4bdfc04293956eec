package columns

import (
	"fabricportal/internal/services/importfile/cleaning"
)

// instants keeps what is said of a column's dates and date-times.
type instants struct {
	values counter // by milliseconds since 1970, twice, plus 1 for a date-time; empty once there were too many
	many   bool

	distinct    hyperLogLog
	spans       spans
	seen        Days // empty until there were too many values, and where nobody asks for days
	noDays      bool
	first, last int64 // milliseconds
	any         bool
	days        int64 // dates without a time
	timed       int64 // date-times
}

func instantKey(millis int64, timed bool) uint64 {
	key := uint64(millis) << 1
	if timed {
		key |= 1
	}
	return key
}

func (s *instants) add(millis int64, timed bool) (fresh bool) {
	if timed {
		s.timed++
	} else {
		s.days++
	}
	if !s.any || millis < s.first {
		s.first = millis
	}
	if !s.any || millis > s.last {
		s.last = millis
	}
	s.any = true
	key := instantKey(millis, timed)
	if s.many {
		s.distinct.add(hashWord(key))
		s.spans.add(millis, 1)
		s.see(millis)
		return false
	}
	return s.values.add(key, 1).count == 1
}

func (s *instants) see(millis int64) {
	if !s.noDays {
		s.seen.addMillis(millis)
	}
}

func (s *instants) flush() {
	if !s.many && s.values.full() {
		s.estimate()
	}
}

func (s *instants) estimate() {
	s.many = true
	s.values.each(func(v *slot) {
		s.distinct.add(hashWord(v.key))
		s.spans.add(int64(v.key)>>1, v.count)
		s.see(int64(v.key) >> 1)
	})
	s.values = counter{}
}

func (s *instants) count() (int64, bool) {
	if s.many {
		return s.distinct.estimate(), false
	}
	return int64(s.values.n), true
}

// sorted are the instants, or the middles of their spans, in ascending order.
func (s *instants) sorted() []weighted {
	var out []weighted
	if s.many {
		s.spans.each(func(middle, n int64) {
			out = append(out, weighted{float64(min(max(middle, s.first), s.last)), n})
		})
	} else {
		s.values.each(func(v *slot) { out = append(out, weighted{float64(int64(v.key) >> 1), int64(v.count)}) })
	}
	return sortWeighted(out)
}

// on are the days of all instants; false where they are not known any more.
func (s *instants) on() (*Days, bool) {
	if s.many {
		return &s.seen, !s.noDays && !s.seen.given
	}
	var days Days
	s.values.each(func(v *slot) { days.addMillis(int64(v.key) >> 1) })
	return &days, true
}

// text is an instant as the documents write it.
func (s *instants) text(millis int64, kind cleaning.Kind) string {
	return cleaning.Value{Kind: kind, Num: float64(millis)}.TimeText()
}

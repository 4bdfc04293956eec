package columns

import "bytes"

const (
	// mostSerials bounds the numbers that texts get: a set of them takes 8 MiB at most.
	mostSerials  = 1 << 26
	serialDigits = 18
)

// serials gives texts that are a series, such as ORD-000017, numbers: equal texts have one number and others have
// another, or 0. What a series is, its first text decides, so that a text has the same number wherever it stands. The zero
// value waits for the first text.
type serials struct {
	begun  bool
	prefix []byte
	digits int // behind the prefix; where there is no prefix as many as there are, without zeros in front
	base   uint64
}

// number is a trimmed text's number, from 1 to mostSerials; 0 for a text that is not of the series.
func (s *serials) number(text []byte) uint32 {
	if !s.begun {
		s.begin(text)
	}
	if s.digits == 0 || !bytes.HasPrefix(text, s.prefix) {
		return 0
	}
	rest := text[len(s.prefix):]
	if len(s.prefix) == 0 {
		if len(rest) == 0 || len(rest) > serialDigits || rest[0] == '0' && len(rest) > 1 {
			return 0
		}
	} else if len(rest) != s.digits {
		return 0
	}
	n := uint64(0)
	for _, c := range rest {
		if c -= '0'; c > 9 {
			return 0
		}
		n = n*10 + uint64(c)
	}
	if n < s.base || n-s.base >= mostSerials {
		return 0
	}
	return uint32(n-s.base) + 1
}

func (s *serials) begin(text []byte) {
	s.begun = true
	n := uint64(0)
	from := len(text)
	for from > 0 && len(text)-from < serialDigits && text[from-1] >= '0' && text[from-1] <= '9' {
		from--
	}
	s.prefix, s.digits = bytes.Clone(text[:from]), len(text)-from
	for _, c := range text[from:] {
		n = n*10 + uint64(c-'0')
	}
	s.base = n - min(n, mostSerials/2)
}

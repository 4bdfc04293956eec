package format

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Said is a sentence by its text in English and the values in it, so that it is worded where it is read: as an error, or as what an
// event or a finding says. The zero Said says nothing.
type Said struct {
	code       string // in a Catalogue; "" outside of one
	text, one  string // one: the form of one thing, where a thing is counted
	pairs      []any
	underlying []error
}

// Say is a sentence that holds values, as pairs of name and value: {{.Name}} in it stands for one. Whole numbers are grouped, a Size is
// written as one, a time.Duration and a time.Time too; an error, or another Said, is worded in the same language; other values stay
// as they are.
func Say(text string, pairs ...any) *Said { return newSaid("", "", text, pairs) }

// SayN is Say with a counted thing, as N has it.
func SayN(n int64, one, other string, pairs ...any) *Said {
	return newSaid("", one, other, append([]any{"N", n}, pairs...))
}

func newSaid(code, one, text string, pairs []any) *Said {
	s := &Said{code: code, one: one, text: text, pairs: pairs}
	for i := 1; i < len(pairs); i += 2 {
		if err, ok := pairs[i].(error); ok {
			s.underlying = append(s.underlying, err)
		}
	}
	return s
}

// Over is the sentence with another error below it, whose words are not said: errors.As finds it.
func (s *Said) Over(err error) *Said {
	over := *s
	if err != nil {
		over.underlying = append(slices.Clone(s.underlying), err)
	}
	return &over
}

// With is the sentence with more values, as pairs of name and value.
func (s *Said) With(pairs ...any) *Said {
	with := newSaid(s.code, s.one, s.text, append(slices.Clone(s.pairs), pairs...))
	with.underlying = append(slices.Clone(s.underlying), newSaid("", "", "", pairs).underlying...)
	return with
}

// Error is the sentence in English.
func (s *Said) Error() string { return s.Say(English) }

// Unwrap are the errors among the values.
func (s *Said) Unwrap() []error { return s.underlying }

// Say is part of Sayer.
func (s *Said) Say(w Writer) string {
	if s == nil {
		return ""
	}
	pairs := slices.Clone(s.pairs)
	n := int64(0)
	for i := 0; i+1 < len(pairs); i += 2 {
		if counted, ok := whole(pairs[i+1]); ok && pairs[i] == "N" {
			n = counted
		}
		pairs[i+1] = w.value(pairs[i+1])
	}
	text := s.text
	switch {
	case s.one == "":
		text = w.T(text)
	case w.Form != nil:
		text = w.Form(n, s.one, s.text)
	case n == 1:
		text = s.one
	}
	return Fill(text, pairs...)
}

// Size is a number of bytes among the values of a Said, Share a share of 1, Day a day or month as YYYY-MM-DD or YYYY-MM, Number one with
// as many decimals as it needs, Amount one to the cent.
type (
	Size   int64
	Share  float64
	Number float64
	Amount float64
	Day    string
)

// value words one value.
func (w Writer) value(v any) any {
	switch v := v.(type) {
	case Sayer:
		return v.Say(w)
	case error:
		return w.Words(v)
	case Size:
		return w.Size(int64(v))
	case Share:
		return w.Percent(float64(v), 1)
	case Number:
		return w.Grouped(strconv.FormatFloat(float64(v), 'f', -1, 64))
	case Amount:
		return w.Amount(float64(v))
	case Day:
		return w.Day(string(v))
	case time.Duration:
		return w.Duration(v)
	case time.Time:
		return w.moment(v)
	}
	if n, ok := whole(v); ok {
		return w.Count(n)
	}
	return v
}

func whole(v any) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case int:
		return int64(v), true
	}
	return 0, false
}

// moment is a time of day, of the Writer's zone; in UTC, where it has none, the zone is said.
func (w Writer) moment(t time.Time) string {
	if w.Zone == nil {
		return t.UTC().Format("2006-01-02 15:04 MST")
	}
	return w.Clock(t, time.Now().In(w.Zone))
}

// Words is an error in the writer's language, as far as it can be said in it, as a part of a sentence.
func (w Writer) Words(err error) string {
	if s, ok := err.(Sayer); ok { //nolint:errorlint // only what stands outermost is all of it
		return s.Say(w)
	}
	text := err.Error()
	if s, ok := errors.AsType[Sayer](err); ok {
		return strings.Replace(text, s.Error(), s.Say(w), 1)
	}
	return text
}

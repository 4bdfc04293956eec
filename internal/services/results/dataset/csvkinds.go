package dataset

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// guessKinds decides on the columns' kinds by the first rows and by some throughout the file: a column has the first
// kind that all of them have.
func (c *csvFile) guessKinds() error {
	const sample, spread = 1000, 64
	possible := make([]map[Kind]bool, len(c.columns))
	seen := make([]bool, len(c.columns))
	kinds := []Kind{Integer, Decimal, Boolean, Date, DateTime}
	for i := range possible {
		possible[i] = map[Kind]bool{}
		for _, k := range kinds {
			possible[i][k] = true
		}
	}
	look := func(s *records, rows int) error {
		for range rows {
			line, err := s.next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			i := 0
			for value := range fieldsOf(line) {
				if i < len(possible) && len(value) > 0 {
					seen[i] = true
					for k := range possible[i] {
						if !parse(k, value, nil) {
							delete(possible[i], k)
						}
					}
				}
				i++
			}
		}
		return nil
	}
	for i := 0; i < len(c.places); i += max(1, len(c.places)/spread) {
		rows := 20
		if i == 0 {
			rows = sample
		}
		if err := look(c.records(c.places[i]), rows); err != nil {
			return err
		}
	}
	for i := range c.columns {
		for _, k := range slices.Backward(kinds) {
			if seen[i] && possible[i][k] {
				c.columns[i].Kind = k
			}
		}
	}
	return nil
}

// parse puts a value into a builder, or only looks whether it can be where that is nil. A number with leading zeros is
// none: it would lose them.
func parse(kind Kind, value []byte, b *builder) bool {
	text := string(value)
	switch kind {
	case Integer, Decimal:
		digits := strings.TrimPrefix(text, "-")
		if digits == "" || digits[0] < '0' || digits[0] > '9' || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' || strings.ContainsAny(digits, "xX_pP") {
			return false
		}
		if kind == Integer {
			x, err := strconv.ParseInt(text, 10, 64)
			if err != nil || text == "-0" {
				return false
			}
			if b != nil {
				b.whole(x)
			}
			return true
		}
		x, err := strconv.ParseFloat(text, 64)
		if err == nil && b != nil {
			b.real(x)
		}
		return err == nil
	case Boolean:
		if b != nil && (text == "true" || text == "false") {
			b.whole(int64(len("false") - len(text)))
		}
		return text == "true" || text == "false"
	case Date:
		t, err := time.Parse(time.DateOnly, text)
		if err == nil && b != nil {
			b.whole(t.Unix() / 86400)
		}
		return err == nil
	case DateTime:
		t, err := time.Parse("2006-01-02T15:04:05", strings.Replace(text, " ", "T", 1))
		if err != nil || t.Nanosecond()%1000 != 0 {
			return false
		}
		if b != nil {
			b.whole(t.UnixMicro())
		}
		return true
	}
	return false
}

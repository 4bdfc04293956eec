package secrets

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"unicode/utf8"
)

// Writer passes on what is written without secrets, also where one comes in several pieces or is broken by a line's end.
// It writes whole lines, and holds back what may be the beginning of a secret until more comes. It is safe for use by
// several goroutines.
type Writer struct {
	r     *Redactor
	next  io.Writer
	looks []look

	mu     sync.Mutex
	held   []byte // what was not passed on
	fresh  int    // bytes of it that came since it was looked at
	from   int64  // where it begins in all that was written
	forms  *forms // the redactor's when scan was made
	scan   *scanner
	hiding bool // the last that was passed on was hidden, and may go on
}

// Writer takes secrets out of what people read.
func (r *Redactor) Writer(next io.Writer) *Writer { return &Writer{r: r, next: next, looks: looks} }

// DataWriter takes secrets out of documents: known values, and what is certainly a secret. A column's name makes no secret
// of its cells.
func (r *Redactor) DataWriter(next io.Writer) *Writer {
	return &Writer{r: r, next: next, looks: certain}
}

const (
	// A line of so many bytes is passed on before its end.
	longLine = 64 << 10
	// More than this is never held back: no secret is broken over so much white space.
	mostHeld = 1 << 20
)

func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := 0; i < len(p); { // in pieces, so that a document of any size takes little room
		n := min(len(p)-i, longLine)
		w.held = append(w.held, p[i:i+n]...)
		w.fresh += n
		ends := bytes.IndexByte(p[i:i+n], '\n') >= 0
		i += n
		if !ends && w.fresh < longLine {
			continue
		}
		if err := w.pass(false); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

// Flush passes on all that is held back.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pass(true)
}

// pass reads what is new and passes on what is certain.
func (w *Writer) pass(all bool) error {
	w.renew()
	w.fresh = 0
	end := len(w.held)
	if !all {
		if end = bytes.LastIndexByte(w.held, '\n') + 1; end == 0 && len(w.held) >= longLine {
			end = wholeEscapes(w.held)
		}
	}
	safe := w.from + int64(end)
	var spans []span
	if w.scan != nil {
		if at := int(w.scan.at - w.from); at < end {
			w.scan.read(string(w.held[at:end]))
		}
		if !all {
			safe = min(safe, w.certain(int64(end)))
		}
		spans, w.scan.spans = before(w.scan.spans, safe)
	}
	n := int(safe - w.from)
	if n == 0 {
		return nil
	}
	text := string(w.held[:n])
	w.held = append(w.held[:0], w.held[n:]...)
	from := w.from
	w.from = safe
	again := w.hiding && slices.ContainsFunc(spans, func(s span) bool { return s.from <= from })
	w.hiding = slices.ContainsFunc(spans, func(s span) bool { return s.to == safe })
	text = hide(text, from, spans)
	if again {
		text = text[len(hidden):]
	}
	_, err := io.WriteString(w.next, withoutLooks(text, w.looks))
	return err
}

// renew begins to read anew what is held where the redactor has learned more.
func (w *Writer) renew() {
	if f := w.r.forms.Load(); f != w.forms {
		w.forms, w.scan = f, newScanner(f)
		w.scan.at = w.from
	}
}

// certain is up to where no secret may have begun: the beginning of the line in which one may have.
func (w *Writer) certain(end int64) int64 {
	safe := w.scan.pending()
	if w.from+end-safe > mostHeld {
		return w.from + end
	}
	if safe <= w.from {
		return w.from
	}
	for _, s := range w.scan.spans { // what is hidden is not torn
		if s.from < safe && s.to > safe {
			safe = max(s.from, w.from)
		}
	}
	if line := bytes.LastIndexByte(w.held[:safe-w.from], '\n') + 1; line > 0 {
		return w.from + int64(line)
	}
	if safe == w.scan.at || end >= longLine {
		return safe
	}
	return w.from
}

// before divides spans at a place that lies within none.
func before(spans []span, at int64) (now, later []span) {
	for _, s := range spans {
		if s.to <= at {
			now = append(now, s)
		} else {
			later = append(later, s)
		}
	}
	return now, later
}

// wholeEscapes is how much of a text can be read without tearing a character or an escape.
func wholeEscapes(text []byte) int {
	end := len(text)
	for i := len(text) - 1; i >= max(0, len(text)-longestEscape); i-- {
		if c := text[i]; c == '%' || c == '\\' || c == '&' || c >= utf8.RuneSelf && utf8.RuneStart(c) && !utf8.FullRune(text[i:]) {
			end = i
		}
	}
	for end > 0 && end < len(text) && text[end-1] == '\\' {
		end--
	}
	if end == 0 { // nothing but backslashes
		return len(text)
	}
	return end
}

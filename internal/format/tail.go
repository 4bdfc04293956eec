package format

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Entry is a sentence of a Catalogue; One is the form of one thing, where it counts one.
type Entry struct{ Text, One string }

// Catalogue are sentences by their codes. What is stored of one is its English with a short tail behind it, such as
// “Fabric knows job 5f3a again [job_known job="5f3a"]”: programs that know the code word it in their language, others show it as it stands.
type Catalogue map[string]Entry

// Say is a sentence of the catalogue with its values, as Say has them. A code that there is not gives a sentence that names it.
func (c Catalogue) Say(code string, pairs ...any) *Said {
	e, ok := c[code]
	if !ok {
		e.Text = "[" + code + "]"
	}
	return newSaid(code, e.One, e.Text, pairs)
}

// In is the sentence in the words that another catalogue has for its code, with the same values; in its own where it has none.
func (s *Said) In(c Catalogue) *Said {
	e, ok := c[s.code]
	if !ok || s.code == "" {
		return s
	}
	other := *s
	other.one, other.text = e.One, e.Text
	return &other
}

// Texts are those of the catalogue that have one form; Counted are those that have one for each plural.
func (c Catalogue) Texts() (texts []string, counted []Entry) {
	for _, e := range c {
		if e.One == "" {
			texts = append(texts, e.Text)
		} else {
			counted = append(counted, e)
		}
	}
	return texts, counted
}

// Tailed is a sentence that can be stored: what makes an error of its own kind from values, such as Fabric's refusals, is one.
type Tailed interface {
	Sayer
	// Tail is a code and its values, as pairs of name and value.
	Tail() (code string, pairs []any)
}

// Tail is part of Tailed.
func (s *Said) Tail() (code string, pairs []any) { return s.code, s.pairs }

// Stored is the sentence in English with its tail, each text in it made clean. The tail is left out where the whole would be longer than
// limit characters, and where it could not be read again.
func (r Reader) Stored(s Tailed, limit int, clean func(string) string) string {
	text := clean(s.Say(English))
	code, pairs := s.Tail()
	if code == "" {
		return text
	}
	all := text + " [" + tail(code, pairs, clean) + "]"
	if len([]rune(all)) > limit || clean(all) != all {
		return text
	}
	if _, ok := r.Read(all); !ok {
		return text
	}
	return all
}

func tail(code string, pairs []any, clean func(string) string) string {
	var b strings.Builder
	b.WriteString(code)
	for i := 0; i+1 < len(pairs); i += 2 {
		fmt.Fprintf(&b, " %s=%s", strings.ToLower(fmt.Sprint(pairs[i])), stored(pairs[i+1], clean))
	}
	return b.String()
}

// stored is a value as a tail has it.
func stored(v any, clean func(string) string) string {
	switch v := v.(type) {
	case Tailed:
		if code, pairs := v.Tail(); code != "" {
			return "(" + tail(code, pairs, clean) + ")"
		}
		return quoted(clean(v.Say(English)))
	case error:
		return stored(storable(v), clean)
	case Size:
		return strconv.FormatInt(int64(v), 10) + "B"
	case time.Duration:
		return strconv.FormatInt(int64(v.Round(time.Second)/time.Second), 10) + "s"
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05Z")
	}
	if n, ok := whole(v); ok {
		return strconv.FormatInt(n, 10)
	}
	return quoted(clean(fmt.Sprint(English.value(v))))
}

// storable is an error as a value of a tail: what can be said of it with a code, where that is all of it; else its words.
func storable(err error) any {
	for e := err; e != nil; {
		if t, ok := e.(Tailed); ok && t.Say(English) == err.Error() { //nolint:errorlint // each layer is looked at
			return t
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
	return err.Error()
}

func quoted(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil { // a text can always be written
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// A Reader makes sentences from their tails.
type Reader struct {
	Catalogue Catalogue
	// Made makes what is no sentence of the catalogue from its code and values; nil, or false, for a code that there is not.
	Made func(code string, values map[string]any) (Sayer, bool)
}

// maxNested is how deep sentences stand in each other.
const maxNested = 64

// Read is the sentence of a text that was Stored. A text without a tail, with one that is not known, or whose English is not what stands
// before the tail, is no such sentence: it is to be shown as it is.
func (r Reader) Read(text string) (Sayer, bool) {
	if !strings.HasSuffix(text, "]") {
		return nil, false
	}
	for at := strings.LastIndex(text, " ["); at > 0; at = strings.LastIndex(text[:at], " [") {
		p := tailParser{reader: r, rest: text[at+2 : len(text)-1]}
		if s, ok := p.sentence(0); ok && p.rest == "" && s.Say(English) == text[:at] {
			return s, true
		}
	}
	return nil, false
}

// Say is a stored text in a writer's language, and as it is where it can't be said.
func (r Reader) Say(text string, w Writer) string {
	if s, ok := r.Read(text); ok {
		return s.Say(w)
	}
	return text
}

type tailParser struct {
	reader Reader
	rest   string
}

// sentence reads a code and its values.
func (p *tailParser) sentence(depth int) (Sayer, bool) {
	code := p.word()
	if code == "" || depth > maxNested {
		return nil, false
	}
	values := map[string]any{}
	for strings.HasPrefix(p.rest, " ") {
		p.rest = p.rest[1:]
		name := p.word()
		if name == "" || !strings.HasPrefix(p.rest, "=") {
			return nil, false
		}
		p.rest = p.rest[1:]
		v, ok := p.value(depth)
		if !ok {
			return nil, false
		}
		values[name] = v
	}
	if e, ok := p.reader.Catalogue[code]; ok {
		return newSaid(code, e.One, e.Text, named(e, values)), true
	}
	if p.reader.Made == nil {
		return nil, false
	}
	return p.reader.Made(code, values)
}

// named are the values under the names that a text has for them.
func named(e Entry, values map[string]any) []any {
	var pairs []any
	for rest := e.Text; ; {
		_, after, ok := strings.Cut(rest, "{{.")
		if !ok {
			break
		}
		name, tail, ok := strings.Cut(after, "}}")
		if !ok {
			break
		}
		if v, has := values[strings.ToLower(name)]; has {
			pairs = append(pairs, name, v)
		}
		rest = tail
	}
	if n, ok := values["n"]; ok {
		pairs = append(pairs, "N", n)
	}
	return pairs
}

func (p *tailParser) word() string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' })
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

func (p *tailParser) value(depth int) (any, bool) {
	switch {
	case strings.HasPrefix(p.rest, "("):
		p.rest = p.rest[1:]
		s, ok := p.sentence(depth + 1)
		if !ok || !strings.HasPrefix(p.rest, ")") {
			return nil, false
		}
		p.rest = p.rest[1:]
		return s, true
	case strings.HasPrefix(p.rest, `"`):
		dec := json.NewDecoder(strings.NewReader(p.rest))
		var text string
		if dec.Decode(&text) != nil {
			return nil, false
		}
		p.rest = p.rest[dec.InputOffset():]
		return text, true
	}
	end := strings.IndexAny(p.rest, " )")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	if at, err := time.Parse("2006-01-02T15:04:05Z", word); err == nil {
		return at, true
	}
	digits := strings.TrimRight(word, "Bs")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, false
	}
	switch word[len(digits):] {
	case "":
		return n, true
	case "B":
		return Size(n), true
	case "s":
		if n > int64(1<<63-1)/int64(time.Second) {
			return nil, false
		}
		return time.Duration(n) * time.Second, true
	}
	return nil, false
}

package secrets

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Redactor takes secrets out of texts: the values it was told of, in whatever form they come (forms.go), and what looks
// like a secret. Its zero value knows the looks only. It is safe for use by several goroutines.
type Redactor struct {
	mu      sync.Mutex
	values  []string
	passing []string              // the latest of those that are replaced by and by
	forms   atomic.Pointer[forms] // of both; nil where there are none
}

// NewRedactor knows the given secrets.
func NewRedactor(known ...Secret) *Redactor {
	r := &Redactor{}
	r.Add(known...)
	return r
}

// Add makes further secrets known. Values below four characters are left out: hiding them would mangle any text.
func (r *Redactor) Add(known ...Secret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := len(r.values)
	for _, s := range known {
		if value := s.Reveal(); len(value) >= shortest && !slices.Contains(r.values, value) {
			r.values = append(r.values, value)
		}
	}
	if len(r.values) > before {
		r.compile()
	}
}

// keptPassing is for how many scopes tokens are kept, twice over: the one before may still be on its way.
const keptPassing = 4

// AddPassing makes a secret known that another one replaces after a while, such as a token. The latest few are kept.
func (r *Redactor) AddPassing(s Secret) {
	r.mu.Lock()
	defer r.mu.Unlock()
	value := s.Reveal()
	if len(value) < shortWord || slices.Contains(r.passing, value) {
		return
	}
	r.passing = append(r.passing, value)
	r.passing = r.passing[max(0, len(r.passing)-keptPassing):]
	r.compile()
}

func (r *Redactor) compile() { r.forms.Store(formsOf(slices.Concat(r.values, r.passing))) }

// Redact returns the text without secrets.
func (r *Redactor) Redact(text string) string { return withoutLooks(r.Hide(text), looks) }

// Hide returns the text without the secrets that are known, whatever else looks like one: for what may be data.
func (r *Redactor) Hide(text string) string {
	f := r.forms.Load()
	if f == nil || len(text) < shortest {
		return text
	}
	return hide(text, 0, f.spans(text))
}

// hide is a text, of which from is the first byte, without spans.
func hide(text string, from int64, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out strings.Builder
	at := from
	for i := 0; i < len(spans); {
		one := spans[i]
		for i++; i < len(spans) && spans[i].from <= one.to; i++ {
			one.to = max(one.to, spans[i].to)
		}
		out.WriteString(text[at-from : max(one.from, at)-from])
		out.WriteString(hidden)
		at = one.to
	}
	out.WriteString(text[at-from:])
	return out.String()
}

// Handler passes log records on to next without secrets, by the attribute's key and by what its value looks like.
func (r *Redactor) Handler(next slog.Handler) slog.Handler { return &handler{r, next} }

type handler struct {
	r    *Redactor
	next slog.Handler
}

func (h *handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h *handler) Handle(ctx context.Context, rec slog.Record) error {
	out := slog.NewRecord(rec.Time, rec.Level, h.r.Redact(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, out)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a)
	}
	return &handler{h.r, h.next.WithAttrs(clean)}
}

func (h *handler) WithGroup(name string) slog.Handler { return &handler{h.r, h.next.WithGroup(name)} }

// deniedKey matches attributes that are never shown, whatever they hold.
var deniedKey = regexp.MustCompile(`(?i)(password|passwd|secret|token|authorization|cookie|dsn|connection_?string|assertion)`)

func (h *handler) attr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindGroup:
		group := a.Value.Group()
		clean := make([]slog.Attr, len(group))
		for i, g := range group {
			clean[i] = h.attr(g)
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(clean...)}
	case slog.KindString, slog.KindAny:
		if deniedKey.MatchString(a.Key) {
			return slog.String(a.Key, hidden)
		}
		text := a.Value.String()
		if a.Value.Kind() == slog.KindAny {
			text = fmt.Sprintf("%+v", a.Value.Any())
		}
		return slog.String(a.Key, h.r.Redact(text))
	}
	return a
}

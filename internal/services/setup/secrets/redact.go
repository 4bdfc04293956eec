package secrets

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Redactor takes secrets out of texts: the values it was told of, and what looks like a secret. Its zero value knows the looks only.
type Redactor struct {
	mu     sync.RWMutex
	values []string // longest first, so that no value leaves its end behind
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
	for _, s := range known {
		value := s.Reveal()
		if len(value) < 4 {
			continue
		}
		raw := []byte(value)
		quoted, _ := json.Marshal(value)
		for _, form := range []string{
			value, url.QueryEscape(value), url.PathEscape(value), strings.Trim(string(quoted), `"`),
			base64.StdEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw),
		} {
			if !slices.Contains(r.values, form) {
				r.values = append(r.values, form)
			}
		}
	}
	slices.SortFunc(r.values, func(a, b string) int { return len(b) - len(a) })
}

// What secrets look like, with what stays of the text.
var looks = []struct {
	pattern *regexp.Regexp
	with    string
}{
	// JSON Web Tokens, which is what Entra's tokens are.
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}`), hidden},
	{regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`), "$1 " + hidden},
	// user:password@ in addresses and data source names; a password may hold / and @ itself.
	{regexp.MustCompile(`(?i)\b(postgres(?:ql)?://[^\s:/@"']*):[^\s"']*@`), "$1:" + hidden + "@"},
	{regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@"']*):[^\s/@"']+@`), "$1:" + hidden + "@"},
	// key=value, as in addresses, data source names and connection strings.
	{regexp.MustCompile(`(?i)((?:\b|_)(?:sig|signature|password|passwd|pwd|pgpassword|secret|client_secret|client_assertion|` +
		`token|access_token|refresh_token|id_token|sharedaccesskey|accountkey|api_?key)\s*=\s*)` +
		`(?:"[^"]*"?|'(?:[^'\\]|\\.)*'?|[^\s&;,"')\]}]+)`), "${1}" + hidden},
	// "key": "value", as in JSON and in Python's dictionaries.
	{regexp.MustCompile(`(?i)(["'](?:[a-z_-]*(?:password|passwd|secret|token|assertion|authorization|accountkey|api_?key)|pwd|sig)["']\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)`), "${1}\"" + hidden + "\""},
}

// Redact returns the text without secrets.
func (r *Redactor) Redact(text string) string {
	r.mu.RLock()
	for _, v := range r.values {
		text = strings.ReplaceAll(text, v, hidden)
	}
	r.mu.RUnlock()
	for _, l := range looks {
		text = l.pattern.ReplaceAllString(text, l.with)
	}
	return text
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

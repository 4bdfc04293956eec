package diagnostics

import (
	"regexp"
	"strconv"
	"strings"
)

// What stands in a line of the log as it is: it is not from outside, and says when and how much.
var plain = map[string]*regexp.Regexp{
	"time":        regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`),
	"level":       regexp.MustCompile(`^(DEBUG|INFO|WARN|ERROR)([+-]\d+)?$`),
	"pid":         regexp.MustCompile(`^\d{1,10}$`),
	"code":        regexp.MustCompile(`^\d{1,3}$`),
	"gap":         regexp.MustCompile(`^[0-9.hmsµn]{1,20}$`),
	"version":     regexp.MustCompile(`^\d+\.\d+\.\d+(\+g[0-9a-f]{7}(\.modified)?)?$`),
	"they arrive": regexp.MustCompile(`^(true|false)$`),
}

// The attributes that are names as a whole, whatever words they are made of.
var names = map[string]string{"connection": "connection", "configuration": "path", "run": "id", "workspace": "id", "files": "path", "start": "text"}

// attribute is a piece of a line as slog.TextHandler writes it.
var attribute = regexp.MustCompile(`("(?:[^"\\]|\\.)*"|[^ ="]+)=("(?:[^"\\]|\\.)*"|[^ ]*)`)

// logLine is a line of the log, of which each attribute is let through by what it is.
func logLine(line string, b *blanker) string {
	var out []string
	rest := 0
	for _, at := range attribute.FindAllStringSubmatchIndex(line, -1) {
		out = append(out, loose(line[rest:at[0]], b)...)
		key, value := unquoted(line[at[2]:at[3]]), unquoted(line[at[4]:at[5]])
		out = append(out, b.text(key)+"="+attributeValue(key, value, b))
		rest = at[1]
	}
	return strings.Join(append(out, loose(line[rest:], b)...), " ")
}

// loose is what is no attribute, as in a line that was cut or that somebody else wrote.
func loose(text string, b *blanker) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return []string{b.text(text)}
}

func attributeValue(key, value string, b *blanker) string {
	if form := plain[key]; form != nil && form.MatchString(value) {
		return value
	}
	if kind := names[key]; kind != "" && value != "" {
		return b.as(kind, value)
	}
	return strconv.Quote(b.text(value))
}

func unquoted(text string) string {
	if plainText, err := strconv.Unquote(text); err == nil {
		return plainText
	}
	return text
}

// Of a stack the functions and the lines of the source are told; what they were called with may be data. A function is known by the
// line below it.
var (
	frame  = regexp.MustCompile(`^(created by )?([A-Za-z0-9_./@*()\[\]-]+?)(\([^()]*\))?( in goroutine \d+)?$`)
	source = regexp.MustCompile(`^\s+.*?([A-Za-z0-9_]+\.(?:go|s):\d+)( \+0x[0-9a-f]+)?$`)
	header = regexp.MustCompile(`^goroutine \d+ .*\[([a-z ,]+)[^\]]*\]:$`)
)

// crash is the beginning of what a crash left.
func crash(text string, b *blanker) []string {
	var out []string
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	for i, line := range lines {
		if len(out) == crashLines {
			return append(out, "…")
		}
		if line == "" {
			continue
		}
		if m := header.FindStringSubmatch(line); m != nil {
			out = append(out, "goroutine ["+b.text(m[1])+"]:")
		} else if m := source.FindStringSubmatch(line); m != nil && i > 0 && function(lines[i-1]) != "" {
			out = append(out, "\t"+m[1])
		} else if f := function(line); f != "" && i+1 < len(lines) && source.MatchString(lines[i+1]) {
			out = append(out, f)
		} else {
			out = append(out, b.text(line))
		}
	}
	return out
}

// function is the function that a line of a stack names; "" where it names none of a module's.
func function(line string) string {
	m := frame.FindStringSubmatch(line)
	if m == nil {
		return ""
	}
	for _, from := range []string{"fabricportal/", "runtime.", "runtime/", "main.", "fyne.io/", "github.com/", "golang.org/", "internal/", "net.", "net/", "os.", "sync.", "reflect.", "testing.", "panic"} {
		if strings.HasPrefix(m[2], from) {
			return m[2]
		}
	}
	return ""
}

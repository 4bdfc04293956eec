// Package format writes numbers, amounts, sizes, durations and times as people read them: in the window in the user's
// language, in the terminal and in documents in English. It is the one place for it.
package format

import (
	"fmt"
	"strings"
)

// Locale is how numbers and times are written in a language. Take English or In; the zero value writes nothing.
type Locale struct {
	decimal, separator   string // the marks in 1,234.5: "." and ","
	percent              string // this and the following ones are forms with fields, such as "{{.Number}} %"
	thousand             string
	million, billion     string
	byte, kB, mB, gB     string
	second, minute       string
	hour, day            string
	months               [12]string
	date, dayMonth       string
	monthYear            string
	between, betweenDays string
	moment               string
	today, yesterday     string
	order                string // of the parts of a date that is typed in figures: dmy, mdy or ymd
}

// English is how the terminal, documents and the window in English write.
var English = In(nil)

// part is one of a locale's parts: the id of its text in a language's file, what stands there in English, and the fields
// that it must hold.
type part struct {
	id, english, fields string
	set                 func(*Locale, string)
}

var parts = []part{
	{"locale.decimal", ".", "", func(l *Locale, s string) { l.decimal = s }},
	{"locale.group", ",", "", func(l *Locale, s string) { l.separator = s }},
	{"locale.percent", "{{.Number}} %", "Number", func(l *Locale, s string) { l.percent = s }},
	{"locale.thousand", "{{.Number}} k", "Number", func(l *Locale, s string) { l.thousand = s }},
	{"locale.million", "{{.Number}} M", "Number", func(l *Locale, s string) { l.million = s }},
	{"locale.billion", "{{.Number}} bn", "Number", func(l *Locale, s string) { l.billion = s }},
	{"locale.byte", "{{.Number}} B", "Number", func(l *Locale, s string) { l.byte = s }},
	{"locale.kilobyte", "{{.Number}} kB", "Number", func(l *Locale, s string) { l.kB = s }},
	{"locale.megabyte", "{{.Number}} MB", "Number", func(l *Locale, s string) { l.mB = s }},
	{"locale.gigabyte", "{{.Number}} GB", "Number", func(l *Locale, s string) { l.gB = s }},
	{"locale.second", "{{.Number}} s", "Number", func(l *Locale, s string) { l.second = s }},
	{"locale.minute", "{{.Number}} min", "Number", func(l *Locale, s string) { l.minute = s }},
	{"locale.hour", "{{.Number}} h", "Number", func(l *Locale, s string) { l.hour = s }},
	{"locale.day", "{{.Number}} d", "Number", func(l *Locale, s string) { l.day = s }},
	{"locale.months", "Jan, Feb, Mar, Apr, May, Jun, Jul, Aug, Sep, Oct, Nov, Dec", "", func(l *Locale, s string) { copy(l.months[:], list(s)) }},
	{"locale.date", "{{.Day}} {{.Month}} {{.Year}}", "Day Month Year", func(l *Locale, s string) { l.date = s }},
	{"locale.day_month", "{{.Day}} {{.Month}}", "Day Month", func(l *Locale, s string) { l.dayMonth = s }},
	{"locale.month_year", "{{.Month}} {{.Year}}", "Month Year", func(l *Locale, s string) { l.monthYear = s }},
	{"locale.between", "{{.From}} – {{.To}}", "From To", func(l *Locale, s string) { l.between = s }},
	{"locale.between_days", "{{.FromDay}} {{.FromMonth}} – {{.ToDay}} {{.ToMonth}} {{.Year}}", "FromDay FromMonth ToDay ToMonth Year", func(l *Locale, s string) { l.betweenDays = s }},
	{"locale.moment", "{{.Date}} {{.Clock}}", "Date Clock", func(l *Locale, s string) { l.moment = s }},
	{"locale.today", "today {{.Clock}}", "Clock", func(l *Locale, s string) { l.today = s }},
	{"locale.yesterday", "yesterday {{.Clock}}", "Clock", func(l *Locale, s string) { l.yesterday = s }},
	{"locale.date_order", "dmy", "", func(l *Locale, s string) { l.order = s }},
}

// Texts are the ids of the parts of a locale, as In asks for them, with what stands there in English.
func Texts() map[string]string {
	out := make(map[string]string, len(parts))
	for _, p := range parts {
		out[p.id] = p.english
	}
	return out
}

// In is the locale whose parts word knows by their ids, such as locale.decimal. A part that word gives back as it is, or
// that can't be used (Check says why), is written as in English; so are all where word is nil.
func In(word func(id string) string) Locale {
	var l Locale
	for _, p := range parts {
		text := p.english
		if word != nil {
			if said := word(p.id); said != p.id && p.check(said) == nil {
				text = said
			}
		}
		p.set(&l, text)
	}
	return l
}

// Check says what is wrong with the parts of a language's file, by their ids; nil where all are there and can be used.
func Check(texts map[string]string) error {
	for _, p := range parts {
		text, ok := texts[p.id]
		if !ok {
			return fmt.Errorf("%s is missing: in English it is %q", p.id, p.english)
		}
		if err := p.check(text); err != nil {
			return err
		}
	}
	return nil
}

func (p part) check(text string) error {
	for _, field := range strings.Fields(p.fields) {
		if !strings.Contains(text, "{{."+field+"}}") {
			return fmt.Errorf("%s is %q and lacks {{.%s}}", p.id, text, field)
		}
	}
	switch p.id {
	case "locale.months":
		if n := len(list(text)); n != 12 {
			return fmt.Errorf("%s names %d months with commas between them, not 12", p.id, n)
		}
	case "locale.date_order":
		if text != "dmy" && text != "mdy" && text != "ymd" {
			return fmt.Errorf("%s is %q: it must be dmy, mdy or ymd", p.id, text)
		}
	case "locale.decimal":
		if text == "" {
			return fmt.Errorf("%s is empty", p.id)
		}
	}
	return nil
}

// list are texts with commas between them.
func list(text string) []string {
	out := strings.Split(text, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// Fill replaces {{.Name}} in a text by the values that follow as pairs of name and value; a field without a value stays as
// it is. Values are taken as they are: what stands in them is not filled again.
func Fill(text string, pairs ...any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{{.") {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, "{{.")
		if at < 0 {
			break
		}
		end := strings.Index(text[at:], "}}")
		if end < 0 {
			break
		}
		field, value := text[at+3:at+end], any(text[at:at+end+2])
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == field {
				value = pairs[i+1]
			}
		}
		b.WriteString(text[:at])
		fmt.Fprint(&b, value)
		text = text[at+end+2:]
	}
	b.WriteString(text)
	return b.String()
}

// Fields are the names of the fields in a text, in their order.
func Fields(text string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(text, "{{.")
		if !ok {
			return out
		}
		field, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return out
		}
		out, text = append(out, field), after
	}
}

package words

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"fabricportal/internal/format"
)

// Variable is the environment variable that names the window's language, such as de; without it the system's is taken.
const Variable = "PORTAL_LANG"

// folder holds one file for each language, such as de.json, in the form of go-i18n: each text of the program in English,
// and how it is said; for a counted one an object with the language's plural forms. How numbers and dates are written
// stands there, too, as package format asks for it (locale.decimal and so on).
const folder = "translation"

// source is the language that the texts in the program are written in.
const source = "en"

// NameID is the id of a language's own name in its file, such as Deutsch.
const NameID = "locale.name"

// Language is one that the window's texts are translated into.
type Language struct{ Code, Name string }

// Languages are those that there is a file for, by their codes.
func Languages(files fs.FS) []Language {
	found, _ := fs.Glob(files, folder+"/*.json") // the pattern is sound
	var out []Language
	for _, f := range found {
		code := strings.TrimSuffix(path.Base(f), ".json")
		name := code
		if t, err := read(files, code); err == nil && t.texts[NameID] != "" {
			name = t.texts[NameID]
		}
		out = append(out, Language{code, name})
	}
	return out
}

// Known is a language's code where there is a translation into it, else "".
func Known(files fs.FS, named string) string {
	for _, l := range Languages(files) {
		if strings.EqualFold(l.Code, named) {
			return l.Code
		}
	}
	return ""
}

// Chosen is the language that the environment names; "" where it names none that there is.
func Chosen(files fs.FS) string { return Known(files, os.Getenv(Variable)) }

// system is the operating system's language where there is a translation into it, else English.
func system(files fs.FS) string {
	of := lang.SystemLocale().LanguageString()
	for named := of; named != ""; named = named[:max(0, strings.LastIndexAny(named, "-_"))] {
		if known := Known(files, named); known != "" {
			return known
		}
	}
	return source
}

// table is the texts of one language.
type table struct {
	tag     language.Tag
	texts   map[string]string                 // by the text in English; of a counted one the form for what is left
	plurals map[string]map[plural.Form]string // of the counted ones
}

// forms are the names of the plural forms in a file.
var forms = map[string]plural.Form{"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other}

func read(files fs.FS, code string) (*table, error) {
	data, err := fs.ReadFile(files, path.Join(folder, code+".json"))
	if err != nil {
		return nil, fmt.Errorf("there is no translation into %q: %w", code, err)
	}
	t := &table{texts: map[string]string{}, plurals: map[string]map[plural.Form]string{}}
	if t.tag, err = language.Parse(code); err != nil {
		return nil, fmt.Errorf("%s.json is not named after a language: %w", code, err)
	}
	var entries map[string]json.RawMessage
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, fmt.Errorf("reading %s.json: %w", code, err)
	}
	for text, entry := range entries {
		if err := t.add(text, entry); err != nil {
			return nil, fmt.Errorf("%s.json, %q: %w", code, text, err)
		}
	}
	return t, nil
}

func (t *table) add(text string, entry json.RawMessage) error {
	var plain string
	if json.Unmarshal(entry, &plain) == nil {
		t.texts[text] = plain
		return nil
	}
	var counted map[string]string
	if err := json.Unmarshal(entry, &counted); err != nil {
		return errors.New("it is neither a text nor an object of plural forms")
	}
	said := map[plural.Form]string{}
	for name, form := range counted {
		f, ok := forms[name]
		if !ok {
			return fmt.Errorf("%q is no plural form: they are zero, one, two, few, many and other", name)
		}
		said[f] = form
	}
	if _, ok := said[plural.Other]; !ok {
		return errors.New("the plural form other is missing")
	}
	t.plurals[text], t.texts[text] = said, said[plural.Other]
	return nil
}

// say is how the language says a text of n things; false where its file does not know the text.
func (t *table) say(text string, n int64) (string, bool) {
	if said, ok := t.plurals[text]; ok {
		i := int(max(n, -n))
		if form, ok := said[plural.Cardinal.MatchPlural(t.tag, i, 0, 0, 0, 0)]; ok {
			return form, true
		}
	}
	said := t.texts[text]
	return said, said != ""
}

// state is the language in use.
type state struct {
	chosen, english *table
	locale          format.Locale
}

// say is a text in the language in use, else in English.
func (s *state) say(text string, n int64) string {
	for _, t := range []*table{s.chosen, s.english} {
		if said, ok := t.say(text, n); ok {
			return said
		}
	}
	return text
}

var (
	current atomic.Pointer[state]
	loading sync.Mutex
)

func init() {
	none := &table{tag: language.English}
	current.Store(&state{none, none, format.English})
}

// Load reads the translations from the folder translation of files, one JSON file a language, and chooses the language:
// the named one, else the system's where there is a translation, else English.
func Load(files fs.FS, named string) error {
	loading.Lock()
	defer loading.Unlock()
	if named == "" {
		named = system(files)
	}
	english, err := read(files, source)
	if err != nil {
		return err
	}
	chosen, err := read(files, named)
	if err != nil {
		return err
	}
	s := &state{chosen: chosen, english: english}
	s.locale = format.In(func(id string) string { return s.say(id, 0) })
	current.Store(s)
	return s.giveToFyne()
}

// Toolkit are the texts of Fyne's own menus and of its dialog for files.
var Toolkit = []string{
	"Cancel", "Copy", "Create Folder", "Cut", "Enter filename", "Error", "Favourites", "File", "Folder", "New Folder", "OK", "Open", "Paste", "Quit", "Redo",
	"Save", "Select all", "Show Hidden Files", "Undo",
}

// giveToFyne tells Fyne how its own texts are said. Fyne takes the system's language and no other, also for the plural
// forms; so it gets these texts only, under the system's name.
func (s *state) giveToFyne() error {
	texts := map[string]string{}
	for _, text := range Toolkit {
		texts[text] = s.say(text, 0)
	}
	data, err := json.Marshal(texts)
	if err != nil {
		return err
	}
	return lang.AddTranslationsForLocale(data, lang.SystemLocale())
}

// Missing are the plural forms that a language has and that the counted texts of its file lack, as lines for a translator.
func Missing(files fs.FS, code string) ([]string, error) {
	t, err := read(files, code)
	if err != nil {
		return nil, err
	}
	wanted := map[plural.Form]string{}
	for n := range 200 {
		for name, f := range forms {
			if f == plural.Cardinal.MatchPlural(t.tag, n, 0, 0, 0, 0) {
				wanted[f] = name
			}
		}
	}
	var out []string
	for text, said := range t.plurals {
		for f, name := range wanted {
			if said[f] == "" {
				out = append(out, fmt.Sprintf("%q lacks the form %s", text, name))
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

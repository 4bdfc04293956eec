package words

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/feature/plural"
	textlanguage "golang.org/x/text/language"

	"fabricportal/assets"
)

// Variable is the environment variable that names the window's language, such as de; without it the system's is taken.
const Variable = "PORTAL_LANG"

// Languages are those that there are translations into, English first: each file of assets/translation is one.
var Languages = languages()

func languages() []string {
	all := []string{english}
	files, _ := assets.Translations.ReadDir("translation") // it is part of the program
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".json"); name != english {
			all = append(all, name)
		}
	}
	return all
}

const english = "en"

// OwnName is how a language calls itself, such as Deutsch: its file says so under “English”.
func OwnName(language string) string {
	data, err := assets.Translations.ReadFile("translation/" + language + ".json")
	var t translation
	if err != nil || t.read(data) != nil || t.texts["English"] == "" {
		return language
	}
	return t.texts["English"]
}

// translation is the texts of one language.
type translation struct {
	tag   textlanguage.Tag
	texts map[string]string
	forms map[string]map[string]string // of texts with a counted thing, by the other form in English, then by CLDR's category
}

// chosen is the translation that is spoken; nil: English, as it stands in the program.
var chosen atomic.Pointer[translation]

// categories are the names of CLDR's plural categories.
var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// Category is CLDR's category of a whole number in a language, such as one or few.
func Category(language string, n int64) string { return category(textlanguage.Make(language), n) }

func category(tag textlanguage.Tag, n int64) string {
	return categories[plural.Cardinal.MatchPlural(tag, int(max(n, -n)), 0, 0, 0, 0)]
}

var loading sync.Mutex

// Load reads the translations from the folder translation of files, one JSON file a language, and chooses the language:
// the named one, else the system's where there is a translation, else English.
func Load(files fs.FS, language string) error {
	loading.Lock()
	defer loading.Unlock()
	if language == "" {
		language = systemLanguage()
	}
	data, err := fs.ReadFile(files, "translation/"+language+".json")
	if err != nil {
		return fmt.Errorf("there is no translation into %q: %w", language, err)
	}
	t := &translation{tag: textlanguage.Make(language)}
	if err := t.read(data); err != nil {
		return fmt.Errorf("the translation into %q: %w", language, err)
	}
	flat, err := json.Marshal(t.texts)
	if err != nil {
		return fmt.Errorf("the translation into %q: %w", language, err)
	}
	chosen.Store(t)
	// Fyne's own texts, such as Copy in an entry's menu, are taken from it, too. Fyne speaks the system's language and no
	// other, and chooses plurals by its rules; so the texts are given to it under the system's name, without the plurals.
	return lang.AddTranslationsForLocale(flat, lang.SystemLocale())
}

// read takes the texts of a file: each is a text, or an object with a text for each plural category.
func (t *translation) read(data []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	if t.texts == nil {
		t.texts, t.forms = map[string]string{}, map[string]map[string]string{}
	}
	for english, raw := range all {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			t.texts[english] = text
			continue
		}
		var forms map[string]string
		if err := json.Unmarshal(raw, &forms); err != nil {
			return fmt.Errorf("%q is neither a text nor plural forms: %w", english, err)
		}
		t.forms[english] = forms
	}
	return nil
}

// text is a text in the chosen language, or as it stands.
func text(english string) string {
	if t := chosen.Load(); t != nil && t.texts[english] != "" {
		return t.texts[english]
	}
	return english
}

// form is the form of a text that goes with a number in the chosen language.
func form(n int64, one, other string) string {
	t := chosen.Load()
	if t == nil || t.forms[other] == nil {
		if n == 1 {
			return one
		}
		return other
	}
	forms := t.forms[other]
	if f := forms[category(t.tag, n)]; f != "" {
		return f
	}
	return forms["other"]
}

// Chosen is the language that the environment names; "" where it names none that there is.
func Chosen() string { return Known(os.Getenv(Variable)) }

// Known is a language's name where there is a translation into it, else "".
func Known(named string) string {
	for _, l := range Languages {
		if l == named {
			return l
		}
	}
	return ""
}

// preset is the language of who has chosen none; nil: the system's.
var preset atomic.Pointer[string]

// Preset makes a language that of who has chosen none, where there is a translation into it. It is called before Load.
func Preset(language string) {
	if known := Known(language); known != "" {
		preset.Store(&known)
	}
}

func systemLanguage() string {
	if set := preset.Load(); set != nil {
		return *set
	}
	system := lang.SystemLocale().LanguageString()
	for _, l := range Languages {
		if len(system) >= 2 && system[:2] == l {
			return l
		}
	}
	return Languages[0]
}

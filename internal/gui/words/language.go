package words

import (
	"fmt"
	"io/fs"
	"os"
	"sync"

	"fyne.io/fyne/v2/lang"
)

// Variable is the environment variable that names the window's language, such as de; without it the system's is taken.
const Variable = "PORTAL_LANG"

// Languages are those that there are translations into.
var Languages = []string{"en", "de"}

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
	// Fyne takes the system's language and no other; so the chosen one is given to it under the system's name.
	return lang.AddTranslationsForLocale(data, lang.SystemLocale())
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

func systemLanguage() string {
	system := lang.SystemLocale().LanguageString()
	for _, l := range Languages {
		if len(system) >= 2 && system[:2] == l {
			return l
		}
	}
	return Languages[0]
}

package gui

import (
	"runtime"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"fabricportal/assets"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// What a person sets for this computer, in the program's preferences.
const (
	languageKey = "language" // en or de; "" is the system's
	themeKey    = "theme"    // light or dark; "" is the system's
	textKey     = "text"     // per cent, as 150; "" is 100
	// notifyKey says whether the operating system is to tell of runs that ended. It is off on Windows unless asked for:
	// Fyne sends notifications there by a script that security software takes for an attack (Fyne issue 3079).
	notifyKey = "notify"
)

// loadWords reads the translations: into the language that the environment names, else the one chosen, else the system's.
func loadWords(app fyne.App) {
	language := words.Chosen()
	if language == "" {
		language = words.Known(app.Preferences().String(languageKey))
	}
	if err := words.Load(assets.Translations, language); err != nil { // the texts in the program are English as they stand
		fyne.LogError("Reading the translations", err)
	}
}

// themeOf is the theme that a person chose.
func themeOf(p fyne.Preferences) fyne.Theme {
	switch p.String(themeKey) {
	case "light":
		return style.Fixed(theme.VariantLight)
	case "dark":
		return style.Fixed(theme.VariantDark)
	}
	return style.New()
}

// applyTheme changes the theme where it is another one. On Windows a new theme ends the program (Fyne 2.8.1) while any window is not
// shown yet, or is closing; so a window that opens in the place of another must leave the theme alone.
func (w *Window) applyTheme() {
	if now, ok := w.app.Settings().Theme().(*style.Theme); !ok || !now.Same(w.theme()) {
		w.app.Settings().SetTheme(w.theme())
	}
}

func (w *Window) theme() fyne.Theme {
	if w.opts.Theme != nil {
		return w.opts.Theme
	}
	return themeOf(w.app.Preferences())
}

// setLetters makes all letters as large as a person chose.
func setLetters(p fyne.Preferences) {
	kept := style.TextSize(p.String(textKey))
	if size := style.TextOf(kept.Percent()); size != kept { // by the name that an earlier program gave it
		p.SetString(textKey, string(size))
	}
	style.SetTextSize(kept)
}

// resizeText makes all letters as large as chosen now. Everything takes its place anew: twice, as a text that is wrapped knows its
// height only once it has its width.
func (w *Window) resizeText() {
	setLetters(w.shell.Prefs)
	w.shell.Dialogs.CloseTop()           // it was made for other letters
	w.app.Settings().SetTheme(w.theme()) // the same: its sizes are others
	for range 2 {
		w.win.Content().Refresh()
	}
	w.showPreferences()
}

// notifies tells whether the operating system is to tell of what ended.
func notifies(p fyne.Preferences) bool {
	return p.BoolWithFallback(notifyKey, runtime.GOOS != "windows")
}

// choice is a preference with a few values.
type choice struct {
	name, title, key string
	values, words    []string
	then             func()
}

// showPreferences asks for what is this computer's only, and keeps it at once.
func (w *Window) showPreferences() {
	p := w.shell.Prefs
	rows := controls.Column(12)
	codes, own := []string{""}, []string{words.T("Same as the system")}
	for _, language := range words.Languages {
		codes, own = append(codes, language), append(own, words.OwnName(language))
	}
	var sizes, inWords []string
	for _, percent := range style.TextSizes {
		sizes, inWords = append(sizes, string(style.TextOf(percent))), append(inWords, words.Percent(float64(percent)/100, 0))
	}
	for _, c := range []choice{
		{"preferences.theme", words.T("Appearance"), themeKey, []string{"", "light", "dark"}, []string{words.T("Same as the system"), words.T("Light"), words.T("Dark")}, w.applyTheme},
		{"preferences.text", words.T("Text size"), textKey, sizes, inWords, w.resizeText},
		{"preferences.motion", words.T("Motion"), motionKey, []string{"", "reduced", "full"}, []string{words.T("Same as the system"), words.T("Reduced"), words.T("Full")}, func() {}},
		{"preferences.language", words.T("Language"), languageKey, codes, own, w.reopen},
	} {
		chosen := c.words[max(0, slices.Index(c.values, p.String(c.key)))]
		rows.Add(controls.Column(style.Tight, controls.NewText(c.title), controls.NewSelect(c.name, c.words, chosen, func(s string) {
			for i, word := range c.words {
				if word == s && p.String(c.key) != c.values[i] {
					p.SetString(c.key, c.values[i])
					c.then()
				}
			}
		}).Called(c.title)))
	}
	rows.Add(controls.NewCheckBox("preferences.notify", words.T("Notify me when a run ends"), notifies(p), func(on bool) { p.SetBool(notifyKey, on) }))
	w.shell.Dialogs.Show(words.T("Preferences of this computer"), rows)
}

// reopen draws all texts anew, in the language now chosen.
func (w *Window) reopen() {
	if w.opts.Desk != nil {
		w.shell.Dialogs.CloseTop()
		w.opts.Desk.Reopen()
	}
}

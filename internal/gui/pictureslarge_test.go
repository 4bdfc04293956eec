package gui

import (
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/setup"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
)

// largeStates are the states that are drawn in the largest letters, and on a screen of many pixels.
var largeStates = []string{"import-overview-warnings", "import-rows-walk", "import-confirm", "monitor-running", "results-figures", "results-data", "archive", "archive-restore", "changed-groups", "preferences"}

// TestLargePictures draws what matters most in letters of 200 % in a notebook's window, in German too, and on a screen of 3840 × 2160
// pixels at 200 %, for people to look at: make pictures.
func TestLargePictures(t *testing.T) {
	dir := os.Getenv("PORTAL_PICTURES")
	if dir == "" {
		t.Skip("make pictures draws them: PORTAL_PICTURES names the folder")
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, p := range pictures() {
		if !slices.Contains(largeStates, p.name) {
			continue
		}
		for _, language := range []string{"en", "de"} {
			t.Run(p.name+"-"+language, func(t *testing.T) {
				t.Setenv(words.Variable, language)
				defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
				b := newBenchWith(t, func(o *Options) {
					o.Theme = style.Fixed(theme.VariantLight)
					fyne.CurrentApp().Preferences().SetString(textKey, string(style.TextOf(200)))
				})
				b.size = fyne.NewSize(2560, 1600) // a state is made by clicks on what is in sight
				b.look()
				p.make(b)
				for name, size := range map[string]fyne.Size{"": fyne.NewSize(1366, 690), "-whole": fyne.NewSize(1366, 1500)} { // as it is seen, and all that is scrolled to
					b.size = size
					b.look()
					keep(t, dir, p.name+"-"+language+"-200"+name, b.w.win)
				}
			})
		}
		t.Run(p.name+"-4k", func(t *testing.T) {
			b := newBenchWith(t, func(o *Options) { o.Theme = style.Fixed(theme.VariantDark) })
			b.size = fyne.NewSize(1920, 1080)
			b.w.win.Canvas().(software.WindowlessCanvas).SetScale(2)
			b.look()
			p.make(b)
			b.look()
			keep(t, dir, p.name+"-4k", b.w.win)
		})
	}
}

// TestSetupPictures draws the window in which a connection is set up: for the first time, with what an organisation has locked, and where
// only a secret is asked for.
func TestSetupPictures(t *testing.T) {
	dir := os.Getenv("PORTAL_PICTURES")
	if dir == "" {
		t.Skip("make pictures draws them: PORTAL_PICTURES names the folder")
	}
	require.NoError(t, os.MkdirAll(dir, 0o755))
	locked := SetupFields(settings.Fields(), nil)
	values := map[string]string{}
	for i := range locked {
		if i%2 == 0 && !locked[i].Secret {
			locked[i].Locked = "Contoso"
			values[locked[i].Key] = "decided by Contoso"
		}
	}
	for name, o := range map[string]SetupOptions{
		"first":  {Groups: SetupGroups(false), Fields: SetupFields(settings.Fields(), nil), First: true, Sample: func() {}},
		"locked": {Groups: SetupGroups(false), Fields: locked, Values: values},
		"secret": {Groups: []setup.Group{setup.SecretsGroup(true)}, Fields: setup.MissingSecrets(map[secrets.Name]secrets.Place{}), Why: "The keyring can't be used.", Memory: true, Brief: func() {}},
	} {
		for variant, shade := range map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"} {
			for _, percent := range []int{100, 200} {
				t.Run(name+"-"+shade, func(t *testing.T) {
					app := test.NewTempApp(t)
					app.Preferences().SetString(textKey, string(style.TextOf(percent)))
					defer style.SetTextSize(style.NormalText)
					loadWords(app)
					o.Theme, o.Actions, o.Dispatch = style.Fixed(variant), firstStart{}, func(do func()) { do() }
					s := NewSetup(t.Context(), app, o)
					s.Show(func() {})
					defer s.Stop()
					windows := app.Driver().AllWindows()
					w := windows[len(windows)-1]
					w.Resize(fyne.NewSize(920, 641))
					w.Resize(fyne.NewSize(920, 640))
					keep(t, dir, "setup-"+name+"-"+shade+map[int]string{200: "-200"}[percent], w)
				})
			}
		}
	}
}

func keep(t *testing.T, dir, name string, w fyne.Window) {
	f, err := os.Create(filepath.Join(dir, name+".png"))
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, w.Canvas().Capture()))
	require.NoError(t, f.Close())
}

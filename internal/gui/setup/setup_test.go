package setup

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/setup/secrets"
)

func TestMain(m *testing.M) {
	if err := words.Load(assets.Translations, "en"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// services plays what keeps and tests a configuration.
type services struct {
	saved    []map[string]string
	checks   []Check
	finished atomic.Int32
	fail     error
	saves    func(values map[string]string) map[string]string
}

func (s *services) Import(_ context.Context, path string) (Taken, error) {
	if s.fail != nil {
		return Taken{}, s.fail
	}
	return Taken{Values: map[string]string{"database.host": "db.example", "client_secret": "from the file"}, Sentence: "One key means nothing here."}, nil
}

func (s *services) Save(_ context.Context, values map[string]string) (map[string]string, error) {
	s.saved = append(s.saved, maps.Clone(values))
	problems := map[string]string{}
	if s.saves != nil {
		return s.saves(values), s.fail
	}
	if values["database.host"] == "" {
		problems["database.host"] = "The server's name is missing."
	}
	return problems, s.fail
}

func (s *services) Test(context.Context) ([]Check, error) { return s.checks, nil }
func (s *services) Finish(context.Context) error          { s.finished.Add(1); return nil }
func (s *services) Sentence(err error) string             { return err.Error() }

// form is the window whose goroutine is the test's.
type form struct {
	t *testing.T
	w *Window
	s *services
	q chan func()
}

func newForm(t *testing.T) *form {
	t.Helper()
	return formOf(t, Options{
		Groups: []Group{{"database", "Database", "The database that records the runs."}, {"secrets", "Secrets", ""}},
		Fields: []Field{
			{Key: "database.host", Group: "database", Label: "Server", Hint: "Ask who runs the database.", Required: true},
			{Key: "database.sslmode", Group: "database", Label: "Encryption", Choices: []string{"verify-full", "require"}},
			{Key: "client_secret", Group: "secrets", Label: "Client secret", Secret: true, Required: true},
		},
		Values: map[string]string{"database.sslmode": "require"}, Why: "There is no configuration yet.",
	})
}

func formOf(t *testing.T, opts Options) *form {
	t.Helper()
	f := &form{t: t, s: &services{}, q: make(chan func(), 100)}
	opts.Actions, opts.Dispatch = f.s, func(do func()) { f.q <- do }
	f.w = New(t.Context(), test.NewTempApp(t), opts)
	f.w.Show(func() {})
	t.Cleanup(f.w.Stop)
	return f
}

func (f *form) texts() []string {
	for {
		select {
		case do := <-f.q:
			do()
			continue
		default:
		}
		f.w.win.Resize(fyne.NewSize(921, 640))
		f.w.win.Resize(fyne.NewSize(920, 640))
		return f.w.Look().Texts
	}
}

func (f *form) untilSays(text string) {
	f.t.Helper()
	deadline := time.After(time.Minute)
	for !slices.ContainsFunc(f.texts(), func(s string) bool { return strings.Contains(s, text) }) {
		select {
		case do := <-f.q:
			do()
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			f.t.Fatalf("waited for %q; the window shows %v", text, f.texts())
		}
	}
}

func (f *form) click(name string) {
	f.t.Helper()
	f.texts()
	for _, c := range f.w.Look().Controls {
		if c.Name == name && c.Visible {
			require.True(f.t, c.Enabled, name)
			test.TapCanvas(f.w.win.Canvas(), fyne.NewPos(c.X+c.W/2, c.Y+c.H/2))
			return
		}
	}
	f.t.Fatalf("there is no %s in sight", name)
}

func TestWhatIsMissingIsSaidAtItsField(t *testing.T) {
	f := newForm(t)
	f.untilSays("There is no configuration yet.")
	f.untilSays("Ask who runs the database.")
	f.click("setup.next")
	f.untilSays("Client secret")
	f.click("setup.next")
	f.untilSays("The test only reads")
	f.click("setup.next")
	f.untilSays("The server's name is missing.")
	f.untilSays("See the notes below the fields")
	require.Zero(t, f.s.finished.Load())
	require.Equal(t, "require", f.s.saved[0]["database.sslmode"], "what was known is filled in")

	f.w.TakeOver("/home/ana/secrets.toml")
	f.untilSays("2 values were imported.")
	require.NotContains(t, f.texts(), "The server's name is missing.", "the field has a value now")
	f.w.inputs["database.host"].set(" db.example ")
	f.click("setup.step.test")
	f.s.checks = []Check{{Name: "database", Message: "PostgreSQL answers.", OK: true}, {Name: "pipeline", Message: "Fabric does not know it."}}
	f.click("setup.test")
	f.untilSays("pipeline: Fabric does not know it.")
	f.untilSays("1 test failed. The portal can be opened all the same.")
	require.Equal(t, "db.example", f.s.saved[1]["database.host"], "blanks around it are dropped")
	f.click("setup.next")
	deadline := time.After(time.Minute)
	for f.s.finished.Load() == 0 || !f.w.finished {
		select {
		case do := <-f.q:
			do()
		case <-deadline:
			t.Fatal("it does not finish")
		}
	}
}

func TestAFileIsTakenOver(t *testing.T) {
	f := newForm(t)
	f.w.TakeOver("/home/ana/secrets.toml")
	f.untilSays("2 values were imported. One key means nothing here.")
	require.Equal(t, "db.example", f.w.inputs["database.host"].value())
	require.Equal(t, "from the file", f.w.inputs["client_secret"].value())
	require.False(t, slices.ContainsFunc(f.texts(), func(s string) bool { return strings.Contains(s, "from the file") }), "secrets are not shown")
	f.s.fail = errors.New("The file can't be read: choose another one.")
	f.w.TakeOver("/nowhere")
	f.untilSays("choose another one")
}

// TestAStartThatAsksForSecretsOnly: one page, one button, and the way to all settings.
func TestAStartThatAsksForSecretsOnly(t *testing.T) {
	all := 0
	places := map[secrets.Name]secrets.Place{secrets.ClientSecret: secrets.Environment}
	f := formOf(t, Options{
		Groups: []Group{SecretsGroup(true)}, Fields: MissingSecrets(places), Why: "The keyring can't be used.", Memory: true, Brief: func() { all++ },
	})
	f.untilSays("The keyring can't be used.")
	f.untilSays("They are kept in memory until the portal is closed, never in a file, and are asked for again at the next start.")
	require.NotContains(t, f.texts(), "Client secret", "what the environment says is not asked for")
	f.click("setup.all")
	require.Equal(t, 1, all)
	f.w.inputs["database_password"].set("typed-by-hand")
	require.False(t, slices.ContainsFunc(f.texts(), func(s string) bool { return strings.Contains(s, "typed-by-hand") }), "it is not shown")
	f.untilSays("Open the portal")
	f.s.saves = func(map[string]string) map[string]string { return nil }
	f.click("setup.next")
	deadline := time.After(time.Minute)
	for f.s.finished.Load() == 0 || !f.w.finished {
		select {
		case do := <-f.q:
			do()
		case <-deadline:
			t.Fatal("it does not open")
		}
	}
	require.Equal(t, []map[string]string{{"database_password": "typed-by-hand"}}, f.s.saved)
}

// TestWhereASecretIsAlreadyIsSaid in its empty field, and never what it is.
func TestWhereASecretIsAlreadyIsSaid(t *testing.T) {
	for place, says := range map[secrets.Place]string{
		secrets.InKeyring: "kept in the keyring", secrets.Environment: "taken from this computer's environment", secrets.Memory: "kept in memory", secrets.NotNeeded: "not needed",
	} {
		fields := FieldsOf(nil, map[secrets.Name]secrets.Place{secrets.DatabasePassword: place})
		require.Empty(t, fields[0].Kept)
		require.Contains(t, fields[1].Kept, says)
	}
	require.Len(t, MissingSecrets(nil), 2)
}

// TestWhatTheOrganisationHasSetIsShownAndStays: with the reason, and no file that is taken over changes it.
func TestWhatTheOrganisationHasSetIsShownAndStays(t *testing.T) {
	f := formOf(t, Options{
		Groups: []Group{{"database", "Database", ""}},
		Fields: []Field{
			{Key: "database.host", Group: "database", Label: "Server", Hint: "Ask who runs the database.", Locked: "Contoso"},
			{Key: "database.sslmode", Group: "database", Label: "Encryption", Choices: []string{"verify-full", "require"}, Locked: "Contoso"},
			{Key: "client_secret", Group: "database", Label: "Client secret", Secret: true},
		},
		Values: map[string]string{"database.host": "db.contoso.com", "database.sslmode": "verify-full"},
	})
	f.untilSays("Set by Contoso, and can't be changed here.")
	f.untilSays("db.contoso.com")
	enabled := map[string]bool{}
	f.texts()
	for _, c := range f.w.Look().Controls {
		enabled[c.Name] = c.Enabled
	}
	require.Equal(t, []bool{false, false, true}, []bool{enabled["setup.database.host"], enabled["setup.database.sslmode"], enabled["setup.client_secret"]})
	f.w.TakeOver("/home/ana/secrets.toml")
	f.untilSays("1 value was imported.")
	require.Equal(t, "db.contoso.com", f.w.inputs["database.host"].value())
}

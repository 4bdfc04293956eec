package diagnostics

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// canaries are what must not be mailed, in the looks that it comes in: a secret, names of people, files, computers and customers,
// figures, cells.
var canaries = []string{
	"hunter22", "Kanari", "kanarienvogel", "umsatz-canary.xlsx", "sales canary 2026.xlsx", `C:\Users\kanari\canary.xlsx`, "/home/kanari/canary.csv", "kanari@PC-77", "PC-77",
	"kanari.tweety@example.org", "db77.example.org", "10.77.88.99", "[fd77::9]:5432", "https://canary.example.org/x?sig=QQQ77", "7f3a2b1c-77aa-4bbb-8ccc-123456777777",
	"987654.32", "987,654.32", "1.234.777,50", "77777", "0.7654321", "2077-07-07", "Größe-Kanari", "Канарейка", "canary_column", "O-777001", "€77", "kanari’s", "x77y", "Will Green",
}

// tellings put a canary where errors and sentences put what they were given.
var tellings = []string{
	"the file %s can't be read", "“%s” is not known", "\"%s\" was refused", "open %s: permission denied", "user %s, see", "%s: %s", "(%s)", "key (customer)=(%s) exists", "value=%s;other=%s",
	"unclosed “%s", "unclosed \"%s and on", "a“%s”b", "’%s’", "'%s' can't", "[%s]", "<%s>", "‹%s›", "column %s, row 12: %s", "dial tcp %s: connect: connection refused", "…%s…", "%s\n%s", "at=%s",
}

// lookOut says that a canary is in a report, in whole or in one of its words.
func lookOut(t *testing.T, text string) {
	t.Helper()
	for _, c := range append([]string{"tweety", "canary", "konfig77", "example.org", "QQQ77", "кана", "777001", "fd77", "Größe", "will green"}, canaries...) {
		if at := strings.Index(strings.ToLower(text), strings.ToLower(c)); at >= 0 {
			t.Errorf("the canary %q is in the report: …%s…", c, text[max(0, at-60):min(len(text), at+60)])
		}
	}
}

func filled(telling, canary string) string { return strings.ReplaceAll(telling, "%s", canary) }

func TestAReportHoldsNoCanaryWhereverItWas(t *testing.T) {
	redactor := secrets.NewRedactor(secrets.New("hunter22"))
	journal := logfile.Open(t.TempDir(), redactor)
	var checks []doctor.Check
	crash := "portal-desktop 1.2.3\npanic: no such row\n"
	cfg := config.Default()
	cfg.Path, cfg.User = "/home/kanari/canary.toml", "Will Green"
	n := 0
	fill(reflect.ValueOf(&cfg).Elem(), func() string { n++; return fmt.Sprintf("konfig77-%d", n) })
	for _, c := range canaries {
		for _, how := range tellings {
			if c == "Will Green" && how != "user %s, see" { // as a user it is known; else two words of ours tell nobody from anybody
				continue
			}
			said := filled(how, c)
			journal.Logger().Warn("shown in the window", "error", errors.New(said), "connection", c, "files", []string{c}, "run", c, "workspace", c)
			checks = append(checks, doctor.Check{Name: "database", Message: said, Action: said})
			crash += "panic: " + said + "\n"
		}
		if c != "Will Green" {
			journal.Logger().Info(c, c, c)
		}
	}
	crash += "goroutine 7 [chan receive, 77777 minutes]:\nfabricportal/internal/gui.(*Window).show(0x77777, {0x1234777, 0x5})\n\t/home/kanari/src/window.go:41 +0x77777\n"
	lines, err := journal.LogTail(1 << 20)
	require.NoError(t, err)
	require.Greater(t, len(lines), 500)

	text := ""
	for from := 0; from < len(lines); from += tailLines { // a report tells the end of a log, and here the whole of it is looked at
		env := map[string]string{"HTTPS_PROXY": "http://kanari:hunter22@proxy77.example.org", "PORTAL_CLIENT_SECRET": "hunter22", "LANG": "kanari", "PORTAL_FABRIC_TENANT_ID": "kanari"}
		text += Report(Subject{
			Build: "1.2.3", Config: cfg, Err: &config.InvalidError{Path: cfg.Path, Problems: []error{errors.New(filled(tellings[1], canaries[1]))}},
			Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
			Checks: checks, Log: kept{lines[from:min(len(lines), from+tailLines)], crash}, Redact: redactor.Redact, Now: time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC),
		})
		checks = nil
	}
	for _, c := range crashesOf(crash) { // all of it, not its beginning alone
		text += c + "\n"
	}
	lookOut(t, text)
	for _, want := range []string{
		"fabricportal/internal/gui.(*Window).show\n\twindow.go:41\n", "can't be read", "PORTAL_CLIENT_SECRET, HTTPS_PROXY\n", "\nfabric.tenant_id: set (by PORTAL_FABRIC_TENANT_ID)\n",
	} {
		require.True(t, strings.Contains(text, want), want) // what the program says itself is left
	}
}

// crashesOf blanks a long crash piece by piece.
func crashesOf(text string) []string {
	lines := strings.Split(text, "\n")
	var out []string
	for from := 0; from < len(lines); from += crashLines / 2 {
		out = append(out, crash(strings.Join(lines[from:min(len(lines), from+crashLines/2)], "\n"), newKnowing())...)
	}
	return out
}

func newKnowing() *blanker {
	b := newBlanker()
	b.name("Will Green", "this user")
	return b
}

type kept struct {
	lines []string
	text  string
}

func (k kept) LogTail(n int) ([]string, error) {
	return k.lines[max(0, len(k.lines)-n):], errors.New("open /home/kanari/canary.log: permission denied")
}
func (k kept) Crash() (string, time.Time, bool) {
	return k.text, time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC), k.text != ""
}

// fill puts a text into each setting of a text.
func fill(v reflect.Value, next func() string) {
	for i := range v.NumField() {
		switch f := v.Field(i); {
		case v.Type().Field(i).Name == "User" && v.Type() == reflect.TypeFor[config.Config](): // said by the test
		case f.Kind() == reflect.Struct:
			fill(f, next)
		case f.Kind() == reflect.String:
			f.SetString(next())
		case f.CanInt():
			f.SetInt(77777)
		}
	}
}

func TestWhatExplainsAFaultIsLeft(t *testing.T) {
	redactor := &secrets.Redactor{}
	journal := logfile.Open(t.TempDir(), redactor)
	journal.SetLevel("info")
	log := journal.Logger()
	log.Info("opened", "version", "0.2.0+g1a2b3c4", "connection", "Production", "configuration", "/home/ana/portal.toml")
	log.Warn("following the runs", "error", fmt.Errorf("asking the database: %w", errors.New("failed to connect to `user=ana database=sales`: dial tcp 10.1.2.3:5432: connect: connection refused")))
	log.Warn("shown in the window", "error", errors.New("ERROR: permission denied for table pipeline_runs (SQLSTATE 42501); the file sales.xlsx, and sales.xlsx again, not orders.xlsx"))
	log.Warn("it does not answer", "part", "Fabric", "error", "HTTP 403 InsufficientPrivileges: AADSTS7000215; “portal-desktop doctor” says more")
	cfg := config.Default()
	cfg.Database.SSLMode = config.VerifyCA
	text := Report(Subject{
		Build: "0.2.0+g1a2b3c4", Facts: []Fact{{"size of text", "125 %"}}, Config: cfg, Lookup: func(string) (string, bool) { return "", false }, Log: journal, Redact: redactor.Redact,
		Checks: []doctor.Check{{Name: "clock", OK: true, Warning: true, Message: "The clock of this computer is late."}}, Now: time.Now(),
	})
	for _, want := range []string{
		"version: 0.2.0+g1a2b3c4", "size of text: 125 %", "database.sslmode: verify-ca", "database.host: not set", "fabric.api_url: the default",
		"note: clock: The clock of this computer is late.",
		`level=INFO msg="opened"`, "version=0.2.0+g1a2b3c4 connection=‹connection 1› configuration=‹path 1›",
		"asking the database: failed to connect to", "dial tcp ‹address 1›: connect: connection refused",
		"permission denied for table pipeline_runs (SQLSTATE 42501); the file ‹name 1›, and ‹name 1› again, not ‹name 2›",
		"HTTP 403", "AADSTS7000215; “portal-desktop doctor” says more",
	} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "ana")
}

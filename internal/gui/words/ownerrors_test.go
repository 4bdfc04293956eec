package words_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/policy"
	"fabricportal/internal/services/setup/secrets"
	"fabricportal/internal/services/setup/settings"
	"fabricportal/internal/tlsconfig"
)

// TestErrorsOfThisComputerAreSaidInTheLanguageOfTheWindow makes what goes wrong here: with files, settings, rules, policy and keyring.
func TestErrorsOfThisComputerAreSaidInTheLanguageOfTheWindow(t *testing.T) {
	test.NewTempApp(t)
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	nowhere := filepath.Join(dir, "nowhere", "x.toml")
	nothing := func(string) (string, bool) { return "", false }
	loaded := func(text string) error {
		_, err := config.Load(write("portal.toml", text), nothing)
		return err
	}
	_, missing := config.Load(nowhere, nothing)
	_, noImport := settings.Import(nowhere)
	_, badImport := settings.Import(write("a.toml", "a = = 1"))
	_, emptyImport := settings.Import(write("b.toml", "a = 1"))
	connections := settings.OpenConnections(filepath.Join(dir, "connections"))
	_, nameless := connections.Add(t.Context(), "", settings.Red, config.Default())
	_, gone := connections.Path("gone")
	_, notWritten := atomicfile.Replace(t.Context(), nowhere, atomicfile.Shared, func(io.Writer) error { return nil })
	_, noCertificate := tlsconfig.Only(nowhere, "ca_file")
	_, noPEM := tlsconfig.Only(write("c.pem", "x"), "ca_file")
	_, noRules := rules.Load(nowhere)
	_, notParquet := dataset.Open(t.Context(), write("sales_cleaned.parquet", "no parquet"))
	_, noZone := reading.Survey(t.Context(), spreadsheet.Disk(write("a.csv", "order_id,order_date,revenue\n1,2025-01-01,5\n")), contract.ReadOptions{TimeZone: "Mars"}, spreadsheet.Limits{})
	_, noRun := evidence.Write(t.Context(), io.Discard, evidence.Input{}, nil)
	all := []error{
		missing, noImport, badImport, emptyImport, nameless, gone, notWritten, noCertificate, noPEM, noRules, notParquet, noZone, noRun, rows.ErrClosed, rows.ErrNoRows,
		loaded("name = 5"), loaded("a = = 1"), loaded("[fabric]\nclient_secret = \"x\""), loaded("nme = \"x\""),
		&config.MissingError{Looked: []string{"/a"}}, &config.MissingError{},
		&secrets.NotFoundError{Name: secrets.ClientSecret}, &secrets.NotFoundError{Name: secrets.DatabasePassword, Earlier: true},
		&secrets.UnavailableError{Name: secrets.ClientSecret, Err: context.DeadlineExceeded}, &secrets.UnavailableError{Name: secrets.ClientSecret, Err: errors.New("unlock")},
		&secrets.TooLongError{Name: secrets.ClientSecret}, &dataset.DiedError{Run: uuid.New()}, &portal.OpenError{Path: "a.csv"}, &waitingrun.ChangedError{InputFile: "a.csv"},
		&artifacts.NoProfileError{Name: "a.csv"}, &artifacts.LeftError{Path: "a", Err: errors.New("x")},
	}
	for _, text := range []string{"version = 9", "version = 0", "", "a = = 1", "version = 1\nlanguage = 5", "version = 1\nnot_known = 1", "version = 1\nupdate_url = \"http://x\"",
		"version = 1\nconnection = \"gone\"", "version = 1\nexport_folders = [\"here\"]"} {
		write("policy.toml", text)
		_, err := policy.Read(policy.Place{Folder: dir})
		all = append(all, err)
	}
	for _, text := range []string{"a = = 1", "name = 5", "not_known = 1", "[[rule]]\nkind = \"key\"", "[[rule]]\nid = \"a\"\nkind = \"odd\"", "[[rule]]\nid = \"a\"\nkind = \"type\"\ntype = \"x\"",
		"[[rule]]\nid = \"a\"\nkind = \"range\"\ncolumn = \"x\"\nmin = \"low\"", "[[rule]]\nid = \"a\"\nkind = \"formula\"\nformula = \"a = (b\"", "[[rule]]\nid = \"a\"\nkind = \"formula\"\nformula = \"a\"",
		"[[rule]]\nid = \"a\"\nkind = \"pattern\"\ncolumn = \"x\"\npattern = \"(\"", strings.Repeat("[[rule]]\nid = \"a\"\nkind = \"not_null\"\ncolumn = \"x\"\n", 2)} {
		_, err := rules.Parse(text, "team.toml")
		all = append(all, err)
	}
	t.Setenv("TMPDIR", nowhere)
	t.Setenv("TMP", nowhere)
	_, full := scratch.Create()
	saidInEachLanguage(t, append(all, full)...)
}

// TestWhatIsWrongWithASettingIsSaidInTheLanguageOfTheWindow is what the set-up says below its fields.
func TestWhatIsWrongWithASettingIsSaidInTheLanguageOfTheWindow(t *testing.T) {
	test.NewTempApp(t)
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	var all []error
	for _, c := range []config.Config{
		{},
		{
			Name: strings.Repeat("x", 101), User: "a|b", CAFile: "here", StateDir: "here",
			Fabric:   config.Fabric{TenantID: "x", SignIn: "x", OwnerPrincipalName: "x", APIURL: "http://x", OneLakeURL: "https://a:b@x", PortalURL: "https://x/y", AuthorityURL: "https://", APIScope: "x"},
			Database: config.Database{Host: "a/b", Port: -1, SSLMode: config.Require, SSLRootCert: "here", Auth: "x"}, Artifacts: config.Artifacts{Source: "x"},
			Funnel: config.Funnel{TotalVisitors: -1},
		},
		{Database: config.Database{SSLMode: config.VerifyCA}, Artifacts: config.Artifacts{Source: config.SourceFolder}, Funnel: config.Funnel{TotalVisitors: 1, ConvertingVisitors: 2}},
		{Database: config.Database{SSLMode: "prefer", Auth: config.AuthPassword}, Fabric: config.Fabric{SignIn: config.SignInCertificate}, Funnel: config.Funnel{ConvertingVisitors: -1}},
	} {
		for _, p := range settings.CheckAll(c) {
			all = append(all, p.Said)
		}
	}
	require.Greater(t, len(all), 40)
	var problems []error
	for _, f := range (config.Config{}).Faults() {
		problems = append(problems, f.Named())
	}
	for _, some := range [][]error{problems, slices.Clone(problems[:1])} {
		all = append(all, &config.InvalidError{Path: "portal.toml", Problems: some})
	}
	for key, value := range map[string]string{"database.port": "x", "no.such": "1"} {
		all = append(all, settings.Put(&config.Config{}, key, value))
	}
	saidInEachLanguage(t, all...)
}

package portal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/lifecycle/lifecycletest"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// offline opens a portal whose database, Fabric and lakehouse do not answer. The folder of its log is returned.
func offline(t *testing.T) (p *Portal, log string) {
	t.Helper()
	log = t.TempDir()
	path := filepath.Join(t.TempDir(), "portal.toml")
	require.NoError(t, os.WriteFile(path, []byte(config.Example()), 0o600))
	for name, value := range map[string]string{
		"PORTAL_STATE_DIR": t.TempDir(), "PORTAL_USER": "ana", "PORTAL_CLIENT_SECRET": "canary-client", "PORTAL_DATABASE_PASSWORD": "canary-password",
		"PORTAL_DATABASE_HOST": "127.0.0.1", "PORTAL_DATABASE_PORT": "1", "PORTAL_FABRIC_AUTHORITY_URL": "https://127.0.0.1:1",
		"PORTAL_FABRIC_API_URL": "https://127.0.0.1:1", "PORTAL_FABRIC_ONELAKE_URL": "https://127.0.0.1:1",
	} {
		t.Setenv(name, value)
	}
	redactor := secrets.NewRedactor()
	p, err := Open(t.Context(), Options{ConfigPath: path, Version: "1.2.3", Journal: logfile.Open(log, redactor), Redactor: redactor})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	require.Equal(t, path, p.Path())
	require.Equal(t, "ana", p.User())
	require.Equal(t, "Production", p.Name())
	return p, log
}

func logged(t *testing.T, log string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(log, "portal.log"))
	require.NoError(t, err)
	return string(data)
}

func TestLiveStartsAndStopsInAnyOrder(t *testing.T) {
	p, state := offline(t)
	l := p.Live(func(waitingrun.Outcome) {})
	lifecycletest.Check(t, l, func() bool {
		f, _ := l.Frame.Latest()
		return f.Database.Known
	})
	require.Contains(t, logged(t, state), `msg="it does not answer" pid=`)
	require.Contains(t, logged(t, state), "part=database")
}

func TestTheLogIsKeptWithoutSecrets(t *testing.T) {
	p, state := offline(t)
	p.Log().Warn("asking", "error", errors.New("password=canary-password; the secret was canary-client"))
	text := logged(t, state)
	require.Contains(t, text, "msg=opened")
	require.Contains(t, text, "version=1.2.3")
	require.Contains(t, text, "msg=asking")
	require.NotContains(t, text, "canary")
	_, err := p.Runs(t.Context(), 1)
	require.ErrorContains(t, err, "does not answer")

	tail, err := p.LogTail(1)
	require.NoError(t, err)
	require.Contains(t, tail[0], "msg=asking")

	quiet, err := Open(t.Context(), Options{ConfigPath: p.Path()})
	require.NoError(t, err)
	defer quiet.Close()
	quiet.Log().Error("nothing")
	require.NotContains(t, logged(t, state), "nothing")
	_, _, found := quiet.Crash()
	require.False(t, found)
}

func TestWhatFailsAgainAndAgainIsLoggedOnce(t *testing.T) {
	p, state := offline(t)
	l := p.Live(func(waitingrun.Outcome) {})
	count := func(what string) int {
		t.Helper()
		return strings.Count(logged(t, state), what)
	}
	for range 3 {
		l.passed(runs.Outcome{}, errors.New("the database does not answer"))
	}
	l.passed(runs.Outcome{}, nil)
	l.passed(runs.Outcome{}, errors.New("the database does not answer"))
	require.Equal(t, 2, count("following the runs"))

	away, back := feeds.Reach{Known: true, Sentence: "It does not answer."}, feeds.Reach{Known: true, OK: true}
	for _, files := range []feeds.Reach{{}, back, back, away, away, back} {
		l.logReach(feeds.Frame{Files: files})
	}
	require.Equal(t, 2, count("it answers"))
	require.Equal(t, 1, count("it does not answer"))
}

func TestOpeningSaysWhatIsMissing(t *testing.T) {
	p, _ := offline(t)
	_, err := Open(t.Context(), Options{ConfigPath: filepath.Join(t.TempDir(), "nowhere.toml")})
	var missing *config.MissingError
	require.ErrorAs(t, err, &missing)
	for _, c := range Doctor(t.Context(), Options{ConfigPath: filepath.Join(t.TempDir(), "nowhere.toml")}, doctor.Manner{}) {
		if c.Name == "policy" { // what the organisation has decided can be told without a configuration
			require.True(t, c.OK)
			continue
		}
		require.Equal(t, "configuration", c.Name)
		require.False(t, c.OK)
	}
	_, err = p.KPIs(t.Context(), uuid.New())
	require.ErrorContains(t, err, "does not answer", "a run's figures are in the database")
}

func TestFunnelOfTheConfiguration(t *testing.T) {
	require.Nil(t, funnelOf(config.Funnel{}))
	require.Nil(t, funnelOf(config.Funnel{ConvertingVisitors: 5}))
	require.Nil(t, funnelOf(config.Funnel{TotalVisitors: 5}).ConvertingVisitors)
	require.Equal(t, int64(2), *funnelOf(config.Funnel{TotalVisitors: 5, ConvertingVisitors: 2}).ConvertingVisitors)
	p, _ := offline(t)
	f, err := Funnel(p.Path())
	require.NoError(t, err)
	require.Equal(t, funnelOf(p.cfg.Funnel), f)
	_, err = Funnel(filepath.Join(t.TempDir(), "nowhere.toml"))
	require.Error(t, err)
}

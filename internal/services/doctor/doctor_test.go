package doctor

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"
	"go.uber.org/goleak"

	"fabricportal/internal/format"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errAway = errors.New("it does not answer")

// clinic is a set-up whose parts can fail.
type clinic struct {
	state   string
	log     *logfile.Journal
	env     map[string]string
	example string // portal.toml
	health  db.Health
	amiss   []db.Difference
	hears   []db.Hearing
	fails   map[string]error // by the question
	probed  int
	manner  Manner
	left    []artifacts.File // of uploads that were given up
	closed  int
	told    func(db.Hearing)
	started int
}

func newClinic(t *testing.T) *clinic {
	t.Helper()
	c := &clinic{
		state: t.TempDir(), fails: map[string]error{},
		health: db.Health{ServerVersion: "17.2", Took: 3 * time.Millisecond, Encrypted: true}, hears: []db.Hearing{{State: db.Connecting}, {State: db.Listening}},
	}
	c.log = logfile.Open(t.TempDir(), &secrets.Redactor{})
	c.example = filepath.Join(t.TempDir(), "portal.toml")
	require.NoError(t, os.WriteFile(c.example, []byte(config.Example()), 0o600))
	c.env = map[string]string{
		"PORTAL_STATE_DIR": c.state, "PORTAL_CLIENT_SECRET": "client", "PORTAL_DATABASE_PASSWORD": "database", "PORTAL_USER": "ana",
	}
	return c
}

func (c *clinic) Ping(context.Context) (db.Health, error) { return c.health, c.fails["ping"] }
func (c *clinic) CheckSchema(context.Context) ([]db.Difference, error) {
	return c.amiss, c.fails["schema"]
}
func (c *clinic) PrepareToken(context.Context) error { return c.fails["token"] }
func (c *clinic) Item(_ context.Context, id string) (pipelines.Item, error) {
	if id == "44444444-4444-4444-8444-444444444444" {
		return pipelines.Item{Name: "House", Type: "Lakehouse"}, c.fails["lakehouse"]
	}
	return pipelines.Item{Name: "Ingest", Type: "DataPipeline"}, c.fails["item"]
}
func (c *clinic) Ready(context.Context, string) (pipelines.Readiness, error) {
	return pipelines.Readiness{Right: pipelines.RightByRole}, c.fails["ready"]
}
func (c *clinic) Skew(context.Context) (time.Duration, bool, error) { return 0, true, c.fails["clock"] }
func (c *clinic) Probe(context.Context) error {
	c.probed++
	return c.fails["probe"]
}
func (c *clinic) ListImport(context.Context) ([]artifacts.File, error) {
	return make([]artifacts.File, 3), c.fails["files"]
}
func (c *clinic) LeftStaging(context.Context, time.Time) ([]artifacts.File, error) {
	return c.left, nil
}
func (c *clinic) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
}
func (c *clinic) Stat(context.Context, string) (artifacts.File, error) {
	return artifacts.File{}, c.fails["stat"]
}
func (c *clinic) Start(context.Context) {
	c.started++
	for _, h := range c.hears {
		c.told(h)
	}
}
func (c *clinic) Stop() { c.started-- }

func (c *clinic) examine(t *testing.T) map[string]Check {
	t.Helper()
	out := map[string]Check{}
	for _, check := range Examine(t.Context(), Setup{
		ConfigPath: c.example, Log: c.log, Manner: c.manner,
		Lookup: func(name string) (string, bool) { v, ok := c.env[name]; return v, ok },
		Open: func(_ context.Context, _ config.Config, clientSecret, password secrets.Secret) (Services, func(), error) {
			require.Equal(t, []string{"client", "database"}, []string{clientSecret.Reveal(), password.Reveal()})
			return Services{Database: c, Fabric: c, Files: c, Listen: func(state func(db.Hearing)) Listener { c.told = state; return c }},
				func() { c.closed++ }, c.fails["open"]
		},
	}) {
		require.NotContains(t, out, check.Name)
		require.NotEmpty(t, check.Message)
		out[check.Name] = check
	}
	return out
}

func failing(found map[string]Check) (names []string) {
	for name, c := range found {
		if !c.OK {
			names = append(names, name)
		}
	}
	return names
}

func TestAGoodSetUp(t *testing.T) {
	c := newClinic(t)
	found := c.examine(t)
	require.Empty(t, failing(found))
	require.Equal(t, 1, c.closed)
	require.Zero(t, c.started, "the listener was stopped")
	for name, says := range map[string]string{
		"policy":        "This computer has none.",
		"configuration": "Read from " + c.example + "; connection “Production”, user ana.", "log": c.log.LogPath(),
		"client secret": "Found in PORTAL_CLIENT_SECRET.", "database password": "Found in PORTAL_DATABASE_PASSWORD.", "database": "PostgreSQL 17.2 answers in 3 ms, encrypted.",
		"tables and rights": "as needed, and no more", "wake-ups between desktops": "at once", "sign-in to Fabric": "token",
		"lakehouse": "“House”", "pipeline": "“Ingest”", "restore pipeline": "“Ingest”", "right to run": "has a role", "clock": "the same time", "probe file": "removed again", "lakehouse files": "3 files in Files/import.", "published results": "Published",
	} {
		require.Contains(t, found[name].Message, says, name)
	}
	require.Len(t, found, 17)
	require.Equal(t, 1, c.probed)
	c.manner.ReadOnly = true
	require.NotContains(t, c.examine(t), "probe file")
	require.Equal(t, 1, c.probed, "nothing is written")
}

func TestEachFaultIsNamedAtItsPart(t *testing.T) {
	for name, fault := range map[string]struct {
		spoil func(c *clinic)
		part  string
		says  string
		never string // a part that can't be tried then
	}{
		"no configuration":     {func(c *clinic) { c.example += ".not" }, "configuration", "", "log"},
		"no place for a log":   {func(c *clinic) { c.log = logfile.Open(filepath.Join(c.example, "below a file"), &secrets.Redactor{}) }, "log", "can't be written to", ""},
		"services":             {func(c *clinic) { c.fails["open"] = errAway }, "services", "It does not answer.", "database"},
		"the database":         {func(c *clinic) { c.fails["ping"] = errAway }, "database", "It does not answer.", "tables and rights"},
		"the clock":            {func(c *clinic) { c.health.Skew = -3 * time.Minute }, "database", "clock is 3 min behind the database's", "tables and rights"},
		"the tables":           {func(c *clinic) { c.amiss = []db.Difference{{Said: format.Say("a column is missing"), Blocking: true}} }, "tables and rights", "A column is missing.", ""},
		"the question":         {func(c *clinic) { c.fails["schema"] = errAway }, "tables and rights", "It does not answer.", ""},
		"the sign-in":          {func(c *clinic) { c.fails["token"] = errAway }, "sign-in to Fabric", "It does not answer.", "pipeline"},
		"the pipeline":         {func(c *clinic) { c.fails["item"] = errAway }, "pipeline", "It does not answer.", ""},
		"the right":            {func(c *clinic) { c.fails["ready"] = errAway }, "right to run", "It does not answer.", ""},
		"Fabric's clock":       {func(c *clinic) { c.fails["clock"] = errAway }, "clock", "It does not answer.", ""},
		"the lakehouse":        {func(c *clinic) { c.fails["lakehouse"] = errAway }, "lakehouse", "It does not answer.", ""},
		"the probe":            {func(c *clinic) { c.fails["probe"] = errAway }, "probe file", "It does not answer. Ask an administrator", ""},
		"the probe that stays": {func(c *clinic) { c.fails["probe"] = &artifacts.LeftError{Path: "Files/import/.x.part", Err: errAway} }, "probe file", "could not be removed again", ""},
		"the files":            {func(c *clinic) { c.fails["files"] = errAway }, "lakehouse files", "It does not answer.", "published results"},
		"the results":          {func(c *clinic) { c.fails["stat"] = errAway }, "published results", "It does not answer.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClinic(t)
			fault.spoil(c)
			found := c.examine(t)
			require.Contains(t, found, fault.part)
			require.False(t, found[fault.part].OK)
			require.Contains(t, found[fault.part].Message, fault.says)
			require.NotContains(t, found, fault.never)
		})
	}
}

func TestWhatIsWorthKnowingIsNoFault(t *testing.T) {
	c := newClinic(t)
	c.health.Encrypted = false
	c.amiss = []db.Difference{{Said: format.Say("the role may create tables")}}
	c.hears = []db.Hearing{{State: db.Deaf, Why: format.Say("a proxy pools transactions")}}
	c.fails["stat"] = &artifacts.NotFoundError{}
	require.NoError(t, c.log.SetLevel("off"))
	c.left = []artifacts.File{{Name: ".sales\u202e.xlsx.part"}, {}}
	found := c.examine(t)
	require.Equal(t, "3 files in Files/import. 2 hidden files there are of uploads that did not come to their end, more than a week ago, such as .sales�.xlsx.part: Import offers to delete them, or “portal-desktop uploads --delete-left-over” does.",
		found["lakehouse files"].Message)
	require.Empty(t, failing(found))
	for _, name := range []string{"database", "tables and rights", "wake-ups between desktops"} {
		require.True(t, found[name].Warning, name)
	}
	require.Contains(t, found["database"].Message, "not encrypted")
	require.Contains(t, found["tables and rights"].Message, "Narrower would be better: the role may create tables.")
	require.Equal(t, "A proxy pools transactions.", found["wake-ups between desktops"].Message)
	require.Equal(t, "Nothing has been published yet.", found["published results"].Message)
	require.Equal(t, "Nothing is logged, as the level is off.", found["log"].Message)
	require.NoError(t, c.log.SetLevel("debug"))
	require.NotContains(t, c.examine(t)["log"].Message, "keeps more")
}

func TestWithoutASecretNothingIsAsked(t *testing.T) {
	keyring.MockInit()
	c := newClinic(t)
	delete(c.env, "PORTAL_CLIENT_SECRET")
	found := c.examine(t)
	require.Equal(t, []string{"client secret"}, failing(found))
	require.True(t, found["database password"].OK)
	require.NotContains(t, found, "database")
}

func TestAPipelineThatIsNotConfigured(t *testing.T) {
	e := &examination{ctx: t.Context()}
	e.fabric(Services{Fabric: newClinic(t)}, config.Fabric{PipelineID: "x", LakehouseID: "44444444-4444-4444-8444-444444444444"}, nil)
	require.Equal(t, Check{Name: "restore pipeline", Message: "It is not configured: set restore_pipeline_id under [fabric] in portal.toml."}, e.checks[len(e.checks)-1])
}

func TestAListenerThatSaysNothingEndsWithTheContext(t *testing.T) {
	c := newClinic(t)
	c.hears = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := hearing(ctx, func(state func(db.Hearing)) Listener { c.told = state; return c }, format.English)
	require.ErrorIs(t, err, context.Canceled)
}

func TestNoticesAreWhatBlocksAndTheClock(t *testing.T) {
	c := newClinic(t)
	notices, skew, err := Notices(t.Context(), c)
	require.NoError(t, err)
	require.Empty(t, notices)
	require.Zero(t, skew)
	c.health.Skew = 5 * time.Minute
	c.amiss = []db.Difference{{Said: format.Say("a column is missing"), Blocking: true}, {Said: format.Say("the role may create tables")}}
	notices, skew, err = Notices(t.Context(), c)
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, skew)
	var said []string
	for _, n := range notices {
		said = append(said, format.Sentence(n))
	}
	require.Equal(t, []string{"A column is missing.", "This computer's clock is 5 min ahead of the database's: set it by a time server."}, said)
	for _, question := range []string{"schema", "ping"} {
		c.fails[question] = errAway
		_, _, err = Notices(t.Context(), c)
		require.ErrorIs(t, err, errAway)
	}
}

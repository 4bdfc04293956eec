package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

func none(string) (string, bool) { return "", false }

// whole is a configuration without faults.
func whole() config.Config {
	c := config.Default()
	c.Name = "Test"
	id := func(n int) string { return fmt.Sprintf("%08d-1111-4111-8111-111111111111", n) }
	f := &c.Fabric
	f.TenantID, f.ClientID, f.WorkspaceID, f.LakehouseID, f.PipelineID, f.RestorePipelineID, f.OwnerObjectID = id(1), id(2), id(3), id(4), id(5), id(6), id(7)
	f.OwnerPrincipalName = "owner@contoso.com"
	c.Database.Host, c.Database.User = "db.contoso.com", "portal_app"
	return c
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestEveryKeyOfTheFileIsAField(t *testing.T) {
	var lines []string
	for line := range strings.SplitSeq(config.Example(), "\n") {
		if rest, ok := strings.CutPrefix(line, "# "); ok && strings.Contains(rest, " = ") {
			line = rest
		}
		lines = append(lines, line)
	}
	values, err := flatten([]byte(strings.Join(lines, "\n")))
	require.NoError(t, err)
	var keys, known []string
	for _, v := range values {
		keys = append(keys, v.key)
	}
	for _, f := range Fields() {
		known = append(known, f.Key)
		require.NotEmpty(t, f.Label, f.Key)
		require.NotEmpty(t, f.Hint, f.Key)
	}
	require.ElementsMatch(t, keys, known)
}

func TestWhatIsWrongIsSaidAtItsField(t *testing.T) {
	require.Empty(t, CheckAll(whole()))
	c := config.Default()
	c.Name = ""
	var keys []string
	for _, p := range CheckAll(c) {
		keys = append(keys, p.Key)
		require.True(t, strings.HasPrefix(format.Sentence(p.Said), "It ") && strings.HasSuffix(format.Sentence(p), "."), format.Sentence(p))
	}
	require.Equal(t, []string{"name", "fabric.tenant_id", "fabric.client_id", "fabric.workspace_id", "fabric.lakehouse_id", "fabric.pipeline_id", "fabric.restore_pipeline_id",
		"fabric.owner_user_principal_name", "fabric.owner_user_object_id", "database.host", "database.user"}, keys)
	for key, bad := range map[string]string{"fabric.tenant_id": "not an id", "database.port": "99999", "fabric.api_url": "http://x", "database.sslmode": "prefer", "funnel.total_visitors": "-1"} {
		c := whole()
		require.NoError(t, Put(&c, key, bad))
		found := CheckAll(c)
		require.Len(t, found, 1)
		require.Equal(t, key, found[0].Key)
	}
	c = whole()
	var p *Problem
	require.ErrorAs(t, Put(&c, "database.port", "many"), &p)
	require.Equal(t, "database.port", p.Key)
	require.ErrorAs(t, Put(&c, "none", "x"), &p)
	require.NoError(t, Put(&c, "funnel.total_visitors", " 1,428,571 "))
	require.Equal(t, "1428571", Get(c, "funnel.total_visitors"))
	require.NoError(t, Put(&c, "database.sslmode", ""))
	require.Equal(t, "verify-full", Get(c, "database.sslmode"))
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	dir := t.TempDir()
	text := rapid.StringMatching(`[A-Za-z0-9 äöü'"\\#=\[\]-]{0,30}`)
	rapid.Check(t, func(r *rapid.T) {
		c := whole()
		c.Name = strings.TrimSpace("N" + text.Draw(r, "name"))
		c.User = strings.TrimSpace(text.Draw(r, "user"))
		c.Database.Name = strings.TrimSpace("d" + text.Draw(r, "database"))
		c.Database.Port = rapid.IntRange(1, 65535).Draw(r, "port")
		c.Funnel.TotalVisitors = rapid.Int64Range(0, 1e9).Draw(r, "visitors")
		c.Artifacts.Source = rapid.SampledFrom([]string{config.SourceOneLake, config.SourceArtifacts}).Draw(r, "source")
		if rapid.Bool().Draw(r, "authority") {
			c.CAFile = filepath.Join(dir, "authority.pem")
			c.StateDir = filepath.Join(dir, "state")
		}
		path := filepath.Join(dir, "portal.toml")
		if err := Write(t.Context(), path, c); err != nil {
			r.Fatal(err)
		}
		got, err := Read(path)
		if err != nil {
			r.Fatal(err)
		}
		c.Path = path
		if got != c {
			r.Fatalf("%+v\n%+v", got, c)
		}
	})
	info, err := os.Stat(filepath.Join(dir, "portal.toml"))
	require.NoError(t, err)
	if runtime.GOOS != "windows" { // the folder's rights are what counts there
		require.Zero(t, info.Mode().Perm()&0o077, "for this user only")
	}
}

func TestAFileThatAPersonShouldSeeFirstIsNotReplaced(t *testing.T) {
	var secret *config.SecretError
	for _, text := range []string{"[database]\npassword = \"hunter22\"\n", "x = \"eyJhbGciOiJIUzI1NiJ9.e30.x\"\n", "broken = \nclient_secret = \"hunter22\"\n"} {
		path := write(t, "portal.toml", text)
		err := Write(t.Context(), path, whole())
		require.ErrorAs(t, err, &secret, text)
		require.NotContains(t, err.Error(), "hunter22")
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(data))
	}
	var invalid *config.InvalidError
	require.ErrorAs(t, Write(t.Context(), write(t, "portal.toml", "later = 1\n"), whole()), &invalid)
	require.NoError(t, Write(t.Context(), write(t, "portal.toml", "this is no TOML\n"), whole()), "what can't be read is there to be mended")
}

// earlier is a secrets.toml as Streamlit programs have it.
const earlier = "\ufeff# secrets\r\n" + `
APP_TITLE = "Portal"
[azure]
tenant_id = "00000001-1111-4111-8111-111111111111"
client_id = "{00000002-1111-4111-8111-111111111111}"
client_secret = "abc8Q~secretsecretsecretsecretsecretsec"
[fabric]
workspace_id = "00000003-1111-4111-8111-111111111111"
LAKEHOUSE_ID = "00000004-1111-4111-8111-111111111111"
pipeline_item_id = "00000005-1111-4111-8111-111111111111"
notebook = "x"
[connections.postgresql]
dialect = "postgresql"
host = "db.contoso.com"
port = "5433"
database = "fabric_data_portal"
username = "portal_app"
password = "hunter22hunter"
`

func TestTheEarlierPortalsFileIsTakenOver(t *testing.T) {
	in, err := Import(write(t, "secrets.toml", earlier))
	require.NoError(t, err)
	c := in.Config
	require.Equal(t, []string{"00000001-1111-4111-8111-111111111111", "00000002-1111-4111-8111-111111111111", "00000003-1111-4111-8111-111111111111", "00000004-1111-4111-8111-111111111111", "00000005-1111-4111-8111-111111111111"},
		[]string{c.Fabric.TenantID, c.Fabric.ClientID, c.Fabric.WorkspaceID, c.Fabric.LakehouseID, c.Fabric.PipelineID})
	require.Equal(t, config.Database{Host: "db.contoso.com", Port: 5433, Name: "fabric_data_portal", User: "portal_app", SSLMode: "verify-full", Auth: "scram-sha-256"}, c.Database)
	require.Equal(t, "hunter22hunter", in.Secrets[secrets.DatabasePassword].Reveal())
	require.Equal(t, "abc8Q~secretsecretsecretsecretsecretsec", in.Secrets[secrets.ClientSecret].Reveal())
	require.Equal(t, []string{"APP_TITLE", "connections.postgresql.dialect", "fabric.notebook"}, in.Ignored)
	require.True(t, slices.ContainsFunc(in.Problems, func(p Problem) bool { return p.Key == "fabric.restore_pipeline_id" }))
	require.NotContains(t, fmt.Sprintf("%+v", in), "hunter22")

	for _, text := range []string{
		"DATABASE_URL = \"postgresql+psycopg2://portal_app:hunter22@db.contoso.com:5433/fabric_data_portal?sslmode=require\"",
		"[postgres]\nhost = \"db.contoso.com\"\nport = 5433\ndbname = \"fabric_data_portal\"\nuser = \"portal_app\"\npassword = \"hunter22\"\nsslmode = \"require\"",
		"PGHOST = \"db.contoso.com\"\nPGPORT = \"5433\"\nPGDATABASE = \"fabric_data_portal\"\nPGUSER = \"portal_app\"\nPGPASSWORD = \"hunter22\"\nPGSSLMODE = \"require\"",
		"DB_HOST = \"db.contoso.com\"\nDB_PORT = 5433\nDB_NAME = \"fabric_data_portal\"\nDB_USER = \"portal_app\"\nDB_PASSWORD = \"hunter22\"\nDB_SSLMODE = \"require\"",
	} {
		in, err := Import(write(t, "secrets.toml", text))
		require.NoError(t, err)
		require.Equal(t, config.Database{Host: "db.contoso.com", Port: 5433, Name: "fabric_data_portal", User: "portal_app", SSLMode: "require", Auth: "scram-sha-256"}, in.Config.Database, text)
		require.Equal(t, "hunter22", in.Secrets[secrets.DatabasePassword].Reveal())
		require.Empty(t, in.Ignored)
		require.Contains(t, fmt.Sprint(in.Problems), "this computer's own database only")
	}
}

func TestAPortalTomlIsTakenOver(t *testing.T) {
	in, err := Import(write(t, "portal.toml", config.Example()))
	require.NoError(t, err)
	require.Empty(t, in.Problems)
	require.Empty(t, in.Ignored)
	require.Empty(t, in.Secrets)
	want, err := config.Load(write(t, "portal.toml", config.Example()), none)
	require.NoError(t, err)
	in.Config.Path, in.Config.StateDir = want.Path, want.StateDir
	require.Equal(t, want, in.Config)
}

func TestFilesThatAreNoConfigurationGetOneSentence(t *testing.T) {
	for name, text := range map[string]string{
		"broken":   "password = \"hunter22",
		"nothing":  "colour = \"red\"\n",
		"empty":    "",
		"binary":   "PK\x03\x04\x00\x00\xff\xfe",
		"huge":     strings.Repeat("# a comment\n", 100_000),
		"workbook": "\xd0\xcf\x11\xe0",
	} {
		_, err := Import(write(t, name+".toml", text))
		var file *FileError
		require.ErrorAs(t, err, &file, name)
		require.Contains(t, err.Error(), name+".toml")
		require.NotContains(t, err.Error(), "hunter22")
		require.NotContains(t, err.Error(), "\n")
	}
	_, err := Import(filepath.Join(t.TempDir(), "gone.toml"))
	require.ErrorContains(t, err, "gone.toml is not there")
	_, err = Import(t.TempDir())
	require.Error(t, err)
}

func TestSecretsAreFoundByNameAndByLook(t *testing.T) {
	require.Equal(t, []string{"azure.client_secret", "connections.postgresql.password"}, FindSecrets([]byte(earlier)))
	require.Empty(t, FindSecrets([]byte(config.Example())))
	for _, text := range []string{
		`a = "postgres://u:hunter22@h/d"`, `a = "eyJhbGciOiJIUzI1NiJ9.e30.x"`, `a = "abc8Q~secretsecretsecretsecretsecretsec"`,
		"a = '''\n-----BEGIN RSA PRIVATE KEY-----\n'''", `access_token = "x"`, `api_key = "x"`, `Passwort_Password = "x"`,
	} {
		require.Len(t, FindSecrets([]byte(text)), 1, text)
	}
	for _, text := range []string{`token_url = "https://x"`, `client_id = "00000001-1111-4111-8111-111111111111"`, `secret_id = "x"`, `password = ""`, `a = "https://h/a:b@c"`, `n = 5`} {
		require.Empty(t, FindSecrets([]byte(text)), text)
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(earlier))
	f.Add([]byte(config.Example()))
	f.Add([]byte("DATABASE_URL = \"postgres://a:b@c/d\"\n[a]\nb.c = [1, {d = 2}]\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "f.toml")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		in, err := Import(path)
		var file *FileError
		if err != nil && !errors.As(err, &file) {
			t.Fatalf("%v", err)
		}
		for _, s := range in.Secrets {
			if v := s.Reveal(); len(v) >= 12 && !slices.ContainsFunc(in.Ignored, func(k string) bool { return strings.Contains(k, v) }) && strings.Contains(fmt.Sprint(in.Problems), v) {
				t.Fatalf("a secret is in a sentence")
			}
		}
		FindSecrets(data)
	})
}

func TestConnections(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "fabric-data-portal")
	p := OpenConnections(dir)
	list, err := p.List()
	require.NoError(t, err)
	require.Empty(t, list)
	test, err := p.Add(t.Context(), " Test & Übung ", Green, whole())
	require.NoError(t, err)
	require.Equal(t, "Test & Übung", test.Name)
	require.Empty(t, test.Problem)
	require.True(t, validID.MatchString(test.ID), test.ID)
	_, err = p.Add(t.Context(), "TEST & Übung", Red, whole())
	var refused *ConnectionError
	require.ErrorAs(t, err, &refused)
	for _, name := range []string{"../../etc/passwd", "CON", "default", "日本", strings.Repeat("long ", 30)} {
		made, err := p.Add(t.Context(), name, "", whole())
		require.NoError(t, err, name)
		require.Equal(t, filepath.Join(dir, connectionDir), filepath.Dir(made.Path))
		require.True(t, validID.MatchString(made.ID) && !reserved.MatchString(made.ID) && made.ID != defaultID, made.ID)
		_, err = p.Remove(made.ID)
		require.NoError(t, err)
	}

	// The file that has always been there is a connection, too.
	c := whole()
	c.Name = "Production"
	require.NoError(t, Write(t.Context(), filepath.Join(dir, "portal.toml"), c))
	list, err = p.List()
	require.NoError(t, err)
	require.Equal(t, []string{"default", test.ID}, []string{list[0].ID, list[1].ID})
	_, chosen, err := p.Selected()
	require.NoError(t, err)
	require.False(t, chosen)
	require.NoError(t, p.Select(t.Context(), test.ID))
	now, chosen, err := p.Selected()
	require.NoError(t, err)
	require.True(t, chosen)
	require.Equal(t, test.ID, now.ID)
	require.Equal(t, Green, now.Colour)

	c.Name = "Staging"
	changed, err := p.Update(t.Context(), test.ID, Amber, c)
	require.NoError(t, err)
	require.Equal(t, Connection{ID: test.ID, Name: "Staging", Colour: Amber, Path: test.Path, Selected: true}, changed)
	_, err = p.Update(t.Context(), test.ID, "pink", c)
	require.ErrorAs(t, err, &refused)
	c.Name = "production"
	_, err = p.Update(t.Context(), test.ID, Amber, c)
	require.ErrorAs(t, err, &refused, "the name of another one")

	require.NoError(t, os.WriteFile(test.Path, []byte("[fabric"), 0o600))
	list, err = p.List()
	require.NoError(t, err)
	i := slices.IndexFunc(list, func(x Connection) bool { return x.ID == test.ID })
	require.NotEmpty(t, list[i].Problem)
	for _, id := range []string{"none", "../portal", ""} {
		require.ErrorAs(t, p.Select(t.Context(), id), &refused, id)
		_, err = p.Remove(id)
		require.ErrorAs(t, err, &refused, id)
	}
	_, err = p.Remove(test.ID)
	require.NoError(t, err)
	_, chosen, err = p.Selected()
	require.NoError(t, err)
	require.False(t, chosen)
	left, err := os.ReadDir(filepath.Join(dir, connectionDir))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestTwoWindowsAddConnectionsAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			p := OpenConnections(dir)
			_, err := p.Add(t.Context(), fmt.Sprintf("Same!%s", strings.Repeat("?", i)), Blue, whole())
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := OpenConnections(dir).List()
	require.NoError(t, err)
	require.Len(t, list, 8)
	for _, x := range list {
		require.Empty(t, x.Problem)
	}
}

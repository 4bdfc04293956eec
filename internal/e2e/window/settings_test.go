//go:build linux

package window

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheFirstStartAndConnections finishes the set-up of a configuration that lacks something, changes to another connection,
// opens its settings, and starts again: in German, and with the connection that was in sight last.
func TestTheFirstStartAndConnections(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	w := newWorld(t)
	home := newHome(t)
	folder := filepath.Join(home, ".config", "fabric-data-portal")
	whole, err := os.ReadFile(w.Config)
	require.NoError(t, err)
	host := regexp.MustCompile(`(?m)^host = .*\n`)
	require.True(t, host.Match(whole))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "portal.toml"), host.ReplaceAll(whole, nil), 0o600))
	other := strings.Replace(string(whole), `name = "Sandbox"`, `name = "Production"`, 1)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "profiles", "production.toml"), []byte(other), 0o600))
	env := slices.DeleteFunc(w.env("ana"), func(v string) bool { return strings.HasPrefix(v, "PORTAL_CONFIG=") })

	ana := s.openPortalOf(program, home, env)
	ana.untilShows("“database.host” is missing", 20*time.Second)
	s.shot("incomplete")
	ana.click("setup.step.test")
	ana.click("setup.next")
	ana.untilShows("Something is missing or wrong", 20*time.Second)
	ana.untilShows("It is missing: give the name of the PostgreSQL server.", 20*time.Second)
	s.shot("problem")
	ana.click("setup.database.host")
	ana.typeText("127.0.0.1")
	ana.click("setup.step.test")
	ana.click("setup.test")
	ana.untilShows("Everything answers. The portal can be opened.", time.Minute)
	s.shot("tested")
	ana.click("setup.next")
	ana.find("Sandbox")
	ana.untilShows("Free to run", time.Minute)
	kept, err := os.ReadFile(filepath.Join(folder, "portal.toml"))
	require.NoError(t, err)
	require.Contains(t, string(kept), `host = "127.0.0.1"`)
	for _, secret := range w.Env() {
		if name, value, _ := strings.Cut(secret, "="); name == "PORTAL_CLIENT_SECRET" || name == "PORTAL_DATABASE_PASSWORD" {
			require.NotContains(t, string(kept), value)
		}
	}

	ana.click("header.connection")
	ana.untilShows("in use", 20*time.Second)
	s.shot("connections")
	ana.click("connection.production")
	ana.find("Production")
	ana.untilShows("Production", 20*time.Second)
	ana.untilShows("Free to run", time.Minute)
	ana.click("header.connection")
	ana.click("connection.edit.production")
	ana.find("Set up")
	s.shot("settings")
	ana.close()

	again := s.openPortalOf(program, home, append(env, "PORTAL_LANG=de"))
	again.find("Production")
	again.untilShows("Frei", time.Minute)
	again.click("tab.archive")
	again.untilShows("Noch kein Lauf", 20*time.Second)
	s.shot("german")
	again.close()

	// On a computer without a keyring, and without the secrets in its environment, they are asked for, and lie on no disk.
	secret := map[string]string{}
	bare := slices.DeleteFunc(env, func(v string) bool {
		name, value, _ := strings.Cut(v, "=")
		if name == "PORTAL_CLIENT_SECRET" || name == "PORTAL_DATABASE_PASSWORD" {
			secret[name] = value
			return true
		}
		return false
	})
	require.Len(t, secret, 2)
	unlocked := s.openPortalOf(program, home, append(bare, "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere", "PORTAL_LOG=debug"))
	unlocked.find("Secrets for this start")
	unlocked.untilShows("kept in memory until the portal is closed", 20*time.Second)
	unlocked.click("setup.client_secret")
	unlocked.typeText(secret["PORTAL_CLIENT_SECRET"])
	unlocked.click("setup.database_password")
	unlocked.typeText(secret["PORTAL_DATABASE_PASSWORD"])
	s.shot("secrets")
	unlocked.click("setup.step.test")
	unlocked.click("setup.test")
	unlocked.untilShows("It was entered, and is in memory until the program ends", time.Minute)
	unlocked.untilShows("Everything answers. The portal can be opened.", time.Minute)
	unlocked.click("setup.next")
	unlocked.find("Production")
	unlocked.untilShows("Free to run", time.Minute)
	unlocked.close()
	require.NoError(t, filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		for name, value := range secret {
			require.NotContains(t, string(data), value, "%s in %s", name, path)
		}
		return err
	}))
}

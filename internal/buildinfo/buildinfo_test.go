package buildinfo

import (
	"os"
	"os/exec"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

const hash = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"

func TestABuildIsNamedByItsCommit(t *testing.T) {
	stamped := func(modified string) Info {
		return from([]debug.BuildSetting{
			{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: hash}, {Key: "vcs.time", Value: "2026-11-26T23:30:00-02:00"},
			{Key: "vcs.modified", Value: modified},
		})
	}
	clean := stamped("false")
	require.Equal(t, Version+"+g1a2b3c4", clean.Short())
	require.Equal(t, "2026-11-27", clean.Date, "in UTC")
	clean.Go, clean.Platform = "go1.26.8", "linux/amd64"
	require.Equal(t, Version+" (commit "+hash+" of 2026-11-27, go1.26.8, linux/amd64)", clean.String())
	changed := stamped("true")
	require.Equal(t, Version+"+g1a2b3c4.modified", changed.Short())
	require.Contains(t, changed.String(), "with changes")
	unknown := from(nil)
	require.Equal(t, Version, unknown.Short())
	require.Contains(t, unknown.String(), "commit not known")
}

func TestTheLinkerNamesTheCommitWhereThereIsNoHistory(t *testing.T) {
	commit, date = "feedbee", "2026-11-26"
	t.Cleanup(func() { commit, date = "", "" })
	i := from([]debug.BuildSetting{{Key: "vcs.revision", Value: hash}, {Key: "vcs.modified", Value: "true"}})
	require.Equal(t, Version+"+gfeedbee", i.Short())
	require.Contains(t, i.String(), "(commit feedbee of 2026-11-26, ")
	commit = hash + ".modified"
	i = from(nil)
	require.Equal(t, Version+"+g1a2b3c4.modified", i.Short())
	require.Equal(t, hash, i.Commit)
}

// The linker says nothing of a name in the Makefile that it does not find.
func TestTheMakefileSetsTheVariables(t *testing.T) {
	text, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	flags := regexp.MustCompile(`-X \S+?=\$\((COMMIT|DATE)\)`).FindAllString(string(text), -1)
	require.Len(t, flags, 2)
	set := strings.NewReplacer("$(COMMIT)", "feedbee", "$(DATE)", "2026-11-26").Replace(strings.Join(flags, " "))
	out, err := exec.CommandContext(t.Context(), "go", "run", "-ldflags", set, "./testdata/print").CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, Version+"+gfeedbee 2026-11-26", string(out))
}

func TestOneVersionIsNamedEverywhere(t *testing.T) {
	var meta struct{ Details struct{ Version string } }
	_, err := toml.DecodeFile("../../FyneApp.toml", &meta)
	require.NoError(t, err)
	require.Equal(t, Version, meta.Details.Version, "FyneApp.toml")
	text, err := os.ReadFile("../../CHANGELOG.md")
	require.NoError(t, err)
	latest := regexp.MustCompile(`(?m)^## \[?(\d+\.\d+\.\d+)\]?`).FindStringSubmatch(string(text))
	require.NotNil(t, latest, "CHANGELOG.md names a version")
	require.Equal(t, Version, latest[1], "the newest version in CHANGELOG.md")
}

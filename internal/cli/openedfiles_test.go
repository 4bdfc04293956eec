package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesAreOpenedInTheWindow(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"sales ü.xlsx", "runs.csv"} {
		require.NoError(t, os.WriteFile(name, []byte("x"), 0o600))
	}
	var opened []string
	p := Program{Window: func(_ context.Context, _ string, files []string) error {
		opened = files
		return nil
	}}
	sales, runs := filepath.Join(dir, "sales ü.xlsx"), filepath.Join(dir, "runs.csv")
	for _, want := range []struct {
		args  []string
		files []string
	}{{nil, nil}, {[]string{"sales ü.xlsx", runs}, []string{sales, runs}}, {[]string{"./runs.csv"}, []string{runs}}, {[]string{"file://" + dir + "/sales%20%C3%BC.xlsx"}, []string{sales}}} {
		if os.PathSeparator != '/' && len(want.args) == 1 && want.args[0] != "./runs.csv" {
			continue
		}
		got := execute(t, p, want.args...)
		require.Equal(t, ExitDone, got.code, got.err)
		require.Equal(t, want.files, opened)
	}
	for arg, sentence := range map[string]string{"nowhere.xlsx": `there is no file "nowhere.xlsx" to open`, "rnus": `there is no subcommand and no file "rnus"`, dir: "is a folder: name a file in it"} {
		got := execute(t, p, arg)
		require.Equal(t, ExitUsage, got.code)
		require.Contains(t, got.err, sentence)
	}
}

package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// blocks are the blocks of code of the operator's guide in a language; "" for those that name none.
func blocks(t *testing.T, language string) []string {
	t.Helper()
	var out []string
	for _, block := range regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$").FindAllStringSubmatch(guide(t, "operator.md"), -1) {
		if block[1] == language {
			out = append(out, block[2])
		}
	}
	require.NotEmpty(t, out)
	return out
}

// Each call that the guide shows in a block is one of a subcommand that there is, with flags that it has.
func TestTheOperatorsCallsAreThoseOfTheProgram(t *testing.T) {
	all := strings.Join(slices.Concat(blocks(t, "sh"), blocks(t, "ini"), blocks(t, "")), "\n")
	calls := regexp.MustCompile(`portal-desktop(?:\.com\\?"?)? ([a-z]+)([^>)\n]*)`).FindAllStringSubmatch(all, -1)
	require.Len(t, calls, 6)
	for _, call := range calls {
		said := help(t, call[1])
		require.Contains(t, said, "portal-desktop "+call[1])
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(call[2], -1) {
			require.Regexp(t, `(?m)^ +(-[a-z], )?`+flag+`\b`, said, "%s has no such flag", call[1])
		}
	}
}

// scripted runs the guide's script with a program that notes how it is called, prints what each subcommand prints, and ends with a code.
func scripted(t *testing.T, codes map[string]int) (calls []string, code int, figures string) {
	t.Helper()
	folder := t.TempDir()
	program := "#!/bin/sh\nprintf '%s\\n' \"$*\" >>calls\ncase $1 in\n"
	for name, prints := range map[string]string{"upload": "sales november.xlsx", "run": `{"status": "SUCCEEDED"}`, "kpis": `{"orders": 3}`} {
		program += name + ") "
		if codes[name] == 0 {
			program += "echo '" + prints + "'; "
		}
		program += "exit " + strconv.Itoa(codes[name]) + " ;;\n"
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "portal-desktop"), []byte(program+"esac\nexit 99\n"), 0o755))
	script := exec.CommandContext(t.Context(), "sh", "-c", blocks(t, "sh")[0])
	script.Dir = folder
	script.Env = append(os.Environ(), "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	_, err := script.Output()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	noted, err := os.ReadFile(filepath.Join(folder, "calls"))
	require.NoError(t, err)
	written, _ := os.ReadFile(filepath.Join(folder, "kpis.json"))
	return strings.Split(strings.TrimSpace(string(noted)), "\n"), script.ProcessState.ExitCode(), string(written)
}

// The script goes from step to step with the name that the lakehouse gave the file, and ends with the exit code that §2 explains.
func TestTheOperatorsScript(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the script is one for a shell")
	}
	upload, run := "upload sales_november.xlsx --overwrite", "run sales november.xlsx --follow --when-free --stop-at-large-change"
	calls, code, figures := scripted(t, nil)
	require.Equal(t, []string{upload, run, "kpis --json"}, calls)
	require.Zero(t, code)
	require.Equal(t, "{\"orders\": 3}\n", figures)

	calls, code, figures = scripted(t, map[string]int{"upload": 1})
	require.Equal(t, []string{upload}, calls)
	require.Equal(t, 1, code)
	require.Empty(t, figures)
	for _, ends := range []int{1, 3, 4} {
		calls, code, figures = scripted(t, map[string]int{"run": ends})
		require.Equal(t, []string{upload, run}, calls)
		require.Equal(t, ends, code)
		require.Empty(t, figures, "no figures of the run before are taken for those of this one")
	}
}

func TestTheOperatorsService(t *testing.T) {
	unit := blocks(t, "ini")[0]
	require.Contains(t, unit, "ExecStart=/usr/bin/portal-desktop watch\n", "where the package installs it")
	for _, variable := range regexp.MustCompile(`(?m)^Environment=([A-Z_]+)=`).FindAllStringSubmatch(unit, -1) {
		require.Contains(t, guide(t, "administrator.md"), variable[1])
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is missing, so nobody reads the unit")
	}
	path := filepath.Join(t.TempDir(), "fabric-data-portal.service")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(unit, "/usr/bin/portal-desktop", "/bin/true")), 0o600))
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", path).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NotContains(t, string(out), filepath.Base(path), "systemd finds fault with the unit")
}

func TestTheOperatorsTaskStartsWhatIsInstalled(t *testing.T) {
	all := strings.Join(blocks(t, ""), "\n")
	require.Contains(t, all, `/TR "\"C:\Program Files\Fabric Data Portal\portal-desktop.com\" watch --once"`, "the path has blanks")
	require.Regexp(t, `(?m)^\*/5 \* \* \* \* portal-desktop watch --once$`, all)
}

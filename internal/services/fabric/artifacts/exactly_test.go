package artifacts

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

// TestASpellingThatTheSystemTakesForAnotherIsNotTheFile plays a file system to which case and composition are one, as those of Windows and macOS.
func TestASpellingThatTheSystemTakesForAnotherIsNotTheFile(t *testing.T) {
	dir := t.TempDir()
	there := map[string]fs.FileInfo{}
	for _, name := range []string{"Sales.csv", "M\u00e4rz.csv"} {
		at := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(at, nil, 0o600))
		info, err := os.Stat(at)
		require.NoError(t, err)
		there[name] = info
	}
	fold := func(name string) string { return strings.ToLower(norm.NFC.String(strings.TrimRight(name, " ."))) }
	read := 0
	look := func(name string, folds bool) error {
		_, err := exactInfo(name, func(n string) (fs.FileInfo, error) {
			for has, info := range there {
				if has == n || folds && fold(has) == fold(n) {
					return info, nil
				}
			}
			return nil, fs.ErrNotExist
		}, func(has func(string) bool) (bool, error) {
			read++
			for name := range there {
				if has(name) {
					return true, nil
				}
			}
			return false, nil
		})
		return err
	}
	for _, name := range []string{"Sales.csv", "M\u00e4rz.csv"} {
		require.NoError(t, look(name, true), name)
		require.NoError(t, look(name, false), name)
	}
	for _, name := range []string{"sales.csv", "SALES.CSV", "Ma\u0308rz.csv", "Sales.csv.", "Sales.csv "} {
		err := look(name, true)
		require.ErrorIs(t, err, errOtherName, name)
		require.ErrorIs(t, err, fs.ErrNotExist, "who reads it finds nothing")
		require.NotErrorIs(t, look(name, false), errOtherName)
	}
	require.ErrorIs(t, look("none.csv", true), fs.ErrNotExist)
	require.NotErrorIs(t, look("none.csv", true), errOtherName)
	read = 0
	require.NoError(t, look("Sales.csv", false))
	require.Zero(t, read, "the folder is read only where the file system folds names")
}

// localName is the name itself where a system can have it, else the one that is offered.
func localName(system, name string) string {
	if checkLocal(system, name) == nil {
		return name
	}
	return offered(system, name)
}

func TestNamesThatASystemCanNotHave(t *testing.T) {
	for name, windows := range map[string]string{
		"plain.csv": "", "what?.csv": "what_.csv", `"q".csv`: "_q_.csv", "a:b.csv": "a_b.csv", "CON.csv": "_CON.csv", "nul": "_nul", "com1.tar.csv": "_com1.tar.csv", "LPT\u00b9.csv": "_LPT\u00b9.csv",
		"console.csv": "", strings.Repeat("\u00e4", 125) + "x.csv": "", "M\u00e4rz.csv": "", "Ma\u0308rz.csv": "",
	} {
		require.NoError(t, checkLocal("linux", name), name)
		require.Equal(t, name, localName("darwin", name))
		err := checkLocal("windows", name)
		if windows == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, "such as “"+windows+"”", name)
		require.Equal(t, windows, localName("windows", name))
	}
	// What no system of ours takes is never a name here, and what is offered always is one.
	for _, bad := range []string{"", ".", "..", "a\x00b", "a\nb", "a\u202ecsv.exe", "a\xff", "a/b", `a\b`, "a.", "a ", ".hidden", "~$a.xlsx", strings.Repeat("a", 300) + ".csv", "..." + strings.Repeat("\u00e4", 200)} {
		for _, system := range []string{"linux", "windows", "darwin"} {
			require.Error(t, checkLocal(system, bad), "%q", bad)
			require.NoError(t, checkLocal(system, localName(system, bad)), "%q becomes %q", bad, localName(system, bad))
		}
	}
}

func FuzzLocalName(f *testing.F) {
	for _, name := range []string{"a.csv", "CON", "a:b?.", "\u202e", ". .", "_"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, system := range []string{"linux", "windows"} {
			got := localName(system, name)
			if err := checkLocal(system, got); err != nil {
				t.Fatalf("%q became %q: %v", name, got, err)
			}
			if checkLocal(system, name) == nil && got != name {
				t.Fatalf("%q became %q without need", name, got)
			}
		}
	})
}

package artifacts

import (
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"fabricportal/internal/format"
)

// windowsDevices are names that Windows keeps for itself, with any ending.
var windowsDevices = deviceNames()

func deviceNames() map[string]bool {
	names := map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true, "CLOCK$": true}
	for _, port := range []string{"COM", "LPT"} {
		for _, n := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"} {
			names[port+n] = true
		}
	}
	return names
}

// CheckLocalName says why this computer can't keep a file under the name that it has in the lakehouse; nil where it can. The error, a
// *NameError, offers another name. No name is changed without saying so: it would be another file.
func CheckLocalName(name string) error {
	if err := checkLocal(runtime.GOOS, name); err != nil {
		return err
	}
	if !filepath.IsLocal(name) { // what this system knows beside the rules that stand here
		return &NameError{Name: shown(name), Reason: format.Say("this computer does not allow it"), Instead: offered(runtime.GOOS, name)}
	}
	return nil
}

func checkLocal(system, name string) error {
	no := func(reason *format.Said) error {
		return &NameError{Name: shown(name), Reason: reason, Instead: offered(system, name)}
	}
	if _, err := CheckName(name); err != nil {
		return no(err.(*NameError).Reason) //nolint:errorlint // CheckName has no other
	}
	if system != "windows" {
		return nil
	}
	stem, _, _ := strings.Cut(name, ".")
	switch {
	case strings.ContainsAny(name, notOnWindows):
		return no(format.Say(`it holds one of < > : " | ? *, which Windows does not allow`))
	case windowsDevices[strings.ToUpper(strings.TrimSpace(stem))]:
		return no(format.Say("Windows keeps this name for itself"))
	case len(utf16.Encode([]rune(name))) > maxName:
		return no(format.Say("it is too long for Windows"))
	}
	return nil
}

const notOnWindows = `<>:"|?*`

// offered is a name near to one that a system can't have, with the same ending: what can't stand in it becomes an underscore.
func offered(system, name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r == '/', r == '\\', r != ' ' && !unicode.IsGraphic(r), system == "windows" && strings.ContainsRune(notOnWindows, r):
			return '_'
		}
		return r
	}, strings.ToValidUTF8(name, "_"))
	ending := path.Ext(name)
	if len(ending) > 20 {
		ending = ""
	}
	stem := []rune(strings.TrimRightFunc(strings.TrimLeft(strings.TrimSuffix(name, ending), ".~$"), func(r rune) bool { return r == '.' || unicode.IsSpace(r) }))
	ending = strings.TrimRightFunc(ending, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	for len(string(stem))+len(ending) > maxName {
		stem = slices.Delete(stem, len(stem)-1, len(stem))
	}
	offer := string(stem) + ending
	before, _, _ := strings.Cut(offer, ".")
	if before == "" || system == "windows" && windowsDevices[strings.ToUpper(strings.TrimSpace(before))] {
		offer = "_" + offer
	}
	return offer
}

package artifacts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
)

const maxName = 200 // characters; leaves room for the staging name within the usual 255

// windowsDevices are names that Windows keeps for itself, with any extension.
var windowsDevices = map[string]bool{"CON": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true, "CLOCK$": true}

func init() {
	for _, port := range []string{"COM", "LPT"} {
		for _, n := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"} {
			windowsDevices[port+n] = true
		}
	}
}

// CheckName returns a file name as it is stored, composed (NFC), or a *NameError. A name that passes can be kept on Windows,
// macOS, Linux and in OneLake, and stands for a file in the folder it is put in and nowhere else.
func CheckName(name string) (string, error) {
	no := func(reason *format.Said) (string, error) { return "", &NameError{Name: shown(name), Reason: reason} }
	if !utf8.ValidString(name) {
		return no(format.Say("it is not valid text"))
	}
	name = norm.NFC.String(name)
	stem, _, _ := strings.Cut(name, ".")
	switch {
	case name == "":
		return no(format.Say("it is empty"))
	case utf8.RuneCountInString(name) > maxName:
		return no(format.Say("it has more than 200 characters: shorten it"))
	case strings.ContainsAny(name, `/\`):
		return no(format.Say("it holds a slash or backslash: give the name without a folder"))
	case strings.ContainsAny(name, `<>:"|?*`):
		return no(format.Say(`it holds one of < > : " | ? *, which Windows does not allow: rename the file`))
	case strings.ContainsFunc(name, invisible):
		return no(format.Say("it holds invisible characters: rename the file"))
	case strings.HasPrefix(name, "~$"):
		return no(format.Say("it is the file that Excel keeps beside an open workbook: choose the workbook itself"))
	case strings.HasPrefix(name, "."):
		return no(format.Say("it begins with a dot: rename the file"))
	case strings.HasSuffix(name, "."), strings.TrimSpace(name) != name:
		return no(format.Say("it ends with a dot, or begins or ends with a blank: rename the file"))
	case windowsDevices[strings.ToUpper(strings.TrimSpace(stem))]:
		return no(format.Say("Windows keeps this name for itself: rename the file"))
	}
	return name, nil
}

func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r)
}

// shown makes a bad name fit for a sentence.
func shown(name string) string { return plaintext.Line(name, 60) }

// checkPath accepts a path within Files/import and Files/results, which is all that this program has to do with. Paths come out of the database too, so they may be hostile.
func checkPath(path string) error {
	no := func(reason *format.Said) error { return &NameError{Name: shown(path), Reason: reason} }
	if !utf8.ValidString(path) || len(path) > 2000 || strings.ContainsFunc(path, unicode.IsControl) || strings.Contains(path, `\`) {
		return no(format.Say("it is not a path of the lakehouse"))
	}
	segments := strings.Split(path, "/")
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			return no(format.Say("it is not a path of the lakehouse"))
		}
	}
	if len(segments) < 2 || segments[0] != "Files" || segments[1] != "import" && segments[1] != "results" {
		return no(format.Say("it stands neither in Files/import nor in Files/results"))
	}
	return nil
}

// escape percent-encodes all that is not plainly safe, segment by segment.
func escape(path string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~', c == '/':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

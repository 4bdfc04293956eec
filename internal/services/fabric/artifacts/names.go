package artifacts

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
)

// maxName is the most that the lakehouse, Linux and a run take; Windows and macOS count otherwise, and take no less.
const maxName = 255 // bytes

// CheckName returns a file name that may be put into the lakehouse, exactly as it was given, or a *NameError. It stands for a file in the
// folder it is put in and nowhere else. Whether this computer can have it, too, is said by CheckLocalName.
func CheckName(name string) (string, error) {
	no := func(reason *format.Said) (string, error) { return "", &NameError{Name: shown(name), Reason: reason} }
	switch {
	case !utf8.ValidString(name):
		return no(format.Say("it is not valid text"))
	case name == "":
		return no(format.Say("it is empty"))
	case len(name) > maxName:
		return no(format.Say("it is longer than 255 bytes: shorten it"))
	case strings.ContainsAny(name, `/\`):
		return no(format.Say("it holds a slash or backslash: give the name without a folder"))
	case strings.ContainsAny(name, "\t\r\n"), plaintext.Safe(name) != name:
		return no(format.Say("it holds invisible characters: rename the file"))
	case strings.HasPrefix(name, "~$"):
		return no(format.Say("it is the file that Excel keeps beside an open workbook: choose the workbook itself"))
	case strings.HasPrefix(name, "."):
		return no(format.Say("it begins with a dot: rename the file"))
	case strings.HasSuffix(name, "."), strings.TrimRightFunc(name, unicode.IsSpace) != name:
		// The storage service and many clients drop these, so that another file would be meant.
		return no(format.Say("it ends with a dot or a blank: rename the file"))
	}
	return name, nil
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

// properName tells whether a name is one of a file directly in a folder.
func properName(name string) bool {
	return !strings.Contains(name, "/") && checkPath(ImportFolder+"/"+name) == nil
}

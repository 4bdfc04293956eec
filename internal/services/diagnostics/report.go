// Package diagnostics writes what helps somebody else to find out why the program does not work here: versions, the platform, which
// settings are made, what the doctor found, the end of the log. It is made to be mailed: no secret is in it, and no data. What may be
// either is not sought in order to be taken out, as one never knows its looks: only the words that the program says itself are let through.
package diagnostics

import (
	"fmt"
	"os"
	"os/user"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/config"
)

// Log is what the program keeps of its own life; *logfile.Journal is one.
type Log interface {
	LogTail(n int) ([]string, error)
	Crash() (text string, at time.Time, found bool)
}

// Fact is one line about the program or the computer, in words and figures of the program only.
type Fact struct{ Name, Value string }

// Subject is what a report is about.
type Subject struct {
	Build  string // of the program
	Facts  []Fact // what the caller knows besides, such as the window's size of text
	Config config.Config
	Err    error // why the configuration can't be used; nil where it can
	Lookup func(string) (string, bool)
	Checks []doctor.Check
	Log    Log // nil: none is kept
	Redact func(string) string
	Now    time.Time
}

// How much of the log and of a crash is told.
const (
	tailLines  = 300
	crashLines = 60
)

// Report is the text to be mailed.
func Report(s Subject) string {
	r := &report{b: newBlanker(), redact: s.Redact}
	r.names(s.Config)
	r.line("Fabric Data Portal: diagnostics, %s", s.Now.UTC().Format(time.RFC3339))
	r.line("%s", legend())
	r.head("Program")
	r.line("version: %s", s.Build)
	for _, m := range libraryVersions() {
		r.line("%s", m)
	}
	r.head("Computer")
	r.line("platform: %s/%s, %d processors, UTC%s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.Now.Format("-07:00"))
	r.environment(s.Lookup)
	for _, f := range s.Facts {
		r.line("%s: %s", f.Name, f.Value)
	}
	r.settings(s)
	r.head("Checks")
	if len(s.Checks) == 0 {
		r.line("none was made")
	}
	for _, c := range s.Checks {
		mark := "ok"
		switch {
		case !c.OK:
			mark = "FAILED"
		case c.Warning:
			mark = "note"
		}
		r.line("%s: %s: %s", mark, r.b.text(c.Name), r.b.text(strings.TrimSpace(c.Message+" "+c.Action)))
	}
	r.log(s.Log)
	return r.out.String()
}

type report struct {
	b      *blanker
	redact func(string) string
	out    strings.Builder
}

func (r *report) head(title string) { r.line("\n== %s ==", title) }

// line writes one line, which the redactor sees whatever it is made of.
func (r *report) line(format string, args ...any) {
	fmt.Fprintln(&r.out, r.redact(fmt.Sprintf(format, args...)))
}

// names are those that are known to be of this user, this computer and this connection: a person may be called as any other word.
func (r *report) names(c config.Config) {
	r.b.name(c.Identity(), "this user")
	if u, err := user.Current(); err == nil {
		r.b.name(u.Username, "this user")
		r.b.name(u.Name, "this user")
		r.b.name(u.HomeDir, "home")
	}
	if host, err := os.Hostname(); err == nil {
		r.b.name(host, "this computer")
	}
	each(c, func(s setting) {
		if !s.isDefault && !s.safe && !said(s.value) { // what the program says anyway tells nothing
			r.b.name(s.value, s.key)
		}
	})
	r.b.name(c.Path, "configuration file")
}

// told are the libraries whose versions explain faults.
var told = []string{"fyne.io/fyne/v2", "github.com/jackc/pgx/v5", "github.com/Azure/azure-sdk-for-go/sdk/azidentity", "github.com/zalando/go-keyring", "github.com/xuri/excelize/v2"}

func libraryVersions() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var out []string
	for _, m := range info.Deps {
		if slices.Contains(told, m.Path) {
			out = append(out, m.Path+": "+m.Version)
		}
	}
	return out
}

// variables are those of the environment that change how the program works. Whether they are set is told, and no value.
var variables = []string{"PORTAL_CONFIG", "PORTAL_LOG", "PORTAL_LOG_DIR", "PORTAL_CLIENT_SECRET", "PORTAL_DATABASE_PASSWORD", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "FYNE_SCALE", "FYNE_THEME", "FYNE_FONT", "WAYLAND_DISPLAY", "DISPLAY", "XDG_SESSION_TYPE", "SSH_CONNECTION", "SESSIONNAME", "DBUS_SESSION_BUS_ADDRESS"}

func (r *report) environment(lookup func(string) (string, bool)) {
	var set []string
	for _, name := range variables {
		for _, n := range []string{name, strings.ToLower(name)} {
			if v, ok := lookup(n); ok && v != "" {
				set = append(set, n)
				break
			}
		}
	}
	r.line("variables that are set: %s", strings.Join(set, ", "))
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, _ := lookup(name); locale.MatchString(v) {
			r.line("language of the system: %s", v)
			break
		}
	}
}

var locale = regexp.MustCompile(`^[a-z]{2}([_-][A-Z]{2})?(\.UTF-8|\.utf8)?$`)

func (r *report) settings(s Subject) {
	r.head("Settings")
	if s.Err != nil {
		r.line("the configuration can't be used: %s", r.b.text(format.Sentence(s.Err)))
	}
	each(s.Config, func(x setting) {
		_, fromVariable := s.Lookup(x.variable)
		r.line("%s: %s", x.key, x.told(fromVariable))
	})
}

func (r *report) log(l Log) {
	if l == nil {
		return
	}
	if text, at, found := l.Crash(); found {
		r.head("Crash of an earlier start, " + at.UTC().Format(time.RFC3339))
		for _, line := range crash(text, r.b) {
			r.line("%s", line)
		}
	}
	r.head("End of the log")
	lines, err := l.LogTail(tailLines)
	if err != nil {
		r.line("the log can't be read: %s", r.b.text(err.Error()))
	}
	for _, line := range lines {
		r.line("%s", logLine(line, r.b))
	}
}

package secrets

import (
	"net/url"
	"regexp"
	"strings"
)

// secretVariable matches the names of environment variables that hold secrets, such as PGPASSWORD.
var secretVariable = regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|token|api_?key|account_?key|connection_?string)$`)

// A value of a variable that is not ours is taken for a secret from this length on, in bytes: SOME_TOKEN=1 is none.
const shortestForeign = 8

// Surrounding are the secrets in the environment of this process (os.Environ), whoever they belong to: none of them is
// ever to be shown. A proxy's password is among them.
func Surrounding(environ []string) []Secret {
	var out []Secret
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		value = strings.TrimRight(value, "\r\n")
		switch {
		case name == ClientSecret.Variable(), name == DatabasePassword.Variable(), name == "PGPASSWORD":
			out = append(out, New(value))
		case secretVariable.MatchString(name):
			if len(value) >= shortestForeign {
				out = append(out, New(value))
			}
		default:
			if u, err := url.Parse(value); err == nil && u.User != nil {
				if password, ok := u.User.Password(); ok {
					out = append(out, New(password))
				}
			}
		}
	}
	return out
}

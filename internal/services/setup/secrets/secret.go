// Package secrets keeps the two secrets of a configuration in the operating system's keyring, or takes them from the
// environment. It also takes secrets out of texts. It writes nothing to a file.
package secrets

import (
	"fmt"
	"log/slog"
)

const hidden = "***"

// Secret is a value that does not show itself: printed, logged or written as JSON it is ***.
//
// The value stands behind a pointer, because fmt calls no methods on what sits in an unexported field of another struct.
type Secret struct{ value *string }

// New makes a Secret of a value.
func New(value string) Secret { return Secret{&value} }

// Reveal returns the value, for the one place that sends it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty tells whether there is a value.
func (s Secret) Empty() bool { return s.Reveal() == "" }

func (Secret) String() string   { return hidden }
func (Secret) GoString() string { return hidden }

// Format covers every verb, %x and %+v as well.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue is what log/slog shows.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText covers JSON, TOML and XML.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

package cli

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"sync"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// screen is the one way to a standard stream: nothing gets past it that moves the cursor, turns the direction of writing,
// or is a secret, whichever command prints it.
type screen struct {
	mu    sync.Mutex
	safe  *plaintext.Writer
	clean *secrets.Writer
}

func newScreen(clean *secrets.Writer) *screen {
	return &screen{safe: plaintext.NewWriter(clean), clean: clean}
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.safe.Write(p)
}

// Flush writes what waits for its end, such as a line without one.
func (s *screen) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(s.safe.Flush(), s.clean.Flush())
}

// guarded is the program with a screen before each of its streams, and what writes their last bytes.
func (p Program) guarded() (guarded Program, flush func() error) {
	redactor := p.Redactor
	if redactor == nil {
		redactor = &secrets.Redactor{}
	}
	out, data, errs := newScreen(redactor.Writer(p.Out)), newScreen(redactor.DataWriter(p.Out)), newScreen(redactor.Writer(p.Err))
	p.Out, p.data, p.Err = out, data, errs
	return p, func() error { return errors.Join(out.Flush(), data.Flush(), errs.Flush()) }
}

// Texts from outside are shown up to so many characters.
const (
	longestText  = 2000
	longestError = 8000
)

// printJSON prints a document. What a terminal would obey or not show is escaped in it, so it means what it meant.
func (p Program) printJSON(v any) error {
	if err := writeDocument(p.data, v); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}

// say writes a line about the work to standard error.
func (p Program) say(format string, a ...any) { printLine(p.Err, format, a) }

// print writes a line of what was asked for to standard output.
func (p Program) print(format string, a ...any) { printLine(p.Out, format, a) }

func printLine(w io.Writer, format string, a []any) {
	shown := make([]any, len(a))
	for i, v := range a {
		shown[i] = fit(v)
	}
	fmt.Fprintf(w, format+"\n", shown...)
}

// fit is a value as it may be shown within a line: no text from outside makes a line of its own.
func fit(v any) any {
	switch v := v.(type) {
	case error:
		return plaintext.Line(v.Error(), longestText)
	case fmt.Stringer:
		return plaintext.Line(v.String(), longestText)
	}
	if of := reflect.ValueOf(v); of.Kind() == reflect.String {
		return plaintext.Line(of.String(), longestText)
	}
	return v
}

// printValue writes one value alone on its line, for scripts: each blank of it is kept, as it may be a file's name.
func (p Program) printValue(value string) {
	fmt.Fprintln(p.Out, strings.ReplaceAll(plaintext.Safe(value), "\n", string(plaintext.Mark)))
}

// errorText is what is printed of an error: one line, but for the two that are lists, whose parts are one each.
func errorText(err error) string {
	if e, ok := errors.AsType[*UndecidedError](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*config.InvalidError](err); ok {
		shown := &config.InvalidError{Path: plaintext.Line(e.Path, longestText)}
		for _, problem := range e.Problems {
			shown.Problems = append(shown.Problems, plaintext.Line(problem, longestText))
		}
		return shown.Error()
	}
	return plaintext.Line(err.Error(), longestError)
}

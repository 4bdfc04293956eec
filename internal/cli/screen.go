package cli

import (
	"encoding/json"
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

// keepTabs passes tabs on: in an answer to a shell they part what can be typed from what is said of it.
func (s *screen) keepTabs() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.safe.KeepTabs()
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

// printLineJSON prints a document on a line of its own, for who reads them as they come.
func (p Program) printLineJSON(v any) error {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	if err == nil {
		_, err = p.data.Write(plaintext.JSON([]byte(text.String())))
	}
	if err = errors.Join(err, flushed(p.data)); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}

// flushed has a stream write what it holds back.
func flushed(w io.Writer) error {
	if f, ok := w.(interface{ Flush() error }); ok {
		return f.Flush()
	}
	return nil
}

// say writes a line about the work to standard error.
func (p Program) say(format string, a ...any) { _ = printLine(p.Err, format, a) }

// print writes a line of what was asked for to standard output.
func (p Program) print(format string, a ...any) { _ = printLine(p.Out, format, a) }

// printNow is print for who reads the lines as they come.
func (p Program) printNow(format string, a ...any) error {
	if err := errors.Join(printLine(p.Out, format, a), flushed(p.Out)); err != nil {
		return fmt.Errorf("writing to standard output: %w", err)
	}
	return nil
}

func printLine(w io.Writer, format string, a []any) error {
	shown := make([]any, len(a))
	for i, v := range a {
		shown[i] = fit(v)
	}
	_, err := fmt.Fprintf(w, format+"\n", shown...)
	return err
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
			shown.Problems = append(shown.Problems, errors.New(plaintext.Line(problem.Error(), longestText)))
		}
		return shown.Error()
	}
	return plaintext.Line(err.Error(), longestError)
}

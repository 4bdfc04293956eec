package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"fabricportal/internal/services/setup/secrets"
)

// longestSecret bounds a line of standard input, in bytes; a keyring takes less.
const longestSecret = 16 << 10

var errNoSecret = errors.New("no secret came on standard input")

// askSecret reads a secret: from a terminal without showing it, else the first line of standard input. From then on it
// is printed nowhere.
func (p Program) askSecret(ctx context.Context, name string) (string, error) {
	var line string
	var err error
	if fd, ok := p.terminal(); ok {
		line, err = p.askUnseen(ctx, fd, name)
	} else {
		line, err = bufio.NewReader(io.LimitReader(p.In, longestSecret+1)).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	value := strings.TrimRight(line, "\r\n")
	switch {
	case err != nil:
		return "", err
	case value == "":
		return "", errNoSecret
	case len(value) > longestSecret:
		return "", errors.New("the line is too long to be a secret: check what was piped in")
	}
	if p.Redactor != nil {
		p.Redactor.Add(secrets.New(value))
	}
	return value, nil
}

// askMissing asks on the terminal for a secret that nothing on this computer keeps.
func (p Program) askMissing(ctx context.Context, name secrets.Name) (secrets.Secret, error) {
	p.say("this computer's keyring can't be used, and %s is not set: what you type now is kept in memory until this command ends, and nowhere else", name.Variable())
	value, err := p.askSecret(ctx, string(name))
	return secrets.New(value), err
}

// terminal is the number of standard input where a person types there.
func (p Program) terminal() (fd int, ok bool) {
	f, ok := p.In.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// askUnseen asks on a terminal that shows nothing of what is typed. The reading itself can't be interrupted: where ctx
// ends first, the terminal is put back, and what is typed later is dropped with the program.
func (p Program) askUnseen(ctx context.Context, fd int, name string) (string, error) {
	before, err := term.MakeRaw(fd) // before it asks: who types at once is not to see it either
	if err != nil {
		return "", fmt.Errorf("the terminal can't be used: pipe the secret in (%w)", err)
	}
	p.prompt(name + " (what you type is not shown), then Enter: ")
	defer p.say("")
	defer func() { _ = term.Restore(fd, before) }() // it could be set a moment ago
	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := typed(p.In)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		return a.line, a.err
	case <-ctx.Done():
		return "", errInterrupted
	}
}

var errInterrupted = errors.New("it was interrupted")

// The keys that a terminal passes on as they are while it shows nothing.
const (
	keyInterrupt = 0x03
	keyEnd       = 0x04
	keyBackspace = 0x08
	keyClear     = 0x15
	keyDelete    = 0x7f
)

// typed reads up to Enter, with the keys by which people correct themselves.
func typed(in io.Reader) (string, error) {
	var line []byte
	key := make([]byte, 1)
	for len(line) <= longestSecret {
		if _, err := io.ReadFull(in, key); errors.Is(err, io.EOF) {
			return string(line), nil
		} else if err != nil {
			return "", err
		}
		switch key[0] {
		case '\r', '\n':
			return string(line), nil
		case keyInterrupt:
			return "", errInterrupted
		case keyEnd:
			if len(line) == 0 {
				return "", errNoSecret
			}
		case keyBackspace, keyDelete:
			_, size := utf8.DecodeLastRune(line)
			line = line[:len(line)-size]
		case keyClear:
			line = line[:0]
		default:
			line = append(line, key[0])
		}
	}
	return string(line), nil
}

// prompt writes a text that waits for an answer on its own line.
func (p Program) prompt(text string) {
	fmt.Fprint(p.Err, text)
	if s, ok := p.Err.(*screen); ok {
		_ = s.Flush() // a stream that fails is told of at the end
	}
}

package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

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

// terminal is the number of standard input where a person types there.
func (p Program) terminal() (fd int, ok bool) {
	f, ok := p.In.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// askUnseen asks on a terminal whose echo is off. The reading itself can't be interrupted: where ctx ends first, the
// terminal is put back, and what is typed later is dropped with the program.
func (p Program) askUnseen(ctx context.Context, fd int, name string) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("the terminal can't be used: pipe the secret in (%w)", err)
	}
	p.prompt(name + " (what you type is not shown), then Enter: ")
	defer p.say("")
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		if errors.Is(a.err, io.EOF) {
			a.err = nil
		}
		return string(a.line), a.err
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), term.Restore(fd, before))
	}
}

// prompt writes a text that waits for an answer on its own line.
func (p Program) prompt(text string) {
	fmt.Fprint(p.Err, text)
	if s, ok := p.Err.(*screen); ok {
		_ = s.Flush() // a stream that fails is told of at the end
	}
}

package cli

import (
	"context"
	"fmt"
	"io"
	"testing"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/setup/secrets"
)

// manyFiles is a portal with as many files as ten megabytes of JSON.
type manyFiles struct {
	Portal
	files []artifacts.File
}

func (m manyFiles) Files(context.Context) ([]artifacts.File, error) { return m.files, nil }
func (m manyFiles) Close()                                          {}

func BenchmarkFiles(b *testing.B) {
	m := manyFiles{}
	for n := range 60_000 {
		name := fmt.Sprintf("Umsatz März 2026 %d.xlsx", n)
		m.files = append(m.files, artifacts.File{Name: name, Path: "Files/import/" + name, Size: 123456, Modified: noon})
	}
	for _, args := range [][]string{{"files", "--json"}, {"files"}} {
		b.Run(fmt.Sprint(args), func(b *testing.B) {
			size := &counted{}
			p := Program{
				Redactor: secrets.NewRedactor(secrets.New(planted), secrets.New("another-Secret-of-24-chr")), Out: size, Err: io.Discard,
				Open: func(context.Context, string) (Portal, error) { return m, nil },
			}
			for b.Loop() {
				if Execute(b.Context(), p, args) != ExitDone {
					b.Fatal("it failed")
				}
			}
			b.SetBytes(size.n / int64(b.N))
		})
	}
}

type counted struct{ n int64 }

func (c *counted) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

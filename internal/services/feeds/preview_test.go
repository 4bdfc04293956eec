package feeds

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
)

// spring gives a beginning, then the same text for ever, and counts what was taken.
type spring struct {
	Files
	begin, again string
	taken        int
}

func (s *spring) Open(context.Context, string) (io.ReadCloser, artifacts.File, error) {
	s.taken = 0
	return io.NopCloser(s), artifacts.File{}, nil
}

func (s *spring) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		at := s.taken
		if at < len(s.begin) {
			p[n] = s.begin[at]
		} else {
			p[n] = s.again[(at-len(s.begin))%len(s.again)]
		}
		n++
		s.taken++
	}
	return n, nil
}

func TestThePreviewReadsNoMoreThanItShows(t *testing.T) {
	for name, c := range map[string]struct {
		begin, again string
		rows, most   int
	}{
		"a line without an end":          {"order_id,revenue\nA,2\nB,", "x", 1, previewBytes},
		"a quotation mark, never closed": {"order_id,revenue\nA,2\n\"", "x", 1, previewBytes},
		"nothing but delimiters":         {"order_id,revenue\nA,2\n", ",", 1, previewBytes},
		"line ends only":                 {"order_id,revenue\nA,2\n", "\n", 1, previewBytes},
		"a header without an end":        {"order_id,", "x", 0, previewBytes},
		"bytes that are no text":         {"order_id,revenue\nA,2\n", "\x00\xff", 1, previewBytes},
		"ordinary rows":                  {"order_id,revenue\n", "A,2\n", previewRows, previewFirst},
		"long rows":                      {"order_id,revenue\n", strings.Repeat("A", 50_000) + ",2\n", 20, previewBytes},
	} {
		t.Run(name, func(t *testing.T) {
			source := &spring{begin: c.begin, again: c.again}
			s := &Service{src: Sources{Files: source}}
			p, err := s.preview(t.Context())
			require.NoError(t, err)
			require.LessOrEqual(t, source.taken, c.most)
			require.Len(t, p.Rows, c.rows)
			for _, row := range p.Rows {
				for _, cell := range row {
					require.LessOrEqual(t, len([]rune(cell)), previewChars)
				}
			}
		})
	}
}

func TestThePreviewIsPlain(t *testing.T) {
	p, err := firstRows(t.Context(), []byte("\ufeffn\u202eame,\"two\nlines\"\r\n\"a\u202eb\x1b[31mc\",\"x\ny\"\n1"), false)
	require.NoError(t, err)
	require.Equal(t, "[n�ame two lines] [[a�b�c x y]]", fmt.Sprint(p.Columns, " ", p.Rows))
	p, err = firstRows(t.Context(), []byte("a,b\n1,2\n3"), true)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"1", "2"}, {"3"}}, p.Rows, "of a whole file the last line counts")
}

package firstrows

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// spring gives a beginning, then the same text for ever, and counts what was taken.
type spring struct {
	begin, again string
	taken        int
}

func (s *spring) Read(p []byte) (int, error) {
	for n := range p {
		if at := s.taken; at < len(s.begin) {
			p[n] = s.begin[at]
		} else {
			p[n] = s.again[(at-len(s.begin))%len(s.again)]
		}
		s.taken++
	}
	return len(p), nil
}

func TestNoMoreIsReadThanIsShown(t *testing.T) {
	for name, c := range map[string]struct {
		begin, again string
		rows, most   int
	}{
		"a line without an end":          {"order_id,revenue\nA,2\nB,", "x", 1, mostBytes},
		"a quotation mark, never closed": {"order_id,revenue\nA,2\n\"", "x", 1, mostBytes},
		"nothing but delimiters":         {"order_id,revenue\nA,2\n", ",", 1, mostBytes},
		"line ends only":                 {"order_id,revenue\nA,2\n", "\n", 1, mostBytes},
		"a header without an end":        {"order_id,", "x", 0, mostBytes},
		"bytes that are no text":         {"order_id,revenue\nA,2\n", "\x00\xff", 1, mostBytes},
		"ordinary rows":                  {"order_id,revenue\n", "A,2\n", 200, firstBytes},
		"long rows":                      {"order_id,revenue\n", strings.Repeat("A", 50_000) + ",2\n", 20, mostBytes},
	} {
		t.Run(name, func(t *testing.T) {
			source := &spring{begin: c.begin, again: c.again}
			first, err := Read(t.Context(), source, 200)
			require.NoError(t, err)
			require.LessOrEqual(t, source.taken, c.most)
			require.Len(t, first.Rows, c.rows)
			for _, row := range first.Rows {
				for _, cell := range row {
					require.LessOrEqual(t, len([]rune(cell)), cellChars)
				}
			}
		})
	}
}

func TestTheRowsArePlain(t *testing.T) {
	first, err := rowsOf(t.Context(), []byte("\ufeffn\u202eame,\"two\nlines\"\r\n\"a\u202eb\x1b[31mc\",\"x\ny\"\n1"), false, 200)
	require.NoError(t, err)
	require.Equal(t, "[n�ame two lines] [[a�b�c x y]]", fmt.Sprint(first.Columns, " ", first.Rows))
	first, err = Read(t.Context(), strings.NewReader("a,b\n1,2\n3"), 200)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"1", "2"}, {"3"}}, first.Rows, "of a whole file the last line counts")
	first, err = Read(t.Context(), strings.NewReader("a,b\n1,2\n3,4\n"), 1)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"1", "2"}}, first.Rows)
	broken := errors.New("broken")
	_, err = Read(t.Context(), iotest.ErrReader(broken), 1)
	require.ErrorIs(t, err, broken)
}

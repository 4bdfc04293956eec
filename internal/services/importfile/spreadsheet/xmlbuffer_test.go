package spreadsheet

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/inflate"
)

// cutPieces gives a text in pieces of any size, and spoils each as soon as the next is given.
type cutPieces struct {
	rest   string
	before []byte // what was given
	last   []byte
	size   func() int
}

func (c *cutPieces) piece() ([]byte, int, error) {
	if len(c.rest) == 0 {
		return nil, 0, io.EOF
	}
	for i := range c.last {
		c.last[i] = '?'
	}
	n := min(c.size(), len(c.rest))
	buf := make([]byte, inflate.Window+n)
	copy(buf[inflate.Window-min(len(c.before), inflate.Window):], c.before[len(c.before)-min(len(c.before), inflate.Window):])
	copy(buf[inflate.Window:], c.rest)
	c.before, c.rest, c.last = append(c.before, c.rest[:n]...), c.rest[n:], buf
	return buf, n, nil
}

// tokensOf is everything that a tokenizer finds, pieces of one text joined.
func tokensOf(t *testing.T, x *xmlReader) []string {
	t.Helper()
	var all []string
	var text strings.Builder
	for {
		kind, err := x.next()
		require.NoError(t, err)
		if kind == tokenText {
			text.Write(x.text)
			continue
		}
		if text.Len() > 0 {
			all = append(all, text.String())
			text.Reset()
		}
		switch kind {
		case tokenEOF:
			return all
		case tokenStart:
			all = append(all, fmt.Sprintf("<%s%s>", x.name, x.attrs))
		case tokenEnd:
			all = append(all, fmt.Sprintf("</%s>", x.name))
		}
	}
}

func TestPiecesAreReadAsTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var doc strings.Builder
	doc.WriteString("\ufeff<sheet>")
	for range 300 {
		length := random.IntN(40)
		if random.IntN(20) == 0 {
			length = random.IntN(3 * inflate.Window)
		}
		value := strings.Repeat("ä&amp;x", length/3)
		switch random.IntN(3) {
		case 0:
			fmt.Fprintf(&doc, "<c r=\"%s\"/>", value)
		case 1:
			fmt.Fprintf(&doc, "<v>%s</v>", value)
		default:
			fmt.Fprintf(&doc, "<!-- %s --><t><![CDATA[%s]]></t>", value, value)
		}
	}
	doc.WriteString("</sheet>")
	whole, err := newXMLReader(strings.NewReader(doc.String()))
	require.NoError(t, err)
	want := tokensOf(t, whole)
	require.Greater(t, len(want), 500)

	for _, most := range []int{1 << 8, 1 << 12, 1 << 16, 1 << 20} {
		source := &cutPieces{rest: doc.String(), size: func() int { return 1 + random.IntN(most) }}
		x, err := startXML(&xmlReader{pieces: source})
		require.NoError(t, err)
		require.Equal(t, want, tokensOf(t, x), "pieces of up to %d bytes", most)
	}
}

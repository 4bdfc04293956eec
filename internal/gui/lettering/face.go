package lettering

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/style"
)

// Face is how a text is written: its size in Fyne's units, at the normal text size, and its weight.
type Face struct {
	Size float32
	Bold bool
}

// Style is the face's style in Fyne's words.
func (f Face) Style() fyne.TextStyle { return fyne.TextStyle{Bold: f.Bold} }

// Width is the width of a line.
func (f Face) Width(line string) float32 {
	if line == "" {
		return 0
	}
	return fyne.MeasureText(line, style.Scaled(f.Size), f.Style()).Width
}

// drawn is the width of a line in exactly the face's size.
func (f Face) drawn(line string) float32 {
	return fyne.MeasureText(line, f.Size, f.Style()).Width
}

// Room is about the width of a line, which is known at once: that of its letters, each alone.
func (f Face) Room(line string) float32 {
	var sum float32
	f.with(func(t *table) {
		for _, r := range line {
			sum += t.advance(r)
		}
	})
	return sum
}

// Height is the height of any line.
func (f Face) Height() float32 { return fyne.MeasureText("M", style.Scaled(f.Size), f.Style()).Height }

// Cut is as much of a line as fits into a width, with an ellipsis where it is not all.
func (f Face) Cut(line string, width float32) (out string) {
	f.with(func(t *table) { out = fitter{f.Width, t.advance}.cut(line, width) })
	return out
}

// Middle is Cut that leaves both ends, of a name whose ending says what it is; the beginning has a little more.
func (f Face) Middle(line string, width float32) (out string) {
	f.with(func(t *table) { out = fitter{f.Width, t.advance}.middle(line, width) })
	return out
}

// Wrap breaks a text into lines at blanks; a word that does not fit alone is broken anywhere.
func (f Face) Wrap(text string, width float32) (lines []string) {
	f.with(func(t *table) { lines = fitter{f.Width, t.advance}.wrap(text, width) })
	return lines
}

// table holds the widths of a face's single letters. Adding them up costs nothing; measuring each beginning of a long word
// would take a time that grows with the square of its length.
type table struct {
	face  Face                   // as it is written, in the text size that was chosen
	ascii [utf8.RuneSelf]float32 // 0 where it is not known yet
	other map[rune]float32
}

// mostOther bounds how many letters beyond ASCII are kept.
const mostOther = 20_000

func (t *table) advance(r rune) float32 {
	if r < utf8.RuneSelf {
		if t.ascii[r] == 0 {
			t.ascii[r] = t.face.drawn(string(r))
		}
		return t.ascii[r]
	}
	w, ok := t.other[r]
	if !ok {
		if len(t.other) >= mostOther {
			clear(t.other)
		}
		w = t.face.drawn(string(r))
		t.other[r] = w
	}
	return w
}

var tables = struct {
	sync.Mutex
	of map[Face]*table
}{of: map[Face]*table{}}

// with calls do with a face's table; others wait meanwhile.
func (f Face) with(do func(*table)) {
	tables.Lock()
	defer tables.Unlock()
	drawn := Face{Size: style.Scaled(f.Size), Bold: f.Bold}
	t := tables.of[drawn]
	if t == nil {
		t = &table{face: drawn, other: map[rune]float32{}}
		tables.of[drawn] = t
	}
	do(t)
}

// fitter cuts and wraps by the widths of letters; the width of what it gives is measured once, as letters that stand
// together may need more or less room than each alone.
type fitter struct {
	width   func(line string) float32
	advance func(r rune) float32
}

// slack is by how much letters may be narrower together than each alone: up to there the whole is measured.
const slack = 1.25

// fitting is how many letters fit, by the widths of each, and whether these are all.
func (f fitter) fitting(letters []rune, width float32) (n int, all bool) {
	var sum float32
	for i, r := range letters {
		if sum += f.advance(r); sum > width {
			return i, false
		}
	}
	return len(letters), true
}

// whole says whether all letters fit beside each other.
func (f fitter) whole(letters []rune, width float32) bool {
	_, near := f.fitting(letters, width*slack)
	return near && f.width(string(letters)) <= width
}

// settle takes letters away until what is written of them fits.
func (f fitter) settle(n int, width float32, written func(n int) string) int {
	for n > 1 {
		w := f.width(written(n))
		if w <= width {
			break
		}
		n = max(1, min(n-1, int(float32(n)*width/w)))
	}
	return n
}

func (f fitter) cut(line string, width float32) string {
	letters := []rune(line)
	if f.whole(letters, width) {
		return line
	}
	written := func(n int) string { return strings.TrimRight(string(letters[:n]), " ") + "…" }
	n, _ := f.fitting(letters, width-f.advance('…'))
	return written(f.settle(n, width, written))
}

func (f fitter) middle(line string, width float32) string {
	letters := []rune(line)
	if f.whole(letters, width) {
		return line
	}
	written := func(n int) string {
		head := (3*n + 4) / 5
		tail := len(letters) - (n - head)
		for head > 0 && belongs(letters, head) {
			head--
		}
		for tail < len(letters) && belongs(letters, tail) {
			tail++
		}
		return strings.TrimRight(string(letters[:head]), " ") + "…" + strings.TrimLeft(string(letters[tail:]), " ")
	}
	n, _ := f.fitting(letters, width-f.advance('…'))
	return written(f.settle(min(n, len(letters)-1), width, written))
}

// belongs tells whether a letter is drawn together with the one before it.
func belongs(letters []rune, i int) bool {
	return i > 0 && i < len(letters) && (unicode.In(letters[i], unicode.Mn, unicode.Me, unicode.Cf) || letters[i-1] == '\u200d')
}

func (f fitter) wrap(text string, width float32) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		letters := []rune(strings.Join(strings.Fields(paragraph), " "))
		if len(letters) == 0 {
			lines = append(lines, "")
		}
		for len(letters) > 0 {
			n := f.line(letters, width)
			lines = append(lines, strings.TrimRight(string(letters[:n]), " "))
			for n < len(letters) && letters[n] == ' ' {
				n++
			}
			letters = letters[n:]
		}
	}
	return lines
}

// line is how many letters the next line takes, at least one.
func (f fitter) line(letters []rune, width float32) int {
	n, all := f.fitting(letters, width)
	if !all && f.whole(letters, width) {
		return len(letters)
	}
	for {
		if n < len(letters) {
			n = breakAt(letters, n)
		}
		fits := f.settle(n, width, func(n int) string { return strings.TrimRight(string(letters[:n]), " ") })
		if fits == n {
			return n
		}
		n = fits
	}
}

// breakAt is the last place up to n where a line can end: behind a word, else before any letter that no mark belongs to.
func breakAt(letters []rune, n int) int {
	if letters[n] == ' ' {
		return max(1, n)
	}
	for i := n - 1; i > 0; i-- {
		if letters[i] == ' ' {
			return i
		}
	}
	for i := n; i > max(1, n-16); i-- {
		if !belongs(letters, i) {
			return i
		}
	}
	return max(1, n)
}

// Package datatable shows rows: Rows for things to choose from, one row each; Grid for the cells of a data file. Both
// draw only what is in sight.
package datatable

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
)

// Cell is what stands in a row's column, ready to be drawn.
type Cell struct {
	Text  string
	Color fyne.ThemeColorName // "": the ordinary one
	Bold  bool
	Shape controls.Shape      // before the text; "": none
	Tint  fyne.ThemeColorName // of the shape; "": the text's
	Note  string              // below the text, in a column with notes
	Bars  []int64             // instead of a text, in a column of bars
}

// Column describes a column of Rows.
type Column struct {
	Title string
	Width float32 // at least, in Fyne's units
	Grow  float32 // its part of the width that is left
	Right bool    // numbers stand to the right
	Mark  bool    // cells have a shape before the text
	Note  bool    // cells have a note below the text; the rows are higher then
	Bars  bool    // cells are small histograms
}

// tall is the height of rows with notes.
const tall float32 = 44

func rowHeight(columns []Column) float32 {
	for _, c := range columns {
		if c.Note {
			return tall
		}
	}
	return style.Row
}

// Rows is a table of which one row can be chosen. R is the row's view model: its texts are ready.
type Rows[R comparable] struct {
	*fyne.Container
	name     string // for the probe; a row's is name.0, name.1 …
	columns  []Column
	cells    func(R) []Cell
	key      func(R) string
	onChosen func(R)

	rows    []R
	chosen  string // key of the chosen row
	list    *rowList
	alive   map[*rowView]int // the row that each drawn view shows
	setting bool
	empty   *controls.Empty
}

// NewRows makes a table. key tells rows apart when they are replaced; onChosen may be nil. empty is shown when there
// are no rows; it may be nil.
func NewRows[R comparable](name string, columns []Column, cells func(R) []Cell, key func(R) string, onChosen func(R), empty *controls.Empty) *Rows[R] {
	t := &Rows[R]{name: name, columns: columns, cells: cells, key: key, onChosen: onChosen, alive: map[*rowView]int{}, empty: empty}
	t.list = newRowList()
	t.list.Length = func() int { return len(t.rows) }
	t.list.CreateItem = func() fyne.CanvasObject { return newRowView(columns) }
	t.list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		view := o.(*rowView)
		if i < 0 || i >= len(t.rows) { // rows may have gone between layout and drawing
			return
		}
		for other, at := range t.alive {
			if at == i && other != view {
				delete(t.alive, other)
			}
		}
		t.alive[view] = i
		view.set(t.cells(t.rows[i]))
	}
	t.list.OnSelected = func(i widget.ListItemID) {
		if i < 0 || i >= len(t.rows) || t.setting {
			return
		}
		key := t.key(t.rows[i])
		t.chosen = key
		if t.onChosen != nil {
			t.onChosen(t.rows[i])
		}
	}
	t.list.copied = t.copyText
	body := container.NewStack(container.NewThemeOverride(t.list, &tightTheme{}))
	if empty != nil {
		body.Add(empty.Container)
	}
	header := newHeader(columns)
	t.Container = container.NewBorder(header, nil, nil, nil, newProbed(body, t.probeChildren))
	t.showEmpty()
	return t
}

// probed hands the drawn rows to the probe, which can't look into Fyne's list.
type probed struct {
	object   *fyne.Container
	children func() []fyne.CanvasObject
	widget.BaseWidget
}

func newProbed(object *fyne.Container, children func() []fyne.CanvasObject) *probed {
	p := &probed{object: object, children: children}
	p.ExtendBaseWidget(p)
	return p
}

func (p *probed) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(p.object)
}
func (p *probed) ProbeChildren() []fyne.CanvasObject { return p.children() }

func (t *Rows[R]) probeChildren() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	if t.empty != nil {
		out = append(out, t.empty.Container)
	}
	views := make([]*rowView, 0, len(t.alive))
	for view, at := range t.alive {
		if at < len(t.rows) {
			view.probeName = fmt.Sprintf("%s.%d", t.name, at)
			view.chosen = t.key(t.rows[at]) == t.chosen
			views = append(views, view)
		}
	}
	slices.SortFunc(views, func(a, b *rowView) int { return t.alive[a] - t.alive[b] })
	for _, v := range views {
		out = append(out, v)
	}
	return out
}

// Set replaces the rows. The chosen row stays chosen while it is there; nothing is drawn when all are the same.
func (t *Rows[R]) Set(rows []R) {
	if slices.Equal(rows, t.rows) {
		return
	}
	t.rows = rows
	for view, at := range t.alive {
		if at >= len(rows) {
			delete(t.alive, view)
		}
	}
	t.showEmpty()
	t.list.Refresh()
	t.mark()
}

// Rows is what is shown.
func (t *Rows[R]) Rows() []R { return t.rows }

// Chosen is the chosen row.
func (t *Rows[R]) Chosen() (R, bool) {
	for _, r := range t.rows {
		if t.key(r) == t.chosen {
			return r, true
		}
	}
	var zero R
	return zero, false
}

// Choose marks the row with the key without telling onChosen; "" marks none.
func (t *Rows[R]) Choose(key string) {
	t.chosen = key
	t.mark()
}

func (t *Rows[R]) mark() {
	t.setting = true
	defer func() { t.setting = false }()
	at := slices.IndexFunc(t.rows, func(r R) bool { return t.key(r) == t.chosen })
	if t.chosen == "" || at < 0 {
		t.list.UnselectAll()
		return
	}
	t.list.Select(at)
}

func (t *Rows[R]) showEmpty() {
	if t.empty != nil {
		t.empty.Shown(len(t.rows) == 0)
	}
}

// copyText is the chosen row as tab-separated text.
func (t *Rows[R]) copyText() string {
	r, ok := t.Chosen()
	if !ok {
		return ""
	}
	var texts []string
	for _, c := range t.cells(r) {
		texts = append(texts, c.Text)
	}
	return strings.Join(texts, "\t")
}

// rowList is Fyne's list where the arrow keys choose, and Ctrl+C copies the chosen row.
type rowList struct {
	widget.List
	at     int
	copied func() string
}

func newRowList() *rowList {
	l := &rowList{at: -1}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// TypedKey moves the choice.
func (l *rowList) TypedKey(e *fyne.KeyEvent) {
	n := l.Length()
	if n == 0 {
		return
	}
	switch e.Name {
	case fyne.KeyUp:
		l.at--
	case fyne.KeyDown:
		l.at++
	case fyne.KeyPageUp:
		l.at -= 10
	case fyne.KeyPageDown:
		l.at += 10
	case fyne.KeyHome:
		l.at = 0
	case fyne.KeyEnd:
		l.at = n - 1
	default:
		l.List.TypedKey(e)
		return
	}
	l.at = max(0, min(n-1, l.at))
	l.Select(l.at)
}

// Select notes where the arrow keys go on from.
func (l *rowList) Select(i widget.ListItemID) {
	l.at = i
	l.List.Select(i)
}

// TypedShortcut copies.
func (l *rowList) TypedShortcut(s fyne.Shortcut) {
	if _, ok := s.(*fyne.ShortcutCopy); !ok || l.copied == nil {
		return
	}
	if text := l.copied(); text != "" {
		fyne.CurrentApp().Clipboard().SetContent(text)
	}
}

package chart

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
)

func TestABarIsChosenByClickAndKey(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	b := NewBars()
	b.Resize(fyne.NewSize(300, 3*barPitch()))
	w := test.NewTempWindow(t, b)
	w.Resize(fyne.NewSize(320, 3*barPitch()+20))
	b.Set([]Bar{{Label: "a", Value: 3}, {Label: "b", Value: 2, Chosen: true}, {Label: "c", Value: 1}}, Rest{})
	require.True(t, b.Disabled(), "no key stops at a chart of which nothing can be chosen")
	b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, 5)}) // nothing comes of it

	var got []string
	b.OnChosen = func(label string, more bool) {
		require.False(t, more)
		got = append(got, label)
	}
	require.False(t, b.Disabled())
	pitch := b.r.pitch
	for i := range 3 {
		b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, pitch*(float32(i)+0.5))})
	}
	b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(10, pitch*3+50)}) // below the last
	require.Equal(t, []string{"a", "b", "c"}, got)
	w.Canvas().Focus(b)
	require.True(t, b.r.ring.Visible())
	for _, key := range []fyne.KeyName{fyne.KeyHome, fyne.KeyReturn, fyne.KeyDown, fyne.KeySpace, fyne.KeyEnd, fyne.KeyDown, fyne.KeyEnter} {
		b.TypedKey(&fyne.KeyEvent{Name: key})
	}
	require.Equal(t, []string{"a", "b", "c", "a", "b", "c"}, got)
	w.Canvas().Unfocus()
	require.False(t, b.r.ring.Visible())

	asked := false
	b.OnMenu = func(fyne.Position) { asked = true }
	b.TappedSecondary(&fyne.PointEvent{})
	require.True(t, asked, "the right button still asks for the menu")
}

// TestWhatIsNotChosenDiffersByMoreThanItsColour: a chosen bar is filled and the others are hollow; without a choice all are filled.
func TestWhatIsNotChosenDiffersByMoreThanItsColour(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	b := NewBars()
	b.Resize(fyne.NewSize(300, 3*barPitch()))
	w := test.NewTempWindow(t, b)
	w.Resize(fyne.NewSize(320, 3*barPitch()+20))
	filled := func() (out []bool) {
		for _, o := range b.r.objects {
			if r, ok := o.(*canvas.Rectangle); ok && r != b.r.box && r != b.r.ring {
				_, _, _, opaque := r.FillColor.RGBA()
				require.True(t, opaque > 0 || r.StrokeWidth > 0, "a bar can be seen")
				out = append(out, opaque > 0)
			}
		}
		return out
	}
	b.Set([]Bar{{Label: "a", Value: 3}, {Label: "b", Value: 2, Chosen: true}, {Label: "c", Value: 1}}, Rest{})
	require.Equal(t, []bool{false, true, false}, filled())
	b.Set([]Bar{{Label: "a", Value: 3}, {Label: "b", Value: 2}, {Label: "c", Value: 1}}, Rest{})
	require.Equal(t, []bool{true, true, true}, filled())
}

func TestAPointIsChosenByClickAndKey(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	text := func(int) string { return "x" }
	l := NewLine(func(float64) string { return "1" })
	l.Resize(fyne.NewSize(400, 100))
	w := test.NewTempWindow(t, l)
	l.Set(Series{Values: []float64{1, 2, 3}, Label: text, Readout: text, Chosen: []int{1}})
	var got []int
	l.OnChosen = func(i int, _ bool) { got = append(got, i) }
	for _, x := range []float32{0, 0.5, 1} {
		l.Tapped(&fyne.PointEvent{Position: fyne.NewPos(l.r.plot.X+x*l.r.area.Width, 20)})
	}
	w.Canvas().Focus(l)
	for _, key := range []fyne.KeyName{fyne.KeyHome, fyne.KeyRight, fyne.KeyReturn} {
		l.TypedKey(&fyne.KeyEvent{Name: key})
	}
	require.Equal(t, []int{0, 1, 2, 1}, got)
	require.Equal(t, "x", l.r.text.Text(), "the keyboard's point is told of as the mouse's is")

	const width, height = 200, 100
	l.r.area, l.r.ticks = fyne.NewSize(width, height), []float64{0, 4}
	img := l.r.paint(width, height)
	_, _, _, behind := img.At(width/2, 2).RGBA()
	_, _, _, beside := img.At(5, 2).RGBA()
	require.Greater(t, behind, beside, "a column stands behind a chosen point")
	require.True(t, alike(theme.Color(style.Accent), img.At(width/2, height/2+2)))
}

package setup

import (
	"slices"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
)

// input is what is typed into or chosen from. The object is the widget itself: Fyne gives the focus to nothing else.
type input struct {
	object fyne.CanvasObject
	value  func() string
	set    func(string)
}

func newInput(f Field) input {
	if len(f.Choices) > 0 {
		shown := f.Words
		if shown == nil {
			shown = f.Choices
		}
		s := controls.NewSelect("setup."+f.Key, shown, shown[0], nil).Called(f.Label)
		if f.Locked != "" {
			s.Disable()
		}
		return input{s, func() string { return f.Choices[max(0, s.SelectedIndex())] }, func(v string) {
			if i := slices.Index(f.Choices, v); i >= 0 {
				s.SetSelectedIndex(i)
			}
		}}
	}
	e := controls.NewEntry("setup."+f.Key, "", nil).Called(f.Label)
	e.Password = f.Secret
	e.PlaceHolder = f.Kept
	if f.Locked != "" {
		e.Disable()
	}
	return input{e, func() string { return e.Text }, e.SetText}
}

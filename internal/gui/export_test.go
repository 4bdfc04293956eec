package gui

// importingName is the name of the file that the screen Import shows.
func (w *Window) importingName() string { return w.importing.ChosenName() }

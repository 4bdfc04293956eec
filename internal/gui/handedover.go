package gui

import (
	"path/filepath"

	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
)

// ComeForward brings the window before all others, as the program was started once more, and opens the files that it was started with;
// on the window's goroutine.
func (w *Window) ComeForward(files []string) {
	w.comeBack("")
	w.Open(files)
}

// Open opens files that the program was started with on Import; on the window's goroutine. What is to be decided first is not left for it.
func (w *Window) Open(files []string) {
	switch {
	case len(files) == 0:
	case !w.shell.Dialogs.Leave():
		w.frame.Transfer(words.T("{{.Name}} was not opened: something is to be decided here first", "Name", filepath.Base(files[0])))
	default:
		w.openFiles(files)
	}
}

// Say says something in the footer that nobody has to answer; on the window's goroutine.
func (w *Window) Say(text string) { w.frame.Transfer(text) }

// openFiles opens the first of some files, and says so of more than one.
func (w *Window) openFiles(paths []string) {
	w.goTo(shell.Import)
	w.importing.OpenLocal(paths[0])
	if len(paths) > 1 {
		w.frame.Transfer(words.T("only one file is opened at a time: {{.Name}}", "Name", filepath.Base(paths[0])))
	}
}

package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/parts"
)

const dialogWidth = 520

// ask shows a question that names what will happen. The confirming button says it, too; the other one leaves all as it is.
func (w *Window) ask(title, text, confirm, dismiss string, do func()) {
	w.openDialog(title, parts.Wrapped(text), confirm, dismiss, do)
}

// tell shows a text on the user's wish, or the outcome of the user's action.
func (w *Window) tell(title, text string) {
	w.openDialog(title, parts.Wrapped(text), "", lang.L("Close"), nil)
}

// fail says in one sentence why what the user asked for was not done.
func (w *Window) fail(title string, err error) { w.tell(title, w.opts.Actions.Sentence(err)) }

// openDialog shows content with one or two buttons.
func (w *Window) openDialog(title string, content fyne.CanvasObject, confirm, dismiss string, do func()) {
	var d *dialog.CustomDialog
	buttons := container.NewHBox(layout.NewSpacer())
	no := widget.NewButton(dismiss, func() { d.Hide() })
	buttons.Add(no)
	w.opts.Probe.Register("dialog.dismiss", no)
	if confirm != "" {
		yes := parts.Primary(confirm, func() {
			d.Hide()
			do()
		})
		buttons.Add(yes)
		w.opts.Probe.Register("dialog.confirm", yes)
	}
	room := container.New(layout.NewGridWrapLayout(fyne.NewSize(dialogWidth, heightOf(content))), content)
	all := container.NewBorder(nil, container.New(layout.NewCustomPaddedLayout(12, 4, 0, 0), buttons), nil, nil, room)
	d = dialog.NewCustomWithoutButtons(title, all, w.win)
	w.modal++
	remove := w.opts.Probe.Layer(title, all)
	d.SetOnClosed(func() {
		w.modal--
		remove()
	})
	d.Show()
}

// showFiles shows Fyne's dialog for a file. It can be given a size only once it is shown.
func (w *Window) showFiles(d *dialog.FileDialog) {
	w.modal++
	d.SetOnClosed(func() { w.modal-- })
	d.Show()
	d.Resize(fyne.NewSize(820, 560))
}

// heightOf is how high a content is when it is as wide as a dialog: a wrapped text knows only then.
func heightOf(o fyne.CanvasObject) float32 {
	o.Resize(fyne.NewSize(dialogWidth, 10))
	return o.MinSize().Height
}

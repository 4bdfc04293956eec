package importscreen

import (
	"context"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// WaitingRuns is what the screen asks for while another run is active.
type WaitingRuns interface {
	// RunWhenFree runs the file, read as how says, as soon as the lock is free, while this program is open and the file stays as it is.
	RunWhenFree(ctx context.Context, inputFile string, how *contract.ReadOptions) error
	// DropWaiting gives that up.
	DropWaiting()
}

// waitingOffer is the offer to run the chosen file as soon as the lock is free.
type waitingOffer struct {
	screen *Screen
	slot   *tasks.Slot
	button *controls.Button
}

func newWaitingOffer(s *Screen) *waitingOffer {
	w := &waitingOffer{screen: s, slot: s.shell.Runner.NewSlot()}
	w.button = controls.NewButton("import.whenfree", words.T("Run when free"), w.pressed)
	w.button.Hide()
	return w
}

// waiting is what is said while a run waits; "" when none does.
func (w *waitingOffer) waiting() string {
	if w.screen.frame.Waiting == nil {
		return ""
	}
	return words.T("{{.Name}} is run as soon as the lock is free, while this window is open.", "Name", w.screen.frame.Waiting.InputFile)
}

// show offers the waiting run where it can be made, or dropped. held tells whether another run is active.
func (w *waitingOffer) show(held, lakehouseFile bool) {
	waits := w.screen.frame.Waiting != nil
	text := words.T("Run when free")
	if waits {
		text = words.T("Don't wait")
	}
	if w.button.Text != text {
		w.button.SetText(text)
	}
	controls.Toggle(w.button, waits || held && lakehouseFile)
	w.button.Enabled(!w.slot.Busy())
}

func (w *waitingOffer) pressed() {
	s := w.screen
	if s.frame.Waiting != nil {
		s.actions.DropWaiting()
		return
	}
	c := s.chosen
	if c.none() || c.source != lakehouse || w.slot.Busy() || undecided(c.analysis) {
		return
	}
	s.ask(c, words.T("Run the pipeline when it is free?"), words.T("Run when free"), func() { w.wait(c) })
}

func (w *waitingOffer) wait(c choice) {
	s := w.screen
	tasks.Start(w.slot, func(ctx context.Context, _ func(int64, int64)) (struct{}, error) {
		return struct{}{}, s.actions.RunWhenFree(ctx, c.row.name, c.how())
	}, nil, func(_ struct{}, err error) {
		s.update()
		if err != nil {
			s.shell.Dialogs.Tell(words.T("The run can't wait for the lock"), s.shell.Error(err))
		}
	})
	s.update()
}

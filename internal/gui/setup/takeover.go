package setup

import (
	"context"
	"slices"
	"time"

	"fabricportal/internal/gui/choosefile"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// chooseFile takes values over from a file.
func (w *Window) chooseFile() {
	choosefile.Open(w.win, w.dialogs, w.runner, time.Now, choosefile.Request{Title: words.T("Import from a file"), Chosen: w.TakeOver})
}

// locked tells whether a field's value is its organisation's to say.
func (w *Window) locked(key string) bool {
	return slices.ContainsFunc(w.opts.Fields, func(f Field) bool { return f.Key == key && f.Locked != "" })
}

// hint takes back what was wrong with a field, which has another value now.
func (w *Window) hint(key string) {
	if i := slices.IndexFunc(w.opts.Fields, func(f Field) bool { return f.Key == key }); i >= 0 {
		w.notes[key].Style(hintOf(w.opts.Fields[i]), style.Muted, false)
	}
}

// TakeOver fills the form from a file.
func (w *Window) TakeOver(path string) {
	w.said.Set(controls.StateBusy, words.T("Reading {{.Name}}", "Name", path))
	tasks.Start(w.work, func(ctx context.Context, _ func(int64, int64)) (Taken, error) {
		return w.opts.Actions.Import(ctx, path)
	}, nil, func(t Taken, err error) {
		if err != nil {
			w.said.Set(controls.StateBad, w.opts.Actions.Sentence(err))
			return
		}
		n := 0
		for k, v := range t.Values {
			if in, ok := w.inputs[k]; ok && v != "" && !w.locked(k) {
				in.set(v)
				w.hint(k)
				n++
			}
		}
		text := words.N(int64(n), "{{.N}} value was imported.", "{{.N}} values were imported.")
		if t.Sentence != "" {
			text += " " + t.Sentence
		}
		w.said.Set(controls.StateDone, text)
	})
}

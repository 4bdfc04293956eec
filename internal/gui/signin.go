package gui

import (
	"context"
	"errors"
	"net/url"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// SignIn has the person at this computer sign in to Microsoft.
type SignIn interface {
	// SignIn waits for the person, in the browser that it opens, or until the code that show gets has been entered at its page. It
	// returns who it was, and whether that lasts beyond this program. It is called because the person asked for it.
	SignIn(ctx context.Context, show func(code, page string)) (who string, lasts bool, err error)
}

// signIn asks the person to sign in; nil where nobody has to.
func (w *Window) signIn() func() {
	if w.opts.SignIn == nil {
		return nil
	}
	return func() {
		waiting := w.shell.Dialogs.Ask(dialogs.Question{
			Title: words.T("Sign in"), Body: []string{words.T("Go on in the browser that opens. The portal waits there for up to 15 minutes.")},
			Yes: words.T("Stop waiting"), Do: w.signing.Cancel, Doubtful: true, No: words.T("Hide"),
		})
		tasks.Start(w.signing, func(ctx context.Context, _ func(int64, int64)) (signedIn, error) {
			who, lasts, err := w.opts.SignIn.SignIn(ctx, func(code, page string) {
				w.runner.UI(func() {
					waiting.Close()
					waiting = w.showCode(code, page)
				})
			})
			return signedIn{who, lasts}, err
		}, nil, func(s signedIn, err error) {
			waiting.Close()
			switch {
			case errors.Is(err, context.Canceled):
			case err != nil:
				w.shell.Dialogs.Tell(words.T("You are not signed in"), w.shell.Error(err))
			case s.who != w.opts.User && w.opts.Desk != nil:
				w.opts.Desk.Reopen() // who is recorded for what is done here is another one now
			default:
				w.opts.Actions.Refresh()
				if !s.lasts {
					w.shell.Dialogs.Tell(words.T("You are signed in"), words.T("This computer has no safe place for the sign-in, so it ends with the program."))
				}
			}
		})
	}
}

type signedIn struct {
	who   string
	lasts bool
}

// showCode shows what has to be entered where, on any computer.
func (w *Window) showCode(code, page string) *dialogs.Dialog {
	return w.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Sign in with a code"),
		Body:  []string{words.T("Open this page in any browser, on this or another device, and enter the code there:"), page},
		Extra: []fyne.CanvasObject{controls.NewText(code).Sized(style.Figure).Bold()},
		Yes:   words.T("Copy the code and open the page"), No: words.T("Hide"),
		Do: func() {
			w.shell.Copy(lettering.Copy(code))
			if u, err := url.Parse(page); err == nil && u.Scheme == "https" {
				_ = w.shell.OpenURL(u) // without a browser the page stands there to be typed in
			}
		},
	})
}

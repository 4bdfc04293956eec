package gui

import (
	"context"
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/diagnostics"
)

func TestDiagnosticsAreCopiedAndShown(t *testing.T) {
	var facts []diagnostics.Fact
	answer := make(chan error, 1)
	b := newBenchWith(t, func(o *Options) {
		o.Diagnostics = func(_ context.Context, f []diagnostics.Fact) (string, error) {
			facts = f
			return "Fabric Data Portal: diagnostics\n\n== Checks ==\nok: clock\n", <-answer
		}
	})
	b.click("header.connection")
	b.clickDialog("connection.about")
	b.clickDialog("about.diagnostics")
	v := b.untilSays("Gathering diagnostics")
	require.False(t, v.Dialog, "the window can be used meanwhile")
	answer <- nil
	b.untilSays("ok: clock")
	b.fitting("the diagnostics")
	require.Equal(t, "Fabric Data Portal: diagnostics\n\n== Checks ==\nok: clock\n", fyne.CurrentApp().Clipboard().Content())
	require.Contains(t, facts, diagnostics.Fact{Name: "screen in sight", Value: "Import"})
	require.False(t, says(b.look(), "Gathering diagnostics"))
	b.clickDialog("dialog.close")

	answer <- errors.New("the program is closing")
	b.w.showCommands()
	b.clickDialog("command.diagnostics")
	b.until("why there are none", func(v probe.View) bool { return v.Dialog && says(v, "The program is closing") })
}

package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

func TestTheEndOfARunIsToldOnce(t *testing.T) {
	b := newBench(t)
	fyne.CurrentApp().Preferences().SetBool(notifyKey, true)
	running, done := runOf("ana", runs.Running), runOf("ana", runs.Running)
	done.Status = runs.Succeeded
	note := fyne.NewNotification("Fabric Data Portal", "The run of sales.xlsx succeeded.")
	test.AssertNotificationSent(t, nil, func() { // a run that had ended when the program was opened is no news
		b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
		b.drain()
	})
	test.AssertNotificationSent(t, note, func() {
		b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &running})
		b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
		b.drain()
	})
	test.AssertNotificationSent(t, nil, func() {
		b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
		b.drain()
	})
	fyne.CurrentApp().Preferences().SetBool(notifyKey, false)
	test.AssertNotificationSent(t, nil, func() {
		b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &running})
		b.monitor.Publish(feeds.Monitor{Loaded: true, Run: &done})
		b.drain()
	})
}

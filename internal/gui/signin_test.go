package gui

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/probe"
	"fabricportal/internal/services/feeds"
)

// signIns plays what signs in: it waits for the test's answer.
type signIns struct {
	asked  chan func(code, page string)
	answer chan error
	who    string
	ended  chan struct{}
}

func newSignIns(who string) *signIns {
	return &signIns{asked: make(chan func(code, page string), 1), answer: make(chan error), who: who, ended: make(chan struct{}, 1)}
}

func (s *signIns) SignIn(ctx context.Context, show func(code, page string)) (string, bool, error) {
	defer func() { s.ended <- struct{}{} }()
	s.asked <- show
	select {
	case err := <-s.answer:
		return s.who, true, err
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
}

func signInNeeded() feeds.Frame {
	r := feeds.Reach{Known: true, Answered: true, SignIn: true, Since: now.Add(-time.Minute), Sentence: "You are not signed in."}
	return feeds.Frame{LockKnown: true, AsOf: now, Fabric: r, Files: r}
}

func TestASignInThatIsNeededIsAButtonAndNothingElse(t *testing.T) {
	s, d := newSignIns("ana@contoso.com"), &desk{}
	b := newBenchWith(t, func(o *Options) { o.SignIn, o.Desk = s, d })
	require.False(t, says(b.look(), "Sign in…"))
	b.frame.Publish(signInNeeded())
	b.untilSays("Fabric: sign in")
	b.untilSays("Sign in…")
	require.Empty(t, s.asked, "nothing is begun by itself")

	b.click("header.signin")
	b.untilSays("Go on in the browser that opens.")
	show := <-s.asked
	show("FJ3K9QXV", "https://microsoft.com/devicelogin")
	b.untilSays("FJ3K9QXV")
	b.untilSays("https://microsoft.com/devicelogin")
	s.answer <- nil
	b.until("the window of who signed in", func(probe.View) bool { return d.was("reopen") })
	require.False(t, says(b.look(), "FJ3K9QXV"))

	b.frame.Publish(feeds.Frame{LockKnown: true, AsOf: now, Fabric: feeds.Reach{Known: true, OK: true, Since: now}})
	b.until("no button", func(v probe.View) bool { return !says(v, "Sign in…") })
}

func TestASignInThatFailsOrIsGivenUpSaysSo(t *testing.T) {
	s := newSignIns("ana@contoso.com")
	b := newBenchWith(t, func(o *Options) { o.SignIn = s })
	b.frame.Publish(signInNeeded())
	b.untilSays("Sign in…")
	b.click("header.signin")
	<-s.asked
	s.answer <- errors.New("nobody signed in: the page was closed")
	b.untilSays("You are not signed in")
	b.clickDialog("dialog.close")
	<-s.ended

	b.click("header.signin")
	<-s.asked
	b.clickDialog("dialog.confirm") // Stop waiting
	<-s.ended
	b.until("no dialog", func(v probe.View) bool { return !says(v, "Go on in the browser") })
}

func TestWhoRunsAreRecordedForIsSaidAsWhatItIs(t *testing.T) {
	b := newBenchWith(t, func(o *Options) { o.User, o.SignedIn = "ana@contoso.com", true })
	b.click("header.connection")
	b.untilSays("Runs are recorded for ana@contoso.com, who signed in.")
	b = newBenchWith(t, func(o *Options) { o.User = "kim" })
	b.click("header.connection")
	b.untilSays("Runs are recorded for kim, as this computer says; nobody has checked it.")
}

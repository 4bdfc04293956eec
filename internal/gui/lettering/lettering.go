// Package lettering is the one way of a text onto the window. Whatever is drawn comes from here, so that no screen can
// forget it: what somebody else wrote is made fit to be shown (package plaintext) and has a length that can be drawn, and
// measuring, cutting and wrapping take a time that grows with the text's length and no faster.
//
// What is copied is not cut as on the screen, and keeps its tabs and line breaks. But escape sequences, control characters
// and changes of the direction of writing are marked there, too: it may be pasted into a terminal. Whoever needs each
// character as it is downloads the file or exports the rows. What is worked with stays untouched: a file is opened by its
// name, a row is filtered by its value, and not by what was drawn of them.
package lettering

import (
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"fabricportal/internal/plaintext"
)

// The most characters that are drawn: on one line, on a button or the like, and over several lines.
const (
	LineMost  = 1000
	LabelMost = 120
	// NoticeMost is the most that the operating system is told, in its notifications and in its tray.
	NoticeMost = 300
	TextMost   = 4000
	TextLines  = 100
	// CopyMost is the most that is copied.
	CopyMost = 64 << 20
)

// redactor takes the program's secrets out of a text.
var redactor atomic.Pointer[func(text string) string]

// HideBy has each text that is shown or copied from now on pass hide, which takes the program's secrets out of it: a server
// may have written them into a name, an event or a cell. nil shows texts as they are.
func HideBy(hide func(text string) string) {
	if hide == nil {
		redactor.Store(nil)
		return
	}
	redactor.Store(&hide)
}

func hidden(text string) string {
	if hide := redactor.Load(); hide != nil {
		return (*hide)(text)
	}
	return text
}

// Line is a text as it is drawn on one line.
func Line(text string) string { return hidden(plaintext.Line(text, LineMost)) }

// Label is a text as it is drawn where there is only little room, such as on a button.
func Label(text string) string { return hidden(plaintext.Line(text, LabelMost)) }

// Notice is a text as the operating system tells it.
func Notice(text string) string { return hidden(plaintext.Line(text, NoticeMost)) }

// Text is a text as it is drawn over several lines.
func Text(text string) string { return hidden(plaintext.Lines(text, TextMost, TextLines)) }

// Sentence is a text as it is drawn over several lines without line breaks of its own, which could make it look like several.
func Sentence(text string) string { return hidden(plaintext.Line(text, TextMost)) }

// Typed is a text as it stands in an entry: on one line, with all its blanks.
func Typed(text string) string {
	return blanks.Replace(plaintext.Block(text, LineMost))
}

var blanks = strings.NewReplacer("\n", " ", "\t", " ")

// Copied is a text that may go to the clipboard.
type Copied string

// Copy makes a text fit for the clipboard. For long ones, call it on another goroutine than the window's.
func Copy(text string) Copied { return Copied(hidden(plaintext.Block(text, CopyMost))) }

// To puts the text on a clipboard.
func (c Copied) To(clipboard fyne.Clipboard) {
	if c != "" {
		clipboard.SetContent(string(c))
	}
}

package format

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences are sentences one after the other.
func Sentences(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// Sayer is an error whose sentence can be written in other languages than English, in which its Error is.
type Sayer interface {
	error
	Say(w Writer) string
}

// Sentence is what the user reads of an error: the services word theirs as what happened and what to do.
func Sentence(err error) string { return English.Sentence(err) }

// Sentence is what the user reads of an error, in the writer's language as far as the error can be said in it: what services put
// around an error of another's with fmt.Errorf stays English, and with Say is said.
func (w Writer) Sentence(err error) string {
	if err == nil {
		return ""
	}
	if errors.Is(err, context.DeadlineExceeded) && err.Error() == context.DeadlineExceeded.Error() {
		return w.T("There was no answer in time: check the network and try again.")
	}
	return Standing(w.Words(err))
}

// Standing is what may be a part of a sentence as one that stands by itself; "" stays so.
func Standing(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	// A sentence that begins with the name of a file keeps it as it is.
	if word, _, _ := strings.Cut(text, " "); !strings.ContainsAny(strings.TrimRight(word, ".,:;"), `./\_`) {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

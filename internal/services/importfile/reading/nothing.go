package reading

import (
	"unicode"
	"unicode/utf8"

	"fabricportal/contract"
)

// NullWords are the words that mean nothing in the columns of dates and amounts. Many goroutines may use it.
type NullWords struct {
	words   []string
	first   [256]bool // bytes that they begin with, in upper and lower case
	longest int       // bytes that one can have in any case
}

// NewNullWords takes the words of the options, the usual ones where these say nothing.
func NewNullWords(o contract.ReadOptions) *NullWords {
	list := o.NullWords
	if list == nil {
		list = contract.Words().NullWords
	}
	n := &NullWords{}
	for _, word := range list {
		lower := lowered(string(Trim([]byte(word))))
		n.words = append(n.words, lower)
		if lower == "" {
			continue
		}
		n.longest = max(n.longest, utf8.UTFMax*utf8.RuneCountInString(lower))
		if c := lower[0]; c < utf8.RuneSelf {
			n.first[c] = true
			n.first[byte(unicode.ToUpper(rune(c)))] = true
		}
	}
	for c := utf8.RuneSelf; c < len(n.first); c++ {
		n.first[c] = true // what some letter of theirs is in lower case
	}
	return n
}

// Find is the number of the word that a trimmed text is, -1 where it is none.
func (n *NullWords) Find(text []byte) int {
	if len(text) == 0 || len(text) > n.longest || !n.first[text[0]] {
		return -1
	}
	for i, word := range n.words {
		if isWord(text, word) {
			return i
		}
	}
	return -1
}

// isWord says that a text is a word in any case of its letters.
func isWord(text []byte, word string) bool {
	for len(text) > 0 {
		if word == "" {
			return false
		}
		r, size := utf8.DecodeRune(text)
		want, length := utf8.DecodeRuneInString(word)
		if unicode.ToLower(r) != want {
			return false
		}
		text, word = text[size:], word[length:]
	}
	return word == ""
}

// lowered is a text in lower case, letter by letter.
func lowered(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		out = utf8.AppendRune(out, unicode.ToLower(r))
	}
	return string(out)
}

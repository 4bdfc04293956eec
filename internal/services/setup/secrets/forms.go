package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
)

// forms are what is looked for, in the three alphabets in which secrets turn up: as text in any case, in base64 at any
// offset, in hexadecimal digits. Escapes, percent signs and gaps are the reader's matter (scan.go), as they may stand
// anywhere within.
type forms struct {
	text, base64, hex *automaton
	longest           int // of all words, in bytes

	scanners sync.Pool // of *scanner: one takes more room than most texts that are looked through
}

const (
	// Below so many bytes a value is left alone: hiding it would mangle any text.
	shortest = 4
	// Below so many bytes a word is found only with the gaps that it has itself: others would be found in plain sentences.
	shortWord = 8
	// From so many bytes on three quarters of a word are enough, as a text may have been cut in the middle of a secret.
	longWord = 16
	// Of what is longer, such as a token, so many bytes are looked for in base64 and hexadecimal digits: the rest is of no use
	// without them.
	encodedMost = 256
)

// formsOf compiles the values; nil where none is to be hidden.
func formsOf(values []string) *forms {
	var text, b64, digits []word
	for _, v := range values {
		encoded := encodings(v)
		text = append(text, textWords(v, encoded[1:])...)
		for _, as := range encoded {
			for offset := range 3 {
				b64 = appendWord(b64, base64Word(as[:min(len(as), encodedMost)], offset), anyGaps)
			}
		}
		digits = appendWord(digits, hex.EncodeToString([]byte(v[:min(len(v), encodedMost)])), anyGaps)
	}
	f := &forms{text: newAutomaton(text), base64: newAutomaton(b64), hex: newAutomaton(digits)}
	for _, words := range [][]word{text, b64, digits} {
		for _, w := range words {
			f.longest = max(f.longest, len(w.bytes))
		}
	}
	return f
}

func appendWord(list []word, bytes string, gaps int32) []word {
	if len(bytes) < shortest {
		return list
	}
	from := len(bytes)
	if from >= longWord {
		from = (3*from + 3) / 4
	}
	return append(list, word{bytes, from, gaps})
}

func distinct(values ...string) []string {
	var out []string
	seen := map[string]bool{}
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// encodings are a value and how URLs and JSON write it. The reader resolves escapes, but a value that looks escaped
// itself is then read differently.
func encodings(v string) []string {
	quoted, _ := json.Marshal(v)
	return distinct(v, url.QueryEscape(v), url.PathEscape(v), strings.Trim(string(quoted), `"`))
}

// textWords are what the reader makes of a value and of its encodings: as they stand, with what looks like an escape in
// them resolved, and with the plus signs that forms write for blanks.
func textWords(value string, encoded []string) []word {
	var out []word
	seen := map[string]bool{}
	for _, v := range distinct(append(encoded, value, strings.ReplaceAll(value, " ", "+"))...) {
		for _, resolve := range []bool{false, true} {
			read, gaps := reading(v, resolve)
			if seen[read] {
				continue
			}
			seen[read] = true
			if len(read) >= shortWord {
				gaps = anyGaps
			}
			out = appendWord(out, read, gaps)
		}
	}
	return out
}

// base64Word is what stays of a value in base64 wherever it begins in what was encoded: the digits that it determines
// alone. The digits 62 and 63 are those of the standard alphabet (RFC 4648, 4).
func base64Word(value string, offset int) string {
	raw := append(make([]byte, offset), value...)
	digits := base64.RawStdEncoding.EncodeToString(raw)
	return digits[[]int{0, 2, 3}[offset] : len(raw)*8/6]
}

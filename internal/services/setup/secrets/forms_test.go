package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Secrets as people and services make them: with what escapes need, with blanks, with what looks like an escape already.
var someSecrets = []string{
	canary, "short7q", "pa55", "ZwK8Q~x.9fT-_1Lm4RrVb0nXcYd2eGh6jAs3kPq7", `q"uo'te\back`, "my pass word 77", "100%41bc\\nd&amp;e", "Ümläut-Straße-Ж", "+/+/==+-_/AAAA",
	"nnnnnnnn", "%25%41%zz", "\\u0041bcdefg", "0123456789abcdef0123456789abcdef",
}

func inText(s string) string { return "it said [" + s + "] to us\n" }

func TestEachFormOfASecretIsHidden(t *testing.T) {
	for _, secret := range someSecrets {
		r := NewRedactor(New(secret))
		quoted, err := json.Marshal(secret)
		require.NoError(t, err)
		twice, err := json.Marshal(string(quoted))
		require.NoError(t, err)
		percent, short := "", ""
		for _, b := range []byte(secret) {
			percent += fmt.Sprintf("%%%02x", b)
			short += fmt.Sprintf(`\x%02X`, b)
		}
		forms := map[string]string{
			"as it is": secret, "upper": strings.ToUpper(secret), "lower": strings.ToLower(secret), "other case": strings.Map(otherCase, secret),
			"JSON": strings.Trim(string(quoted), `"`), "JSON twice": strings.Trim(string(twice), `"\`), "query": url.QueryEscape(secret), "path": url.PathEscape(secret),
			"percent": percent, "percent twice": strings.ReplaceAll(percent, "%", "%25"), "bytes": short, "HTML": html.EscapeString(secret),
			"Go":  strings.Trim(fmt.Sprintf("%+q", secret), `"`),
			"hex": hex.EncodeToString([]byte(secret)), "HEX": fmt.Sprintf("%X", secret), "dump": fmt.Sprintf("% x", secret), "dump with 0x": fmt.Sprintf("%# x", secret),
			"dump with colons": strings.ReplaceAll(fmt.Sprintf("% x", secret), " ", ":"),
			"in lines":         strings.TrimSpace(strings.Join(strings.SplitAfter(secret, secret[len(secret)/2:len(secret)/2+1]), "\n")),
		}
		if len(secret) >= shortWord {
			forms["spaced"], forms["quoted apart"], forms["escaped line"] = spread(secret, " "), spread(secret, `" "`), spread(secret, `\n`)
			forms["unseen"], forms["marks"] = spread(secret, "\u200b"), spread(secret, "\ufffd")
		}
		for name, form := range forms {
			if name == "in lines" && len(secret) < shortWord {
				continue
			}
			got := r.Redact(inText(form))
			if name == "bytes" || name == "Go" && strings.HasPrefix(form, `\`) { // a backslash before the secret may stay
				got = strings.ReplaceAll(got, `\***`, "***")
			}
			if name == "dump with 0x" {
				got = strings.ReplaceAll(got, "0x***", "***")
			}
			require.Contains(t, got, "***", "%s of %q: %q", name, secret, form)
			require.NotContains(t, got, form, "%s of %q", name, secret)
			if strings.Trim(secret, `\"`) == secret { // else a gap beside it stays
				require.Equal(t, inText("***"), got, "%s of %q: %q", name, secret, form)
			}
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			for before := range 4 {
				for after := range 4 {
					whole := encoding.EncodeToString([]byte(strings.Repeat("x", before) + secret + strings.Repeat("y", after)))
					for _, form := range []string{whole, url.QueryEscape(whole), spread(whole, "\n")} {
						got := r.Redact(inText(form))
						require.Contains(t, got, "***", "%d, %d of %q: %q", before, after, secret, form)
						require.NotContains(t, strings.ReplaceAll(got, "\n", ""), base64.RawStdEncoding.EncodeToString([]byte(secret))[:len(secret)-1], "%q", form)
					}
				}
			}
		}
	}
}

func otherCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// spread puts something between the characters of a text.
func spread(text, between string) string { return strings.Join(strings.Split(text, ""), between) }

func TestSentencesAreLeftAlone(t *testing.T) {
	r := NewRedactor(New("atom"), New("short7q"), New("correct horse battery"))
	for _, text := range []string{
		"we go at once to me", "a tom", "at\nom", "short 7 q", "correct horse", "6174", "the run 0198c5a2-7c3e-7bb2-a111-000000000001 took 4 s",
	} {
		require.Equal(t, text, r.Redact(text))
	}
	require.Equal(t, "the *** is split", r.Redact("the Atom is split"))
}

func TestASecretThatWasCutIsHidden(t *testing.T) {
	r := NewRedactor(New("ZwK8Q~x.9fT-_1Lm4RrVb0nXcYd2eGh6jAs3kPq7"))
	require.Equal(t, "it said ***…", r.Redact("it said ZwK8Q~x.9fT-_1Lm4RrVb0nXcYd2eGh6jAs…"))
	require.Equal(t, "it said *** then", r.Redact("it said ZwK8Q~x.9fT-_1Lm4RrVb0nXcYd2eGh6jAs3k then"))
}

func TestJSONStaysJSON(t *testing.T) {
	r := NewRedactor(New(canary), New(`q"uo'te\back`))
	for _, text := range []string{
		canary, `before "` + canary + `"`, `q"uo'te\back`, `\` + canary + `\`, `password="abc" and more`, `say "password=abc"`, `x password='it''s' "y"`, "token=\\", `{"password":"a\"b"}`,
		"postgres://u:p\"@h", `Bearer abcdefgh"`, spread(canary, `"`),
	} {
		for _, indent := range []string{"", "  "} {
			data, err := json.MarshalIndent(map[string]any{"a": text, "b": []string{text, text}, text: 1, "n": 12}, "", indent)
			require.NoError(t, err)
			var out strings.Builder
			w := r.DataWriter(&out)
			_, _ = w.Write(data)
			require.NoError(t, w.Flush())
			require.True(t, json.Valid([]byte(out.String())), "%s\n%s", data, out.String())
			require.NotContains(t, out.String(), canary)
		}
	}
}

// disguise draws one of the ways in which a character may be written.
func disguise(t *rapid.T, c rune) string {
	raw := string(c)
	switch rapid.IntRange(0, 7).Draw(t, "how") {
	case 0:
		return strings.ToUpper(raw)
	case 1:
		return strings.ToLower(raw)
	case 2:
		out := ""
		for _, b := range []byte(raw) {
			out += fmt.Sprintf("%%%02X", b)
		}
		return out
	case 3:
		return fmt.Sprintf(`\u%04x`, c)
	case 4:
		return fmt.Sprintf("&#%d;", c)
	case 5:
		if c < utf8.RuneSelf {
			return fmt.Sprintf(`\x%02x`, c)
		}
	}
	return raw
}

// anyForm draws a form of a secret: characters written in different ways with gaps between, or hexadecimal digits, or
// base64 at an offset; beside is how much of what is encoded beside it may stay.
func anyForm(t *rapid.T, secret string) (text string, beside int) {
	gaps := rapid.SampledFrom([]string{"", " ", "\n", `"`, `\n`, "' '", "\r\n\t", "\u200b"})
	if len(secret) < shortWord {
		gaps = rapid.Just("")
	}
	raw := rapid.StringOfN(rapid.RuneFrom([]rune("xyz;")), 0, 4, -1)
	apart := func(text string) string {
		out := ""
		for i, c := range strings.Split(text, "") {
			if i > 0 && rapid.IntRange(0, 5).Draw(t, "gap?") == 0 {
				out += gaps.Draw(t, "gap")
			}
			out += c
		}
		return out
	}
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return apart(hex.EncodeToString([]byte(secret))), 0
	case 1:
		whole := raw.Draw(t, "before") + secret + raw.Draw(t, "after")
		encoding := rapid.SampledFrom([]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding}).Draw(t, "alphabet")
		return apart(encoding.EncodeToString([]byte(whole))), 45
	}
	out := ""
	for i, c := range []rune(secret) {
		if i > 0 && rapid.IntRange(0, 5).Draw(t, "gap?") == 0 {
			out += gaps.Draw(t, "gap")
		}
		out += disguise(t, c)
	}
	return out, 0
}

// leaks says how many characters of a form can still be read in what was passed on between the marks.
func leaks(got string) int {
	inside := strings.TrimSuffix(strings.TrimPrefix(got, "it said ["), "] to us\n")
	return len(strings.ReplaceAll(inside, hidden, ""))
}

func TestNoFormGetsThroughHoweverItIsWritten(t *testing.T) {
	secrets := []string{canary, "short7q", "ZwK8Q~x.9fT-_1Lm4RrVb0nXcYd2eGh6jAs3kPq7", "Ümläut-Straße-Ж", "+/+/==+-_/AAAA", "my-own-pa55-word"}
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SampledFrom(secrets).Draw(t, "secret")
		form, beside := anyForm(t, secret)
		text := inText(form)
		r := NewRedactor(New(secret))
		whole := r.Redact(text)
		require.Contains(t, whole, hidden, "%q", text)
		require.LessOrEqual(t, leaks(whole), beside, "%q: %q", text, whole)

		var out strings.Builder
		w := r.Writer(&out)
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "piece")
			_, err := w.Write([]byte(rest[:n]))
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.NoError(t, w.Flush())
		got := out.String()
		require.Contains(t, got, hidden, "%q", text)
		require.True(t, strings.HasPrefix(got, "it said ["))
		require.True(t, strings.HasSuffix(got, "] to us\n"))
		// Beside that, the first letters before a line's end may have been passed on, each in up to six characters, with gaps.
		require.LessOrEqual(t, leaks(got), leaks(whole)+40, "%q: %q", text, got)
	})
}

func TestAWriterPassesOnLinesAtOnce(t *testing.T) {
	var out strings.Builder
	w := NewRedactor(New(canary)).Writer(&out)
	write := func(text string) {
		t.Helper()
		n, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n)
	}
	write("run started\n")
	require.Equal(t, "run started\n", out.String())
	write("no end yet: c")
	require.Equal(t, "run started\n", out.String())
	write("anary-Tr0ub4dor&3/+ and more\n")
	require.Equal(t, "run started\nno end yet: *** and more\n", out.String())
	out.Reset()
	write("first\nit ends in canary-\n")
	require.Equal(t, "first\n", out.String(), "it may go on")
	write("Tr0ub4dor&3/+\n")
	require.Equal(t, "first\nit ends in ***\n", out.String())
	out.Reset()
	write("it ends in canary-\n")
	write("but it was a bird\n")
	require.Equal(t, "it ends in canary-\nbut it was a bird\n", out.String())
	out.Reset()
	write("name: ")
	require.NoError(t, w.Flush())
	require.Equal(t, "name: ", out.String())
}

func TestAWriterLearnsSecretsWhileItWrites(t *testing.T) {
	var out strings.Builder
	r := NewRedactor()
	w := r.Writer(&out)
	_, _ = w.Write([]byte("no secret yet\nbut "))
	r.Add(New(canary))
	_, _ = w.Write([]byte(canary + " now\n"))
	require.Equal(t, "no secret yet\nbut *** now\n", out.String())
}

func TestOfTokensTheLatestAreKnown(t *testing.T) {
	r := NewRedactor(New(canary))
	token := func(n int) string { return fmt.Sprintf("opaque-%d-%s", n, strings.Repeat("tokenpart", 200)) }
	for n := range 6 {
		r.AddPassing(New(token(n)))
		r.AddPassing(New(token(n)))
	}
	for n := 2; n < 6; n++ {
		require.Equal(t, "it had *** and ***", r.Redact("it had "+token(n)+" and "+canary))
		require.NotContains(t, r.Redact(base64.StdEncoding.EncodeToString([]byte("u:"+token(n)))), base64.StdEncoding.EncodeToString([]byte("paque-"))[:6])
	}
	require.NotContains(t, r.Redact("it had "+token(0)), "***", "it is of no use any more")
}

func TestALongSecretOverManyPieces(t *testing.T) {
	secret := strings.Repeat("Qx7-", 600)
	for _, size := range []int{1, 7, 1000, 70_000} {
		var out strings.Builder
		w := NewRedactor(New(secret)).Writer(&out)
		text := strings.Repeat("é", 40_000) + secret + strings.Repeat("\\", 70_000) + spread(secret, "\n") + " end"
		for rest := text; rest != ""; rest = rest[min(size, len(rest)):] {
			_, err := w.Write([]byte(rest[:min(size, len(rest))]))
			require.NoError(t, err)
		}
		require.NoError(t, w.Flush())
		got := out.String()
		require.NotContains(t, got, "Qx7-Qx7-Qx7", size)
		require.True(t, utf8.ValidString(got))
		require.Equal(t, 40_000, strings.Count(got, "é"))
	}
}

func TestDocumentsKeepWhatOnlyTheirColumnsNamesMakeASecret(t *testing.T) {
	var out strings.Builder
	w := NewRedactor(New(canary)).DataWriter(&out)
	_, _ = w.Write([]byte(`{"token": "Umsatz", "note": "secret=x", "a": "` + canary + `", "b": "Bearer ` + jwt + `"}`))
	require.NoError(t, w.Flush())
	require.JSONEq(t, `{"token": "Umsatz", "note": "secret=x", "a": "***", "b": "Bearer ***"}`, out.String())
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the pipe is closed") }

func TestAWriterTellsThatItCantWrite(t *testing.T) {
	_, err := NewRedactor().Writer(failing{}).Write([]byte("x\n"))
	require.ErrorContains(t, err, "the pipe is closed")
}

func FuzzRedact(f *testing.F) {
	f.Add("it said "+canary, 3)
	f.Add("canary-\nTr0ub4dor%26%33/+", 9)
	f.Add(`password=\"abc\" \u0063anary`, 1)
	r := NewRedactor(New(canary), New("pa55"))
	f.Fuzz(func(t *testing.T, text string, size int) {
		size = max(1, size%1000)
		whole := r.Redact(text)
		require.NotContains(t, whole, canary)
		var out strings.Builder
		w := r.Writer(&out)
		for rest := text; rest != ""; rest = rest[min(size, len(rest)):] {
			_, _ = w.Write([]byte(rest[:min(size, len(rest))]))
		}
		require.NoError(t, w.Flush())
		require.NotContains(t, out.String(), canary)
	})
}

func BenchmarkWriter(b *testing.B) {
	line := `    {"name": "Umsatz März 2026.xlsx", "path": "Files/import/Umsatz.xlsx", "size_bytes": 123456, "modified": "2026-03-01T12:00:00Z"},` + "\n"
	text := []byte(strings.Repeat(line, 10<<20/len(line)))
	r := NewRedactor(New(canary), New("ZwK8Q~x.9fT-_1Lm4RrVb0nXcYd2eGh6jAs3kPq7"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		w := r.DataWriter(&discard{})
		_, _ = w.Write(text)
		_ = w.Flush()
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range map[string]string{
		"beginnings": strings.Repeat("canary-Tr0ub4dor&3/", 1<<20/19), "triggers": strings.Repeat("token secret pass://", 1<<20/20), "escapes": strings.Repeat(`\\\%25&amp`, 1<<20/10),
		"one line": strings.Repeat("password=x", 1<<20/10), "secrets": strings.Repeat(canary, 1<<20/len(canary)),
	} {
		b.Run(name, func(b *testing.B) {
			r := NewRedactor(New(canary))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				w := r.Writer(&discard{})
				_, _ = w.Write([]byte(text))
				_ = w.Flush()
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestShortTextsShareTheirScanners: what one text left behind hides nothing of the next, whoever asks at the same time.
func TestShortTextsShareTheirScanners(t *testing.T) {
	r := NewRedactor(New(canary), New("correct horse battery"))
	half := canary[:len(canary)/2]
	texts := map[string]string{
		"no secret": "no secret", "id " + canary: "id " + hidden, half: half, canary[len(canary)/2:]: canary[len(canary)/2:],
		"password=of-somebody": "password=of-somebody", "abc": "abc",
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				for text, want := range texts {
					assert.Equal(t, want, r.Hide(text))
				}
			}
		})
	}
	all.Wait()
	require.Equal(t, "password="+hidden, r.Redact("password=of-somebody"))
}

func BenchmarkShort(b *testing.B) {
	r := NewRedactor(New(canary), New("eyJhbGciOi."+strings.Repeat("a2B9", 400)))
	b.ReportAllocs()
	for b.Loop() {
		r.Hide("Köln, SO-2025-0004711")
	}
}

package diagnostics

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fabricportal/internal/plaintext"
)

// blanker leaves of a text the words that this program and its libraries say themselves. Everything else, whatever it is, may be
// a name or a figure of somebody's data, and gets a placeholder: the same one wherever the same text stands in this report, so
// that one can see that it is the same file without seeing which.
type blanker struct {
	known []named
	seen  map[string]string
	count map[string]int
}

// named is a text that is known to be private, with what stands for it.
type named struct {
	small string // in small letters
	text  *regexp.Regexp
	as    string
}

func newBlanker() *blanker { return &blanker{seen: map[string]string{}, count: map[string]int{}} }

// shortestName is how long a name must be to be sought as such: one of two letters is in too many words. It is blanked as any other
// word all the same, if the program does not say it.
const shortestName = 3

// name says that a text is private, whatever words it is made of.
func (b *blanker) name(text, as string) {
	text = strings.TrimSpace(text)
	if len(text) < shortestName {
		return
	}
	b.known = append(b.known, named{strings.ToLower(text), regexp.MustCompile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(text) + `($|[^\pL\pN])`), "${1}‹" + as + "›${2}"})
	slices.SortStableFunc(b.known, func(x, y named) int { return len(y.small) - len(x.small) }) // a name that holds another one first
}

// as is the placeholder of a text.
func (b *blanker) as(kind, text string) string {
	if kind == "number" || kind == "time" {
		return "‹" + kind + "›" // which one it was says more than that it was the same
	}
	key := kind + "\x00" + strings.ToLower(text)
	if p, ok := b.seen[key]; ok {
		return p
	}
	b.count[kind]++
	p := "‹" + kind + " " + strconv.Itoa(b.count[kind]) + "›"
	b.seen[key] = p
	return p
}

// longestBlanked is how much of a text is looked at, in characters.
const longestBlanked = 2000

// text is a text without what may be private.
func (b *blanker) text(text string) string {
	text = plaintext.Line(strings.NewReplacer("‹", "<", "›", ">").Replace(text), longestBlanked)
	for range 2 { // a second time for what stood right behind another one
		for _, n := range b.known {
			if strings.Contains(strings.ToLower(text), n.small) {
				text = n.text.ReplaceAllString(text, n.as)
			}
		}
	}
	text = b.quotes(text)
	var out strings.Builder
	before := ""
	for _, piece := range pieces.FindAllString(text, -1) {
		if strings.HasPrefix(piece, " ") || strings.HasPrefix(piece, "‹") || strings.HasPrefix(piece, "“") {
			out.WriteString(piece)
			continue
		}
		out.WriteString(b.piece(piece, before))
		before = piece
	}
	return strings.TrimSpace(out.String())
}

// closing are the marks that end what others begin. A straight single one is an apostrophe, and quotes what stands after a space.
var closing = map[rune]rune{'“': '”', '„': '“', '"': '"', '«': '»', '`': '`', '‘': '’'}

// quotes blanks what is quoted: a name, a value or a piece of somebody's text. One that does not end is quoted to the end.
func (b *blanker) quotes(text string) string {
	runes := []rune(text)
	var out strings.Builder
	for i := 0; i < len(runes); i++ {
		end, quoted := closing[runes[i]]
		if runes[i] == '\'' && (i == 0 || !unicode.IsLetter(runes[i-1])) {
			end, quoted = '\'', true
		}
		if !quoted {
			out.WriteRune(runes[i])
			continue
		}
		till := i + 1
		for till < len(runes) && runes[till] != end {
			till++
		}
		out.WriteString(b.quoted(string(runes[i+1 : till])))
		i = till
	}
	return out.String()
}

// quoted is what stands for a quoted text. A button or a subcommand of this program is no secret, and says what to do.
func (b *blanker) quoted(text string) string {
	if command, ok := strings.CutPrefix(text, "portal-desktop "); ok && !strings.ContainsFunc(command, notInCommand) && b.text(command) == command {
		return "“" + text + "”"
	}
	if placeholder.MatchString(text) {
		return text
	}
	return b.as("text", text)
}

func notInCommand(r rune) bool { return (r < 'a' || r > 'z') && r != ' ' && r != '-' }

var (
	placeholder = regexp.MustCompile(`^‹[a-z_. ]+\d*›$`)
	pieces      = regexp.MustCompile(`‹[^›]*›|“[^”]*”| +|[^ ‹“]+`)
	edges       = regexp.MustCompile(`^([(\[{<,;:=!?.…·–—*+|-]*)(.*?)([)\]}>,;:=!?.…·–—*+|-]*)$`)
	uuidForm    = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	numberForm  = regexp.MustCompile(`^[-+]?[0-9][0-9.,'%_]*$`)
	timeForm    = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}|^\d{1,2}:\d{2}|^(\d+(\.\d+)?(ns|µs|ms|s|m|h))+$`)
	addressForm = regexp.MustCompile(`^\[?[0-9a-fA-F:.]*[:.][0-9a-fA-F:.]+\]?(:\d+)?$`)
	statusForm  = regexp.MustCompile(`^[1-5]\d\d$`)
	stateForm   = regexp.MustCompile(`^[0-9A-Z]{5}$`)
	signInForm  = regexp.MustCompile(`^AADSTS\d{4,8}$`)
	wordForm    = regexp.MustCompile(`^[A-Za-z_]+$`)
	between     = regexp.MustCompile(`['’-]`)
)

// piece is what stands between spaces and placeholders.
func (b *blanker) piece(piece, before string) string {
	m := edges.FindStringSubmatch(piece)
	if m[2] == "" { // marks alone
		return piece
	}
	return m[1] + b.word(m[2], before) + m[3]
}

func (b *blanker) word(word, before string) string {
	before = strings.Trim(before, "(:,=")
	switch {
	case said(word), signInForm.MatchString(word), before == "SQLSTATE" && stateForm.MatchString(word), before == "HTTP" && statusForm.MatchString(word):
		return word
	case uuidForm.MatchString(word):
		return b.as("id", word)
	case timeForm.MatchString(word):
		return b.as("time", word)
	case numberForm.MatchString(word):
		return b.as("number", word)
	case strings.Contains(word, "://"), addressForm.MatchString(word):
		return b.as("address", word)
	case strings.Contains(word, "@"):
		return b.as("user", word)
	case strings.ContainsAny(word, `/\`):
		return b.as("path", word)
	}
	return b.as("name", word)
}

// said tells whether the program or a library says each word of a text itself.
func said(text string) bool {
	for _, word := range between.Split(text, -1) {
		if !wordForm.MatchString(word) || !saidWord(word) {
			return false
		}
	}
	return true
}

// legend says what the placeholders mean, to whoever mails the report and to whoever reads it.
func legend() string {
	return "Only words that the program itself says are left. In ‹…› stands what may be private: a name, a figure, a time, an address, a path, a user. " +
		"The same number means the same text, in this report only."
}

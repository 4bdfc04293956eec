package licences

import (
	"fmt"
	"io"
	"strings"
)

const heading = `Fabric Data Portal contains the works of others that are named here, each under the terms that stand below its name.
What the project itself may be used for stands in its file LICENSE.

The list is the same for all systems; a single package may hold fewer of these works. The notebooks that the program puts into
Fabric contain none of them. Fonts and icons of the window are Fyne's (fyne.io/fyne/v2): the terms of its fonts stand with it. It names
no others for its icons; many look like Google's Material Design icons, which are under the Apache License 2.0, whose text is below, too.
`

// WriteNotices writes the texts that have to go with the program, in the order of the parts, and behind them those of what a
// package carries beside it: names and contents.
func WriteNotices(to io.Writer, parts []Part, beside []Text) error {
	var b strings.Builder
	b.WriteString(heading)
	b.WriteString("\n")
	for _, part := range parts {
		fmt.Fprintf(&b, "  %s %s (%s)\n", part.Name(), part.Version, strings.Join(part.Licences(), ", "))
	}
	for _, text := range beside {
		fmt.Fprintf(&b, "  %s\n", text.File)
	}
	section := func(title, content string) {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n\n%s\n", strings.Repeat("=", 100), title, strings.Repeat("=", 100), strings.TrimSpace(strings.ReplaceAll(content, "\r\n", "\n")))
	}
	for _, part := range parts {
		for _, text := range part.Texts {
			section(fmt.Sprintf("%s %s: %s", part.Name(), part.Version, text.File), text.Content)
		}
	}
	for _, text := range beside {
		section(text.File, text.Content)
	}
	_, err := io.WriteString(to, b.String())
	return err
}

// Name is how people know a part.
func (p Part) Name() string {
	if p.Path == "std" {
		return "The Go standard library"
	}
	return p.Path
}

// Package readoptions words how a file is read in the window's language.
package readoptions

import (
	"fabricportal/contract"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/optionwords"
)

// Line is one line of the panel “How this file is read”.
type Line = optionwords.Line

// Lines are the panel's lines for a file, in the order of the schema of read_options.
func Lines(p *contract.ImportProfile) []Line { return optionwords.Lines(words.Writer(), p) }

// Said is what options say, one part an option; "" where they say nothing.
func Said(o *contract.ReadOptions) string { return optionwords.Said(words.Writer(), o) }

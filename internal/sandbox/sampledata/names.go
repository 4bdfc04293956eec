package sampledata

import "strings"

// Names are seventeen names that a file can have in the lakehouse and that programs on the way there have made others of: by decoding twice,
// by taking a plus for a blank, by composing accents, by cutting at what Windows can't have.
var Names = []string{
	"plain.csv",
	"two  blanks.csv",
	" a blank first.csv",
	"Umsätze März.csv",
	"Umsa\u0308tze Ma\u0308rz.csv", // as macOS writes it: another file
	"100 %.csv",
	"%41%2F%23.csv",
	"a+b c.csv",
	"a#b&c=d;e,f@g$h!i~j.csv",
	"it's.csv",
	`"quoted".csv`,
	"what?.csv",
	"a:b*c<d>e|f.csv",
	"CON.csv",
	"[x]{y}^`.csv",
	"👩‍💻 😀 日本語.csv",
	strings.Repeat("ä", 125) + "x.csv", // 255 bytes
}

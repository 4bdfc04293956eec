package spreadsheet

import (
	"errors"
	"strconv"
	"strings"
)

// maxStyles bounds the list of cell formats; Excel allows about 65,000.
const maxStyles = 1 << 20

// numberFormat is what a number format shows a number as.
type numberFormat uint8

const (
	showsNumber numberFormat = iota
	showsDate
	showsTime // a time of day and no day
)

// readStyles says of each cell format (cellXfs), in their order, what it shows a number as.
func readStyles(a *archive, name string) ([]numberFormat, error) {
	if name == "" || !a.has(name) {
		return nil, nil
	}
	var formats []numberFormat
	custom := map[int]numberFormat{}
	inCells := false
	err := a.parse(name, func(x *xmlReader) error {
		switch string(x.name) {
		case "numFmt":
			// Formats may also stand in conditional formats (dxfs); they have ids too and do no harm here.
			id := x.attribute("numFmtId")
			code := x.attribute("formatCode")
			if n, err := strconv.Atoi(id); err == nil && x.depth() == 3 && len(custom) < maxStyles {
				custom[n] = formatOfCode(code)
			}
		case "cellXfs", "cellStyleXfs":
			inCells = string(x.name) == "cellXfs"
		case "xf":
			if !inCells || x.depth() != 3 {
				return nil
			}
			if len(formats) == maxStyles {
				return errors.New("it has too many cell formats")
			}
			id := x.attribute("numFmtId")
			n, _ := strconv.Atoi(id)
			format, known := custom[n]
			if !known {
				format = builtinFormat(n)
			}
			formats = append(formats, format)
		}
		return nil
	})
	return formats, err
}

// builtinFormat knows the formats that workbooks use without writing them down (ECMA-376 part 1, 18.8.30); 27 to 36 and
// 50 to 58 are dates in East Asian versions. 46 is [h]:mm:ss, a duration.
func builtinFormat(id int) numberFormat {
	switch {
	case id >= 18 && id <= 21, id == 45, id == 47:
		return showsTime
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 50 && id <= 58:
		return showsDate
	}
	return showsNumber
}

// formatOfCode reads the first section of a number format's code, which is that of positive numbers. It is a date or
// time where it has a letter for a year, month, day, hour, minute or second that is not shown as it stands, and a time
// where it has hours, minutes or seconds only: m and mm beside an hour or a second are minutes.
func formatOfCode(code string) numberFormat {
	days, clock, months := false, false, 0
	end := func() numberFormat {
		switch {
		case days, months > 2, months > 0 && !clock:
			return showsDate
		case clock:
			return showsTime
		}
		return showsNumber
	}
	run := 0 // length of the current run of m
	for i := 0; i < len(code); i++ {
		if n := generalAt(code[i:]); n > 0 {
			i, run = i+n-1, 0
			continue
		}
		if code[i]|0x20 == 'm' {
			run++
			months = max(months, run)
			continue
		}
		run = 0
		switch code[i] {
		case ';':
			return end()
		case '"':
			n := strings.IndexByte(code[i+1:], '"')
			if n < 0 {
				return end()
			}
			i += n + 1
		case '\\', '_', '*': // the next character is shown, or its width, or it fills the cell
			i++
		case '[':
			n := strings.IndexByte(code[i:], ']')
			if n < 0 {
				return end()
			}
			if isElapsed(code[i+1 : i+n]) {
				return showsNumber
			}
			i += n
		case 'A', 'a': // AM/PM and A/P stand beside an hour
			if strings.HasPrefix(strings.ToUpper(code[i:]), "AM/PM") {
				i += len("AM/PM") - 1
			}
		case 'y', 'Y', 'd', 'D':
			days = true
		case 'h', 'H', 's', 'S':
			clock = true
		}
	}
	return end()
}

// generals are the names of the format General in languages in which they have a letter that could stand for a part of a
// date. The file is to have the English one, and some programs write their own.
var generals = []string{"standardowy", "standaard", "standard", "estándar", "estandar", "yleinen", "všeobecný", "obecný", "normál", "allmänt", "általános", "ogólny", "algemeen"}

// generalAt is the length of such a name at the beginning of a format's code; 0 where there is none.
func generalAt(code string) int {
	for _, name := range generals {
		if len(code) >= len(name) && strings.EqualFold(code[:len(name)], name) {
			return len(name)
		}
	}
	return 0
}

// isElapsed recognises h, mm, ss and the like: they count hours, minutes or seconds without end, a duration. What else
// stands in brackets is a colour, a condition, a currency or a language.
func isElapsed(within string) bool {
	within = strings.ToLower(within)
	return within != "" && strings.Contains("hms", within[:1]) && strings.Trim(within, within[:1]) == ""
}

package spreadsheet

import (
	"errors"
	"strconv"
	"strings"
)

// maxStyles bounds the list of cell formats; Excel allows about 65,000.
const maxStyles = 1 << 20

// readStyles says of each cell format (cellXfs), in their order, whether it shows a number as a date or time.
func readStyles(a *archive, name string) ([]bool, error) {
	if name == "" || !a.has(name) {
		return nil, nil
	}
	var formats []bool
	custom := map[int]bool{}
	inCells := false
	err := a.parse(name, func(x *xmlReader) error {
		switch string(x.name) {
		case "numFmt":
			// Formats may also stand in conditional formats (dxfs); they have ids too and do no harm here.
			id, _ := x.attribute("numFmtId")
			code, _ := x.attribute("formatCode")
			if n, err := strconv.Atoi(id); err == nil && x.depth() == 3 && len(custom) < maxStyles {
				custom[n] = isDateCode(code)
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
			id, _ := x.attribute("numFmtId")
			n, _ := strconv.Atoi(id)
			date, known := custom[n]
			formats = append(formats, date || !known && isBuiltinDate(n))
		}
		return nil
	})
	return formats, err
}

// isBuiltinDate knows the date formats that workbooks use without writing them down (ECMA-376 part 1, 18.8.30); 27 to 36
// and 50 to 58 are dates in East Asian versions. 46 is [h]:mm:ss, a duration.
func isBuiltinDate(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id == 45 || id == 47 || id >= 50 && id <= 58
}

// isDateCode reads the first section of a number format's code, which is that of positive numbers. It is a date or time
// where it has a letter for a year, month, day, hour, minute or second that is not shown as it stands.
func isDateCode(code string) bool {
	date := false
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case ';':
			return date
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return date
			}
			i += end + 1
		case '\\', '_', '*': // the next character is shown, or its width, or it fills the cell
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return date
			}
			if isElapsed(code[i+1 : i+end]) {
				return false
			}
			i += end
		case 'y', 'Y', 'm', 'M', 'd', 'D', 'h', 'H', 's', 'S':
			date = true
		}
	}
	return date
}

// isElapsed recognises h, mm, ss and the like: they count hours, minutes or seconds without end, a duration. What else
// stands in brackets is a colour, a condition, a currency or a language.
func isElapsed(within string) bool {
	within = strings.ToLower(within)
	return within != "" && strings.Contains("hms", within[:1]) && strings.Trim(within, within[:1]) == ""
}

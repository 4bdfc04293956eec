package twosides

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// workbook writes the rows as a workbook, its values as numbers and dates or as texts, in one of the packings that programs use.
func (d *dress) workbook(t testing.TB, rows [][]string) ([]byte, contract.ReadOptions) {
	o := d.options()
	date1904 := d.rarely(8)
	cells := make([][]any, len(rows))
	texts := d.rarely(5) // nothing but texts
	for r, row := range rows {
		for c, field := range row {
			value := any(field)
			if r > d.titles && !texts {
				value = d.cell(c, field, date1904)
			}
			if field == "" && !d.rarely(20) {
				value = nil
			}
			cells[r] = append(cells[r], value)
		}
	}
	sheets := []sheet{{Name: "Orders", Rows: cells}}
	if d.rarely(5) {
		cover := sheet{Name: pick(d.maker, "Cover", "a & b", "Übersicht"), Hidden: d.rarely(2), Rows: [][]any{{"Report"}, {"made", "by"}}}
		sheets = slices.Insert(sheets, 0, cover)
	}
	if d.rarely(6) {
		sheets = append(sheets, sheet{Name: "Empty"})
	}
	parts := workbookOf(sheets, date1904)
	packing := pick(d.maker, packings...)
	for range 1 + d.IntN(2) {
		parts = packing(d.maker, parts)
		packing = pick(d.maker, packings...)
	}
	return d.packed(t, parts), o
}

var plainNumber = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]+)?$`)

// cell is a value as a spreadsheet program keeps it.
func (d *dress) cell(column int, text string, date1904 bool) any {
	if d.rarely(30) {
		return pick[any](d.maker, text, true, raw(`<c r="%s" t="e"><v>#N/A</v></c>`), raw(`<c r="%s"><f>1+1</f></c>`), raw(`<c r="%s"><f>A1</f><v>2</v></c>`), raw(`<c r="%s" t="str"><f>""</f><v></v></c>`),
			raw(`<c r="%s" s="3"><v>0.4375</v></c>`), raw(`<c r="%s"/>`), raw(`<c r="%s" s=""><v>7</v></c>`), raw(`<c r="%s" t="str"><v>a_x000D_b</v></c>`), raw(`<c r="%s"><v>1.5E+3</v></c>`),
			raw(`<c r="%s" t="n"><v>12,5</v></c>`), raw(`<c r="%s" t="b"><v>2</v></c>`), raw(`<c r="%s" s="99"><v>8</v></c>`), raw(`<c r="%s" t="inlineStr"><is><r><t>x</t></r><r><t xml:space="preserve"> y</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>`),
			raw(`<c r="%s" t="d"><v>2025-03-31T23:59:59.997</v></c>`), raw(`<c r="%s" s="1"><v>60</v></c>`), raw(`<c r="%s" s="1"><v>-1</v></c>`), raw(`<c r="%s" s="2"><v>45747.999999999</v></c>`),
			raw(`<c r="%s"><v>1e308</v></c>`), raw(`<c r="%s"><v>123456789012345678</v></c>`), raw(`<c r="%s" t="s"><v>0</v></c>`), raw(`<c r="%s"><f>0</f><v>0</v></c>`))
	}
	switch column {
	case 1:
		for _, layout := range d.layouts {
			at, err := time.Parse(layout, text)
			if err != nil || at.Year() < 1904 {
				continue
			}
			switch d.IntN(12) {
			case 0:
				return text
			case 1:
				return raw(`<c r="%s" t="d" s="1"><v>` + at.Format(pick(d.maker, "2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05.000")) + `</v></c>`)
			case 2:
				number, err := strconv.ParseFloat(at.Format("20060102"), 64)
				if err == nil {
					return number
				}
			}
			return raw(fmt.Sprintf(`<c r="%%s" s="%d"><v>%s</v></c>`, pick(d.maker, styleDate, styleDateTime), serial(at, date1904)))
		}
	case 2:
		plain := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(text)
		if d.group == "." || d.group == "," {
			plain = strings.ReplaceAll(plain, d.group, "")
		}
		plain = strings.Replace(plain, d.decimal, ".", 1)
		if plainNumber.MatchString(plain) && !d.rarely(15) {
			return raw(fmt.Sprintf(`<c r="%%s" s="%d"><v>%s</v></c>`, pick(d.maker, 0, styleMoney), plain))
		}
	default:
		if plainNumber.MatchString(text) && !d.rarely(6) {
			return raw(`<c r="%s"><v>` + text + `</v></c>`)
		}
	}
	return text
}

// packings change the parts of a workbook, but not what Excel shows of it.
var packings = []func(m maker, parts map[string]string) map[string]string{
	func(_ maker, parts map[string]string) map[string]string { return parts },
	func(_ maker, parts map[string]string) map[string]string { return parts },
	strict, prefixed, withSharedStrings, withSharedStrings, withoutAddresses, withBackslashes, withTable, withHiddenRows, neverCalculated, roomy, withoutStyles, withAbsoluteTargets, withOtherCase, withForeignFlag, withEmptyRows,
}

func eachSheet(parts map[string]string, change func(xml string) string) map[string]string {
	out := maps.Clone(parts)
	for name, xml := range parts {
		if strings.HasPrefix(name, "xl/worksheets/sheet") {
			out[name] = change(xml)
		}
	}
	return out
}

func strict(_ maker, parts map[string]string) map[string]string {
	out := map[string]string{}
	for name, xml := range parts {
		out[name] = strings.NewReplacer(mainSpace, "http://purl.oclc.org/ooxml/spreadsheetml/main", relSpace, "http://purl.oclc.org/ooxml/officeDocument/relationships").Replace(xml)
	}
	return out
}

var tagStart = regexp.MustCompile(`<(/?)([A-Za-z])`)

func prefixed(_ maker, parts map[string]string) map[string]string {
	return eachSheet(parts, func(xml string) string {
		if strings.Contains(xml, "xmlns:x=") {
			return xml
		}
		return "\ufeff" + strings.Replace(tagStart.ReplaceAllString(xml, "<${1}x:$2"), "xmlns=", "xmlns:x=", 1)
	})
}

var inline = regexp.MustCompile(`(?s) t="inlineStr"><is><t xml:space="preserve">(.*?)</t></is>`)

func withSharedStrings(m maker, parts map[string]string) map[string]string {
	var items strings.Builder
	items.WriteString("<si><t>first</t></si>")
	n := 1
	out := eachSheet(parts, func(xml string) string {
		return inline.ReplaceAllStringFunc(xml, func(cell string) string {
			text := inline.FindStringSubmatch(cell)[1]
			fmt.Fprintf(&items, pick(m, `<si><t xml:space="preserve">%s</t></si>`, `<si><t xml:space="preserve">%s</t></si>`, `<si><r><rPr><b/></rPr><t xml:space="preserve">%s</t></r></si>`, "<si>\n<t xml:space=\"preserve\">%s</t><phoneticPr fontId=\"1\"/></si>"), text)
			n++
			return fmt.Sprintf(` t="s"><v>%d</v>`, n-1)
		})
	})
	if _, there := out["xl/sharedStrings.xml"]; !there {
		out["xl/sharedStrings.xml"] = `<sst xmlns="` + mainSpace + `">` + items.String() + `</sst>`
		return out
	}
	return parts
}

var address = regexp.MustCompile(`(<(?:x:)?(?:row|c)) r="[A-Z]*[0-9]+"`)

// withoutAddresses leaves rows and cells to their places, so that no cell may be left out.
func withoutAddresses(_ maker, parts map[string]string) map[string]string {
	return eachSheet(parts, func(xml string) string { return address.ReplaceAllString(xml, "$1") })
}

func withBackslashes(_ maker, parts map[string]string) map[string]string {
	out := map[string]string{}
	for name, xml := range parts {
		out[strings.ReplaceAll(name, "/", `\`)] = xml
	}
	return out
}

var rowStart = regexp.MustCompile(`<((?:x:)?row) r="([0-9]+)"`)

// withTable declares the last row, or the one before it, as a table's totals.
func withTable(m maker, parts map[string]string) map[string]string {
	if _, there := parts[sheetPart]; !there {
		return parts
	}
	found := rowStart.FindAllStringSubmatch(parts[sheetPart], -1)
	if len(found) == 0 {
		return parts
	}
	last, err := strconv.Atoi(found[len(found)-1][2])
	if err != nil {
		return parts
	}
	out := maps.Clone(parts)
	out["xl/tables/table1.xml"] = fmt.Sprintf(`<table xmlns="%s" id="1" ref="A1:%s" totalsRowCount="%s"/>`, mainSpace, spreadsheet.Address(3, last-m.IntN(2)), pick(m, "1", "1", "0", "2"))
	out["xl/worksheets/_rels/sheet1.xml.rels"] = `<Relationships xmlns="` + packSpace + `"><Relationship Id="t" Type="` + relSpace + `/table" Target="../tables/table1.xml"/></Relationships>`
	return out
}

func withHiddenRows(m maker, parts map[string]string) map[string]string {
	return eachSheet(parts, func(xml string) string {
		if strings.Contains(xml, " hidden=") {
			return xml
		}
		return rowStart.ReplaceAllStringFunc(xml, func(row string) string { return row + pick(m, "", "", ` hidden="1"`, ` hidden="false"`) })
	})
}

func neverCalculated(m maker, parts map[string]string) map[string]string {
	out := maps.Clone(parts)
	for name, xml := range parts {
		if strings.HasSuffix(name, "workbook.xml") {
			out[name] = strings.Replace(xml, "</workbook>", pick(m, `<calcPr fullCalcOnLoad="1"/>`, `<calcPr fullCalcOnLoad="true" calcId="1"/>`, `<calcPr fullCalcOnLoad="0"/>`)+"</workbook>", 1)
		}
	}
	return out
}

// roomy puts blanks, comments and attributes of no matter between and into the tags.
func roomy(m maker, parts map[string]string) map[string]string {
	return eachSheet(parts, func(xml string) string {
		return strings.NewReplacer("</row>", pick(m, "</row>\n  ", "</row><!-- row -->", "</row>"), "</x:row>", "</x:row>\n", `"><v>`, pick(m, `" ><v>`, "\">\n<v>", `"><v>`), `<row r`, `<row spans="1:4" r`, "</c>", pick(m, "</c> ", "</c>", "<extLst/></c>")).Replace(xml)
	})
}

func withoutStyles(_ maker, parts map[string]string) map[string]string {
	out := maps.Clone(parts)
	delete(out, "xl/styles.xml")
	return out
}

func withAbsoluteTargets(_ maker, parts map[string]string) map[string]string {
	out := maps.Clone(parts)
	for name, xml := range parts {
		if strings.HasSuffix(name, "workbook.xml.rels") {
			out[name] = strings.NewReplacer(`Target="worksheets/`, `Target="/xl/worksheets/`, `Target="s`, `Target="/xl/s`).Replace(xml)
		}
	}
	return out
}

func withOtherCase(_ maker, parts map[string]string) map[string]string {
	out := map[string]string{}
	for name, xml := range parts {
		if strings.Contains(name, "worksheets") {
			name = strings.ToUpper(name)
		}
		out[name] = xml
	}
	return out
}

func withForeignFlag(_ maker, parts map[string]string) map[string]string {
	out := maps.Clone(parts)
	for name, xml := range parts {
		if strings.HasSuffix(name, "workbook.xml") {
			out[name] = strings.Replace(xml, "</workbook>", `<extLst><ext><x15:workbookPr xmlns:x15="urn:x" date1904="1"/></ext></extLst></workbook>`, 1)
		}
	}
	return out
}

func withEmptyRows(m maker, parts map[string]string) map[string]string {
	return eachSheet(parts, func(xml string) string {
		return strings.Replace(xml, "<sheetData>", pick(m, "<sheetData>", `<sheetPr/><cols/><sheetData>`), 1)
	})
}

// packed is the workbook's zip file, as one of the programs that write such packs its parts.
func (d *dress) packed(t testing.TB, parts map[string]string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	way := d.IntN(4)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) {
		f, err := flate.NewWriter(to, pick(d.maker, 1, 6, 9))
		return &flushing{f, way == 2}, err
	})
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		method := zip.Deflate
		if way == 1 {
			method = zip.Store
		}
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		require.NoError(t, err)
		for piece := range slices.Chunk([]byte(parts[name]), 1000) {
			_, err = part.Write(piece)
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// flushing ends a block behind each piece, with an empty stored one as Excel writes it.
type flushing struct {
	*flate.Writer
	each bool
}

func (f *flushing) Write(p []byte) (int, error) {
	n, err := f.Writer.Write(p)
	if err == nil && f.each {
		err = f.Flush()
	}
	return n, err
}

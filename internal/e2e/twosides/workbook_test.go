package twosides

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"fabricportal/internal/services/importfile/spreadsheet"
)

const (
	sheetPart = "xl/worksheets/sheet1.xml"
	mainSpace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relSpace  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packSpace = "http://schemas.openxmlformats.org/package/2006/relationships"
)

// sheet is a sheet of a workbook as the examples of the contract write it: a date is {"date": "2025-03-01"}. A cell that is
// a raw is XML.
type sheet struct {
	Name   string  `json:"name"`
	Hidden bool    `json:"hidden"`
	Rows   [][]any `json:"rows"`
}

// raw is what stands in a cell's place: attributes and content by %s for its address.
type raw string

// Cell formats of the workbooks made here.
const (
	styleDate     = 1
	styleDateTime = 2
	styleTime     = 3
	styleMoney    = 4
)

// workbookOf are the parts of a workbook.
func workbookOf(sheets []sheet, date1904 bool) map[string]string {
	parts := map[string]string{
		"_rels/.rels":   `<Relationships xmlns="` + packSpace + `"><Relationship Id="rId1" Type="` + relSpace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet xmlns="` + mainSpace + `"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd hh:mm:ss"/><numFmt numFmtId="165" formatCode="#,##0.00\ &quot;€&quot;"/></numFmts><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="21"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
	}
	var list, rels, types strings.Builder
	for i, s := range sheets {
		part := fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)
		parts[part] = s.xml(date1904)
		state := ""
		if s.Hidden {
			state = ` state="hidden"`
		}
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d"%s r:id="rId%d"/>`, escaped(s.Name), i+1, state, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relSpace, i+1)
		fmt.Fprintf(&types, `<Override PartName="/%s" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`, part)
	}
	flag := ""
	if date1904 {
		flag = `<workbookPr date1904="1"/>`
	}
	parts["xl/workbook.xml"] = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<workbook xmlns="` + mainSpace + `" xmlns:r="` + relSpace + `">` + flag + `<sheets>` + list.String() + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = `<Relationships xmlns="` + packSpace + `">` + rels.String() +
		`<Relationship Id="rIdS" Type="` + relSpace + `/styles" Target="styles.xml"/><Relationship Id="rIdT" Type="` + relSpace + `/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	parts["[Content_Types].xml"] = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` + types.String() + `</Types>`
	return parts
}

func (s *sheet) xml(date1904 bool) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" + `<worksheet xmlns="` + mainSpace + `"><sheetData>`)
	for r, row := range s.Rows {
		fmt.Fprintf(&b, `<row r="%d">`, r+1)
		for c, value := range row {
			b.WriteString(cellXML(spreadsheet.Address(c, r+1), value, date1904))
		}
		b.WriteString(`</row>`)
	}
	b.WriteString(`</sheetData></worksheet>`)
	return b.String()
}

func cellXML(address string, value any, date1904 bool) string {
	switch v := value.(type) {
	case raw:
		return strings.ReplaceAll(string(v), "%s", address)
	case string:
		return `<c r="` + address + `" t="inlineStr"><is><t xml:space="preserve">` + escaped(v) + `</t></is></c>`
	case float64:
		return `<c r="` + address + `"><v>` + strconv.FormatFloat(v, 'g', -1, 64) + `</v></c>`
	case bool:
		return `<c r="` + address + `" t="b"><v>` + map[bool]string{true: "1", false: "0"}[v] + `</v></c>`
	case map[string]any:
		for name, layout := range map[string]string{"date": time.DateOnly, "datetime": "2006-01-02T15:04:05"} {
			text, is := v[name].(string)
			if !is {
				continue
			}
			at, err := time.Parse(layout, text)
			if err != nil {
				panic(err)
			}
			style := map[string]int{"date": styleDate, "datetime": styleDateTime}[name]
			return fmt.Sprintf(`<c r="%s" s="%d"><v>%s</v></c>`, address, style, serial(at, date1904))
		}
	}
	return ""
}

// serial is the number of a moment.
func serial(at time.Time, date1904 bool) string {
	zero := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		zero = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	days := float64(at.Unix()-zero.Unix()) / 86400
	if !date1904 && days < 61 {
		days--
	}
	return strconv.FormatFloat(days, 'f', -1, 64)
}

// escaped is a text in XML.
func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;").Replace(text)
}

// zipped packs the parts of a workbook.
func zipped(t testing.TB, parts map[string]string) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		part, err := w.Create(name)
		require.NoError(t, err)
		_, err = part.Write([]byte(parts[name]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

// encoded is a text in an encoding.
func encoded(t testing.TB, text, name string) []byte {
	into := map[string]encoding.Encoding{
		"utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"windows-1252": charmap.Windows1252, "windows-1250": charmap.Windows1250, "iso-8859-15": charmap.ISO8859_15, "ibm850": charmap.CodePage850,
	}[name]
	if into == nil {
		return []byte(text)
	}
	out, err := encoding.ReplaceUnsupported(into.NewEncoder()).Bytes([]byte(text))
	require.NoError(t, err)
	return out
}

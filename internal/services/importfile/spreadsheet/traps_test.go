package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

func TestCellsOfEachType(t *testing.T) {
	book := bookOf(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1.5</v></c><c r="C1" t="n"><v>-2E3</v></c>`+
		`<c r="D1" t="b"><v>1</v></c><c r="E1" t="b"><v>0</v></c><c r="F1" t="e"><v>#N/A</v></c><c r="G1" t="str"><f>A1&amp;"x"</f><v>ax</v></c>`+
		`<c r="H1" t="inlineStr"><is><t>in line</t></is></c><c r="I1" t="d"><v>2025-01-02</v></c><c r="J1" t="d"><v>2025-01-02T10:11:12</v></c>`+
		`<c r="K1" s="1"><v>45000</v></c><c r="L1" s="1"><v>45000.5</v></c><c r="M1"><f>1/0</f></c><c r="N1" s="1"/><c r="O1"><v></v></c></row>`).
		with("xl/sharedStrings.xml", `<sst `+mainNS+`><si><t>shared</t></si></sst>`).styles()
	requireCells(t, book.write(t), `A1 "shared"`, `B1 1.5`, `C1 -2000`, `D1 true`, `E1 false`, `F1 #N/A`, `G1 "ax"`,
		`H1 "in line"`, `I1 2025-01-02`, `J1 2025-01-02T10:11:12`, `K1 2023-03-15`, `L1 2023-03-15T12:00:00`)
}

func TestPrefixedElementsByteOrderMarkAndQuotes(t *testing.T) {
	book := bookOf("").with("xl/worksheets/sheet1.xml", "\xEF\xBB\xBF<?xml version='1.0'?><x:worksheet xmlns:x='m'><x:sheetData>"+
		"<x:row spans='1:2' r='2'><x:c t='s' s='0' r='B2'><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>").
		with("xl/sharedStrings.xml", "\xEF\xBB\xBF<x:sst xmlns:x='m'><x:si><x:t/></x:si><x:si><x:t xml:space='preserve'> b </x:t></x:si></x:sst>")
	requireCells(t, book.write(t), `B2 " b "`)
}

// TestCellsThatAreNumbered: Excel takes such a cell by its place, as it does one without an address. A number that is not the
// place is damage.
func TestCellsThatAreNumbered(t *testing.T) {
	requireCells(t, bookOf(`<row r="1"><c r="0"><v>1</v></c><c r="1"><v>2</v></c><c r="D1"><v>3</v></c><c r="4"><v>4</v></c></row><row r="2"><c r="0"><v>5</v></c></row>`).write(t),
		`A1 1`, `B1 2`, `D1 3`, `E1 4`, `A2 5`)
}

func TestStrictWorkbook(t *testing.T) {
	book := bookOf(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`).with("xl/sharedStrings.xml", `<sst><si><t>a</t></si></sst>`)
	for name, content := range book {
		content = strings.ReplaceAll(content, "http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
		book[name] = strings.ReplaceAll(content, relURL, "http://purl.oclc.org/ooxml/officeDocument/relationships/")
	}
	requireCells(t, book.write(t), `A1 "a"`)
}

func TestPartsAreFoundThroughRelationships(t *testing.T) {
	book := bookOf("").without("xl/worksheets/sheet1.xml").without("xl/workbook.xml").without("xl/_rels/workbook.xml.rels")
	book.with("_rels/.rels", `<Relationships><Relationship Target="/Data/Book.XML" Id="a" Type="`+relURL+`officeDocument"/></Relationships>`).
		with("data/book.xml", `<workbook `+relNS+`><sheets><sheet r:id="x" name="Chart"/><sheet r:id="y" name="&lt;Orders&gt;"/></sheets></workbook>`).
		with(`data\_rels\book.xml.rels`, `<Relationships><Relationship Id="x" Type="`+relURL+`chartsheet" Target="charts/c.xml"/>`+
			`<Relationship Id="y" Type="`+relURL+`worksheet" Target="..\Elsewhere\the%20sheet.xml"/><Relationship Id="z" Type="`+relURL+
			`sharedStrings" Target="/strings.xml"/></Relationships>`).
		with("elsewhere/the%20sheet.xml", sheetOf(`<row><c t="s"><v>0</v></c></row>`)).
		with("strings.xml", `<sst><si><t>found</t></si></sst>`)
	path := book.write(t)
	requireCells(t, path, `A1 "found"`)
	f, err := Open(t.Context(), path, Limits{})
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, []Sheet{{Name: "<Orders>"}}, f.Sheets())
}

func TestHiddenSheetsAreListedAndNotRead(t *testing.T) {
	book := bookOf(`<row><c><v>1</v></c></row>`).
		with("xl/workbook.xml", `<workbook `+relNS+`><sheets><sheet name="a" state="veryHidden" r:id="r1"/><sheet name="b" state="hidden" r:id="r1"/>`+
			`<sheet name="c" state="visible" r:id="r2"/></sheets></workbook>`).
		with("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="`+relURL+`worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="r2" Type="`+relURL+`worksheet" Target="worksheets/sheet2.xml"/></Relationships>`).
		with("xl/worksheets/sheet2.xml", sheetOf(`<row><c><v>2</v></c></row>`))
	path := book.write(t)
	requireCells(t, path, "A1 2")
	f, err := Open(t.Context(), path, Limits{})
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, []Sheet{{"a", true}, {"b", true}, {"c", false}}, f.Sheets())
	name, ok := f.SheetName()
	require.True(t, ok)
	require.Equal(t, "c", name)
}

func TestPlacesOfCells(t *testing.T) {
	for name, c := range map[string]struct {
		rows string
		want []string
	}{
		"without letters":        {`<row r="1"><c r="0"><v>1</v></c><c r="B1"/><c r="17"><v>2</v></c></row>`, []string{"A1 1", "C1 2"}},
		"without addresses":      {`<row><c><v>1</v></c><c/><c><v>2</v></c></row><row><c><v>3</v></c></row>`, []string{"A1 1", "C1 2", "A2 3"}},
		"mixed addresses":        {`<row r="3"><c r="B3"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>`, []string{"B3 1", "C3 2", "A4 3"}},
		"out of order":           {`<row r="1"><c r="C1"><v>3</v></c><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>`, []string{"A1 1", "B1 2", "C1 3"}},
		"one address twice":      {`<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="A1"><v>3</v></c></row>`, []string{"A1 3", "B1 2"}},
		"sparse":                 {`<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>`, []string{"A1 1", "XFD1048576 2"}},
		"one row number twice":   {`<row r="1"><c><v>1</v></c></row><row r="1"><c><v>2</v></c></row><row><c><v>3</v></c></row>`, []string{"A1 1", "A1 2", "A2 3"}},
		"blank rows":             {`<row r="1"/><row r="2" s="1"><c r="A2" s="1"/></row><row r="3"><c r="A3"><v>1</v></c></row>`, []string{"A3 1"}},
		"lower case":             {`<row r="1"><c r="ab1"><v>1</v></c></row>`, []string{"AB1 1"}},
		"no rows":                {``, nil},
		"foreign elements":       {`<ext><row><c><v>9</v></c></row></ext><row><c><v>1</v><extLst><v>9</v></extLst></c><x><c><v>9</v></c></x></row>`, []string{"A1 1"}},
		"blanks around a number": {"<row><c><v> 1\n</v></c></row>", []string{"A1 1"}},
		"what is no number":      {`<row><c><v>NaN</v></c><c><v>1,5</v></c><c><v>0x1p4</v></c><c><v>1e999</v></c></row>`, []string{`A1 "NaN"`, `B1 "1,5"`, `C1 "0x1p4"`, `D1 "1e999"`}},
		"no negative zero":       {`<row><c><v>-0</v></c></row>`, []string{"A1 0"}},
		"17 digits":              {`<row><c><v>0.10000000000000001</v></c></row>`, []string{"A1 0.1"}},
	} {
		t.Run(name, func(t *testing.T) { requireCells(t, bookOf(c.rows).write(t), c.want...) })
	}
}

func TestTexts(t *testing.T) {
	long := strings.Repeat("ä&amp;日本 ", 20_000)
	for name, c := range map[string]struct{ xml, want string }{
		"runs are joined, phonetic ones are not": {`<r><rPr><b/><t>no</t></rPr><t>ab</t></r><r><t xml:space="preserve"> cd</t></r><rPh sb="0" eb="1"><t>no</t></rPh><phoneticPr fontId="1"/>`, "ab cd"},
		"entities":                               {`<t>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x1F600;</t>`, `<>&"'AB😀`},
		"CDATA and comments":                     {`<t>a<![CDATA[<b>&amp;]]><!-- <c> -->d<?pi <e>?></t>`, `a<b>&amp;d`},
		"escapes":                                {`<t>a_x000D_b_x005F_x000D_c_xd83d__xDE00_d_xD83D_e_x00</t>`, "a\rb_x000D_c😀d\uFFFDe_x00"},
		"line breaks":                            {"<t>a\r\nb\rc&#13;d</t>", "a\nb\nc\rd"},
		"longer than the buffer":                 {`<t>` + long + `</t>`, strings.ReplaceAll(long, "&amp;", "&")},
	} {
		t.Run(name, func(t *testing.T) {
			shared := bookOf(`<row><c t="s"><v>0</v></c></row>`).with("xl/sharedStrings.xml", `<sst count="9" uniqueCount="999999999999"><si>`+c.xml+`</si></sst>`)
			requireCells(t, shared.write(t), fmt.Sprintf("A1 %q", c.want))
			inline := bookOf(`<row><c t="inlineStr"><is>` + c.xml + `</is></c></row>`)
			requireCells(t, inline.write(t), fmt.Sprintf("A1 %q", c.want))
		})
	}
}

func TestTextsOfCells(t *testing.T) {
	requireCells(t, bookOf(`<row><c t="str"><v>a_x000D_&amp;</v></c><c t="inlineStr"><is><t/></is></c><c t="str"><v> </v></c></row>`).write(t),
		`A1 "a\r&"`, `C1 " "`)
	empty := bookOf(`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`).with("xl/sharedStrings.xml", `<sst><si/><si><t>b</t></si></sst>`)
	requireCells(t, empty.write(t), `B1 "b"`)
}

// TestOneLineBreakInATextOfAWorkbook: however CR and LF come about, together they are one break; a CR alone stays.
func TestOneLineBreakInATextOfAWorkbook(t *testing.T) {
	texts := []string{"a_x000D_\nb", "a_x000D__x000A_b", "a&#13;&#10;b", "a\r\nb", "a&#xD;\nb _x005F_x000D_", "a_x000D_b", "_x000D_\n_x000D_\n"}
	rows, table := "", ""
	for i, text := range texts {
		rows += fmt.Sprintf(`<row><c t="inlineStr"><is><t xml:space="preserve">%s</t></is></c><c t="s"><v>%d</v></c><c t="str"><v>%[1]s</v></c></row>`, text, i)
		table += "<si><t>" + text + "</t></si>"
	}
	var want []string
	for i, text := range []string{"a\nb", "a\nb", "a\nb", "a\nb", "a\nb _x000D_", "a\rb", "\n\n"} {
		for _, column := range "ABC" {
			want = append(want, fmt.Sprintf("%c%d %q", column, i+1, text))
		}
	}
	requireCells(t, bookOf(rows).with("xl/sharedStrings.xml", "<sst>"+table+"</sst>").write(t), want...)
}

// TestEmptyAttributesAreNone: some programs write what they leave out as an empty attribute.
func TestEmptyAttributesAreNone(t *testing.T) {
	rows := `<row r=""><c r="" s="" t=""><v>1</v></c><c r="B1" s="" t="n"><v>45000</v></c><c r="C1" s="1" t=""><v>45000</v></c><c r="D1" t="" s=""><v>2</v></c></row>` +
		`<row r="2"><c r="A2" s=""><v>3</v></c><c r="" s="" t="s"><v>0</v></c></row>`
	book := bookOf(rows).styles().with("xl/sharedStrings.xml", "<sst><si><t>x</t></si></sst>")
	path := book.write(t)
	requireCells(t, path, "A1 1", "B1 45000", "C1 2023-03-15", "D1 2", "A2 3", `B2 "x"`)
	require.Equal(t, dump(t, path, true), dump(t, path, false))
}

// TestTimesOfDayInStrictWorkbooks: a time alone is written as one, or on the day with number 0.
func TestTimesOfDayInStrictWorkbooks(t *testing.T) {
	for text, want := range map[string]Cell{
		"08:30:00":                {Kind: Time, Num: 30_600_000},
		"T08:30":                  {Kind: Time, Num: 30_600_000},
		"23:59:59.997":            {Kind: Time, Num: 86_399_000},
		"08:30:00Z":               {Kind: Time, Num: 30_600_000},
		"1899-12-31T08:30:00.000": {Kind: Time, Num: 30_600_000},
		"1899-12-30T00:00:00":     {Kind: Time, Num: 0},
		"2025-03-01T08:30:00":     {Kind: DateTime, Num: 1_740_817_800_000},
		"24:30:00":                {Kind: Text, Text: []byte("24:30:00")},
	} {
		f, err := Open(t.Context(), bookOf(`<row><c s="2" t="d"><v>`+text+`</v></c></row>`).styles("h:mm").write(t), Limits{})
		require.NoError(t, err)
		rows, err := f.Rows(t.Context())
		require.NoError(t, err)
		require.True(t, rows.Next(), text)
		require.Equal(t, []Cell{want}, rows.Row(), text)
		require.NoError(t, rows.Close())
		f.Close()
	}
	requireCells(t, bookOf(`<row><c s="1" t="d"><v>1899-12-31T08:30:00</v></c></row>`).styles().write(t), "A1 1899-12-31T08:30:00")
}

func TestUTF16Parts(t *testing.T) {
	text := sheetOf(`<row><c t="inlineStr"><is><t>ä😀</t></is></c></row>`)
	for name, order := range map[string]binary.ByteOrder{"big": binary.BigEndian, "little": binary.LittleEndian} {
		for mark, document := range map[string]string{"with a mark": "\uFEFF" + text, "without one": text} {
			var sheet bytes.Buffer
			for _, unit := range utf16.Encode([]rune(document)) {
				_ = binary.Write(&sheet, order, unit)
			}
			t.Run(name+" "+mark, func(t *testing.T) {
				requireCells(t, bookOf("").with("xl/worksheets/sheet1.xml", sheet.String()).write(t), `A1 "ä😀"`)
			})
		}
	}
}

func TestDateFormats(t *testing.T) {
	for code, date := range map[string]bool{
		"yyyy-mm-dd": true, "dd.mm.yyyy": true, "[$-409]d-mmm-yy;@": true, "h:mm AM/PM": true, "mmmm": true, `[Red]m/d`: true,
		`yyyy\-mm`: true, `"on "d`: true, "[$-F800]dddd": true, "[&lt;100]yy": true, `mm:ss.0`: true,
		"General": false, "0.00": false, "#,##0 [$€-407]": false, "[Red]0": false, `0 "days"`: false, `0\d`: false, "0_d": false, "0*m": false,
		"[h]:mm": false, "[mm]:ss": false, "[ss]": false, "@": false, "0.00E+00": false, "Standard": false, "STANDARD": false, "Standaard": false, "Estándar": false, "yleinen;[Red]-yleinen": false, `Standard\ \d`: false, `Standard d`: true, `0;d`: false, `&quot;d`: false, "": false,
	} {
		t.Run(code, func(t *testing.T) {
			want := "A1 45000"
			if date {
				want = "A1 2023-03-15"
			}
			requireCells(t, bookOf(`<row><c s="2"><v>45000</v></c></row>`).styles(strings.ReplaceAll(code, `"`, "&quot;")).write(t), want)
		})
	}
	for id := range 60 {
		date := id >= 14 && id <= 22 || id >= 27 && id <= 36 || id == 45 || id == 47 || id >= 50 && id <= 58
		require.Equal(t, date, builtinFormat(id) != showsNumber, id)
	}
}

func TestSerialNumbersOfDates(t *testing.T) {
	rows := ""
	for _, serial := range []string{"1", "59", "60", "60.5", "61", "0", "0.5", "-1", "2958465", "2958466", "43100.999999", "45000.00000001", "44927.4305555556"} {
		rows += `<row><c s="1"><v>` + serial + `</v></c></row>`
	}
	requireCells(t, bookOf(rows).styles().write(t),
		"A1 1900-01-01", "A2 1900-02-28", "A3 60", "A4 60.5", "A5 1900-03-01", "A6 0", "A7 0.5", "A8 -1", "A9 9999-12-31", "A10 2.958466e+06",
		"A11 2017-12-31T23:59:59", "A12 2023-03-15", "A13 2023-01-01T10:20:00")

	for _, flag := range []string{`date1904="1"`, `date1904='true'`} {
		book := bookOf(`<row><c s="1"><v>43100</v></c><c s="1"><v>2957003</v></c><c s="1"><v>2957004</v></c></row>`).styles()
		book["xl/workbook.xml"] = strings.Replace(book["xl/workbook.xml"], "<sheets>", "<workbookPr "+flag+"/><sheets>", 1)
		requireCells(t, book.write(t), "A1 2022-01-01", "B1 9999-12-31", "C1 2.957004e+06")
	}
}

// TestTheFlagOf1904IsTheWorkbooksOwn: Excel 2013 and later write a second workbookPr into the extension list.
func TestTheFlagOf1904IsTheWorkbooksOwn(t *testing.T) {
	const extended = `<extLst><ext uri="{140A7094}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">` +
		`<x15:workbookPr %s/></ext><ext><workbookPr %[1]s/></ext></extLst>`
	for _, c := range []struct{ before, after, want string }{
		{`<workbookPr date1904="1"/>`, fmt.Sprintf(extended, `chartTrackingRefBase="1"`), "2022-01-01"},
		{`<workbookPr date1904="1"/>`, fmt.Sprintf(extended, `date1904="0"`), "2022-01-01"},
		{`<workbookPr/>`, fmt.Sprintf(extended, `date1904="1"`), "2017-12-31"},
		{``, fmt.Sprintf(extended, `date1904="1"`), "2017-12-31"},
		{`<x15:workbookPr date1904="1" xmlns:x15="urn:x"/>`, ``, "2017-12-31"},
		{`<x15:workbookPr date1904="1" xmlns:x15="urn:x"/><workbookPr date1904="0"/>`, ``, "2017-12-31"},
	} {
		book := bookOf(`<row><c s="1"><v>43100</v></c></row>`).styles()
		plain := strings.Replace(strings.Replace(book["xl/workbook.xml"], "<sheets>", c.before+"<sheets>", 1), "</workbook>", c.after+"</workbook>", 1)
		requireCells(t, book.with("xl/workbook.xml", plain).write(t), "A1 "+c.want)
		prefixed := strings.NewReplacer("<workbook ", "<m:workbook ", "</workbook>", "</m:workbook>", "xmlns=", "xmlns:m=", "<workbookPr", "<m:workbookPr").Replace(plain)
		requireCells(t, book.with("xl/workbook.xml", prefixed).write(t), "A1 "+c.want)
	}
}

func TestDamageIsNeverSilent(t *testing.T) {
	good := ""
	for i := 1; i <= 100; i++ {
		good += fmt.Sprintf(`<row r="%d"><c r="A%d" t="inlineStr"><is><t>row %d</t></is></c></row>`, i, i, i)
	}
	whole := sheetOf(good)
	at := strings.Index(whole, "row 51")
	shared := func(strings string) parts {
		return bookOf(`<row><c t="s"><v>0</v></c></row><row><c t="s"><v>1</v></c></row>`).with("xl/sharedStrings.xml", strings)
	}
	sheet := func(content string) parts { return bookOf("").with("xl/worksheets/sheet1.xml", content) }
	for name, c := range map[string]struct {
		book parts
		rows int
		row  int
		says string
	}{
		"raw & half way":              {sheet(whole[:at] + "R & D " + whole[at:]), 50, 51, "in row 51"},
		"cut in the middle":           {sheet(whole[:at]), 50, 51, "cut off"},
		"cut after a row":             {sheet(whole[:strings.Index(whole, `<row r="51"`)]), 50, 50, "after row 50"},
		"no end of the sheet":         {sheet(strings.Replace(whole, "</worksheet>", "", 1)), 100, 0, "after its last row"},
		"no end of the data":          {sheet(strings.Replace(whole, "</sheetData>", "", 1)), 100, 100, "row 100"},
		"no data at all":              {sheet(`<worksheet><x/></worksheet>`), 0, 0, "before its first row"},
		"nothing":                     {sheet(``), 0, 0, "cut off"},
		"another root":                {sheet(`<chartsheet><sheetData/></chartsheet>`), 0, 0, "no worksheet"},
		"document type":               {sheet(`<!DOCTYPE lolz [<!ENTITY lol "lol">]>` + whole), 0, 0, "document type"},
		"unknown entity":              {sheet(strings.Replace(whole, "row 51", "&lol;", 1)), 50, 51, "in row 51"},
		"wrong end tag":               {sheet(strings.Replace(whole, "</t>", "</x>", 1)), 0, 1, "row 1"},
		"bytes that are no UTF-8":     {sheet(strings.Replace(whole, "row 51", "\xFF", 1)), 50, 51, "UTF-8"},
		"raw < in a text":             {sheet(strings.Replace(whole, "row 51", "a < b", 1)), 50, 51, "in row 51"},
		"text behind the root":        {sheet(whole + "x"), 100, 0, "outside the root"},
		"unquoted attribute":          {bookOf(`<row r="1"><c r="A1" t=s><v>0</v></c></row>`), 0, 1, "attributes"},
		"row 0":                       {bookOf(`<row r="0"><c><v>0</v></c></row>`), 0, 0, "row's number"},
		"row 1,048,577":               {bookOf(`<row r="1048577"><c><v>0</v></c></row>`), 0, 0, "row's number"},
		"a row after the last":        {bookOf(`<row r="1048576"><c><v>0</v></c></row><row><c><v>1</v></c></row>`), 1, 1048576, "more than 1048576 rows"},
		"column XFE":                  {bookOf(`<row r="1"><c r="XFE1"><v>0</v></c></row>`), 0, 1, "address"},
		"a column after the last":     {bookOf(`<row r="1"><c r="XFD1"><v>0</v></c><c><v>1</v></c></row>`), 0, 1, "columns"},
		"an address with a blank":     {bookOf(`<row r="1"><c r="1 7"><v>0</v></c></row>`), 0, 1, "address"},
		"unknown type":                {bookOf(`<row r="1"><c t="x"><v>0</v></c></row>`), 0, 1, "type"},
		"text number that is none":    {shared(`<sst><si><t>a</t></si></sst>`), 1, 2, "has 1 texts"},
		"no table of texts":           {bookOf(`<row><c t="s"><v>0</v></c></row>`), 0, 1, "has 0 texts"},
		"texts cut off":               {shared(`<sst><si><t>a</t></si><si><t>b`), 1, 2, "texts is damaged"},
		"texts cut off after the use": {shared(`<sst><si><t>a</t></si><si><t>b</t></si><si>`), 2, 0, "table of texts is damaged"},
		"formats cut off":             {bookOf(good).with("xl/styles.xml", `<styleSheet><cellXfs>`), 100, 0, "formats are damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, c.book.write(t), Limits{})
			var damaged *DamagedError
			require.ErrorAs(t, err, &damaged)
			require.Len(t, got, c.rows)
			require.Equal(t, c.row, damaged.Row)
			require.Contains(t, damaged.Sentence, c.says)
			require.Contains(t, damaged.Sentence, "orders.xlsx")
			require.True(t, strings.HasSuffix(damaged.Sentence, "."), damaged.Sentence)
			require.NotContains(t, damaged.Sentence, "\n")
		})
	}
}

// TestChecksumIsChecked changes one digit in a stored part: the XML stays well-formed, and only the checksum tells.
func TestChecksumIsChecked(t *testing.T) {
	book := bookOf(`<row><c><v>12345</v></c></row>`)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, content := range book {
		f, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)),
			CompressedSize64: uint64(len(content)), UncompressedSize64: uint64(len(content))})
		require.NoError(t, err)
		_, err = f.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	requireCells(t, writeFile(t, "good.xlsx", out.Bytes()), "A1 12345")
	spoilt := bytes.Replace(out.Bytes(), []byte("12345"), []byte("12346"), 1)
	_, err := read(t, writeFile(t, "spoilt.xlsx", spoilt), Limits{})
	require.ErrorAs(t, err, new(*DamagedError))
	require.ErrorIs(t, err, zip.ErrChecksum)
}

func TestZipVariants(t *testing.T) {
	data := bookOf(`<row><c><v>1</v></c></row>`).zip(t)
	requireCells(t, writeFile(t, "junk behind.xlsx", append(bytes.Clone(data), make([]byte, 1000)...)), "A1 1")

	cut := writeFile(t, "cut.xlsx", data[:len(data)-30])
	_, err := read(t, cut, Limits{})
	var unreadable *UnreadableError
	require.ErrorAs(t, err, &unreadable)
	require.Contains(t, unreadable.Sentence, "copied to its end")
}

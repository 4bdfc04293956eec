package spreadsheet

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func zipOf(t *testing.T, files map[string]string) string { return string(parts(files).zip(t)) }

func wide(name string) string { return string(utf16Name(name)) }

// oleWith is an OLE file with a directory of two sectors that holds the names, as [MS-CFB] describes it.
func oleWith(names ...string) string {
	const sector = 512
	data := make([]byte, 4*sector)
	copy(data, oleMagic)
	binary.LittleEndian.PutUint16(data[30:], 9)
	binary.LittleEndian.PutUint32(data[48:], 2) // the directory's first sector
	binary.LittleEndian.PutUint32(data[76:], 1) // the table of sectors
	put := func(s, next uint32) { binary.LittleEndian.PutUint32(data[2*sector+4*s:], next) }
	put(2, 0)
	put(0, 0xFFFFFFFE)
	for i, name := range append([]string{"Root Entry", "a", "b", "c"}, names...) {
		at := 3*sector + 128*i // sector 2
		if i >= 4 {
			at = sector + 128*(i-4) // sector 0
		}
		copy(data[at:], wide(name))
		binary.LittleEndian.PutUint16(data[at+64:], uint16(2*len(name)+2))
		data[at+66] = 2
	}
	return string(data)
}

func TestUnreadableFilesAreNamedByTheirContent(t *testing.T) {
	ole := oleMagic + strings.Repeat("\x00", 600)
	ods := "application/vnd.oasis.opendocument."
	for name, c := range map[string]struct{ file, content, says string }{
		"empty":                     {"a.xlsx", "", "is empty"},
		"old Excel":                 {"a.xlsx", oleWith("Workbook"), "old Excel format (.xls)"},
		"old Excel, 5.0":            {"a.csv", oleWith("Book"), "old Excel format (.xls)"},
		"password":                  {"a.xlsx", oleWith("EncryptionInfo", "EncryptedPackage"), "password"},
		"Word, with a quote":        {"a.xls", oleWith("WordDocument") + wide("Workbook"), "Word document"},
		"PowerPoint":                {"a.xls", oleWith("PowerPoint Document"), "presentation"},
		"Outlook":                   {"a.xlsx", oleWith("__properties_version1.0"), "Outlook message"},
		"another OLE file":          {"a.xlsx", oleWith("x"), "without a workbook"},
		"a cut OLE file":            {"a.xlsx", oleMagic, "damaged"},
		"OLE without a directory":   {"a.xlsx", ole + wide("Workbook"), "old Excel format"},
		"password, no directory":    {"a.xlsx", ole + wide("EncryptedPackage"), "password"},
		"Excel 4":                   {"a.xls", "\x09\x04\x06\x00\x00\x04\x10\x00", "oldest Excel format"},
		"binary workbook":           {"a.xlsx", zipOf(t, map[string]string{"xl/workbook.bin": "x"}), ".xlsb"},
		"OpenDocument":              {"a.xlsx", zipOf(t, map[string]string{"mimetype": ods + "spreadsheet", "content.xml": "x"}), ".ods"},
		"OpenDocument text":         {"a.xlsx", zipOf(t, map[string]string{"mimetype": ods + "text", "content.xml": "x"}), "no spreadsheet"},
		"flat OpenDocument":         {"a.ods", `<?xml version="1.0" encoding="UTF-8"?><office:document xmlns:office="x">`, ".fods"},
		"Word":                      {"a.xlsx", zipOf(t, map[string]string{"word/document.xml": "x"}), "Word"},
		"presentation":              {"a.xlsx", zipOf(t, map[string]string{"ppt/presentation.xml": "x"}), "presentation"},
		"Numbers":                   {"a.xlsx", zipOf(t, map[string]string{"Index/Document.iwa": "x"}), "Apple Numbers"},
		"another ZIP":               {"a.xlsx", zipOf(t, map[string]string{"a.txt": "x"}), "ZIP archive without a workbook"},
		"an empty ZIP":              {"a.xlsx", zipOf(t, nil), "ZIP archive without a workbook"},
		"a cut ZIP":                 {"a.xlsx", "PK\x03\x04" + strings.Repeat("x", 100), "damaged"},
		"gzip":                      {"a.csv", "\x1F\x8B\x08\x00", "gzip"},
		"Zstandard":                 {"a.csv", "\x28\xB5\x2F\xFD", "Zstandard"},
		"7-Zip":                     {"a.csv", "7z\xBC\xAF\x27\x1C", "7-Zip"},
		"web page":                  {"a.xls", "\xEF\xBB\xBF \n<HTML><table>", "web page"},
		"web page, table":           {"a.xls", "<table border=1><tr><td>", "web page"},
		"web page behind a comment": {"a.xls", "<!-- saved --><meta charset=utf-8>", "web page"},
		"web page in UTF-16":        {"a.xls", "\xFF\xFE" + wide("<!DOCTYPE html>"), "web page"},
		"web archive":               {"a.xls", "MIME-Version: 1.0\r\nContent-Type: multipart/related", "web archive"},
		"XML spreadsheet":           {"a.xls", `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>`, "XML spreadsheet"},
		"XML":                       {"a.xls", `<?xml version="1.0"?><data/>`, "XML file"},
		"XML, cut":                  {"a.xls", `<?xml version="1.0"?>`, "XML file"},
		"encrypted Parquet":         {"a.parquet", "PARExxxx", "encrypted Parquet"},
		"PDF":                       {"a.csv", "%PDF-1.7", "PDF"},
		"RTF":                       {"a.csv", "{\\rtf1", "RTF"},
		"UTF-32":                    {"a.csv", "\xFF\xFE\x00\x00a\x00\x00\x00", "UTF-32"},
		"PNG":                       {"a.csv", "\x89PNG\r\n\x1A\n\x00\x00\x00\rIHDR", "picture (PNG)"},
		"JPEG":                      {"a.csv", "\xFF\xD8\xFF\xE0\x00\x10JFIF", "picture (JPEG)"},
		"GIF":                       {"a.csv", "GIF89a", "picture (GIF)"},
		"BMP":                       {"a.csv", "BM\x36\x00\x0C\x00\x00\x00\x00\x00\x36\x00", "picture (BMP)"},
		"WebP":                      {"a.csv", "RIFF\x24\x00\x00\x00WEBPVP8 ", "picture (WebP)"},
		"a database":                {"a.csv", "SQLite format 3\x00", "SQLite"},
		"a program":                 {"a.csv", "\x7FELF\x02\x01\x01" + strings.Repeat("\x00", 9), "no spreadsheet"},
		"the lock file":             {"~$a.xlsx", "\x03ana", "lock file"},
		"a workbook in pieces":      {"a.xlsx", string(bookOf("").with("xl/workbook.xml", "<workbook>").zip(t)), "sheets can't be found"},
		"a sheet that is lost":      {"a.xlsx", string(bookOf("").without("xl/worksheets/sheet1.xml").zip(t)), "can't be found"},
		"hidden sheets only":        {"a.xlsx", string(bookOf("").with("xl/workbook.xml", `<workbook><sheets><sheet name="a" state="hidden" id="rId1"/></sheets></workbook>`).zip(t)), "no visible worksheet"},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, c.file, []byte(c.content))
			_, err := read(t, path, Limits{})
			requireUnreadable(t, err, path, c.says)
		})
	}
}

func TestADirectoryThatGoesInCirclesEnds(t *testing.T) {
	data := []byte(oleWith())
	binary.LittleEndian.PutUint32(data[2*512:], 2) // sector 0 goes on in sector 2, and that in sector 0
	_, err := read(t, writeFile(t, "a.xls", data), Limits{})
	require.ErrorContains(t, err, "without a workbook")
}

package spreadsheet

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// sniffBytes is how much of a file's beginning is looked at.
const sniffBytes = 64 << 10

// unsupported gives the sentence for a file of a kind that is not read, empty for all others. %s stands for its name.
func unsupported(src io.ReaderAt, size int64, head []byte) string {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n"))
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case len(head) == 0:
		return "%s is empty (0 bytes): export or download it again."
	case has("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"):
		return oleSentence(src, size)
	case has("PK"):
		return ""
	case has("PAR1"):
		return "%s is a Parquet file: choose a workbook (.xlsx) or a CSV file."
	case has("%PDF"):
		return "%s is a PDF document: export the data as a workbook (.xlsx) or CSV file."
	case has("{\\rtf"):
		return "%s is a text document (RTF): export the data as a workbook (.xlsx) or CSV file."
	case has("\xFF\xFE"), has("\xFE\xFF"):
		return "%s is text in UTF-16: save it in Excel as \"CSV UTF-8\" or as a workbook (.xlsx)."
	case bytes.HasPrefix(text, []byte("<?xml")), bytes.HasPrefix(text, []byte("<workbook")):
		return "%s is an XML file and no workbook: open it in Excel and save it as .xlsx."
	case bytes.HasPrefix(text, []byte("<!doctype")), bytes.HasPrefix(text, []byte("<html")), bytes.HasPrefix(text, []byte("<table")),
		bytes.HasPrefix(text, []byte("<head")), bytes.HasPrefix(text, []byte("<meta")), bytes.HasPrefix(text, []byte("<body")), bytes.HasPrefix(text, []byte("<!--")):
		return "%s is a web page under the name of a spreadsheet: open it in Excel and save it as .xlsx."
	case bytes.IndexByte(head, 0) >= 0:
		return "%s is no spreadsheet: choose a workbook (.xlsx) or a CSV file."
	case !validUTF8Head(head):
		return "%s is not written in UTF-8: save it in Excel as \"CSV UTF-8\" or as a workbook (.xlsx)."
	}
	return ""
}

// validUTF8Head allows a character that is cut at the end of the piece.
func validUTF8Head(head []byte) bool {
	for cut := 0; cut < utf8.UTFMax && cut < len(head); cut++ {
		if utf8.Valid(head[:len(head)-cut]) {
			return true
		}
		if len(head) < sniffBytes {
			return false
		}
	}
	return false
}

// oleSentence tells the kinds of OLE files apart by the names in their directory, which are UTF-16.
func oleSentence(src io.ReaderAt, size int64) string {
	const most = 16 << 20
	head := make([]byte, min(size, most))
	n, _ := src.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.Contains(head, utf16Name("EncryptedPackage")):
		return "%s is protected with a password: open it in Excel, remove the password (File, Info, Protect Workbook) and save it."
	case bytes.Contains(head, utf16Name("WordDocument")):
		return "%s is a Word document: export the data as a workbook (.xlsx) or CSV file."
	}
	return "%s is in the old Excel format (.xls): open it in Excel and save it as .xlsx."
}

func utf16Name(name string) []byte {
	var b []byte
	for _, c := range []byte(name) {
		b = append(b, c, 0)
	}
	return b
}

// otherPackage gives the sentence for a zip package that holds something else than an .xlsx workbook.
func (a *archive) otherPackage() string {
	switch {
	case a.has("xl/workbook.bin"):
		return "%s is a binary workbook (.xlsb): open it in Excel and save it as .xlsx."
	case a.has("word/document.xml"):
		return "%s is a Word document: export the data as a workbook (.xlsx) or CSV file."
	case a.has("ppt/presentation.xml"):
		return "%s is a presentation: export the data as a workbook (.xlsx) or CSV file."
	case a.has("mimetype") && a.has("content.xml"):
		return "%s is an OpenDocument file (.ods): open it and save it as .xlsx."
	case a.has("index/document.iwa"):
		return "%s is an Apple Numbers file: export it to Excel (.xlsx) or CSV."
	}
	return ""
}

package spreadsheet

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet/delimited"
)

// Parquet files are tables with typed columns.
const Parquet Format = "parquet"

// recognise tells by its content what the file is. A file that is not read gives a sentence that says what to do.
func (f *File) recognise(ctx context.Context) error {
	head := make([]byte, min(delimited.HeadBytes, f.Size()))
	n, err := f.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(f.path, f.name, err)
	}
	head = head[:n]
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(head) == 0 && slices.Contains([]string{".csv", ".tsv", ".txt"}, strings.ToLower(filepath.Ext(f.name))) {
		// Without content only the name tells: an empty text file is a table without rows.
		f.format = CSV
		return nil
	}
	form, sentence := formatOf(f.file, f.Size(), head)
	if sentence != "" {
		return unreadable(f.path, format.Say(sentence, "File", f.name))
	}
	switch f.format = form; form {
	case XLSX:
		return f.openWorkbook()
	case Parquet:
		return f.openParquet()
	}
	return nil
}

// What to do with a file that is of another kind.
const (
	exportIt = " export the data as a workbook (.xlsx) or CSV file."
	unpackIt = " unpack it and choose the file in it."
	saveIt   = " open it in Excel and save it as .xlsx."
)

// magics are the first bytes of files that are of no use here, with the sentence for each; {{.File}} stands for the file's name.
var magics = []struct{ head, sentence string }{
	{"%PDF", "{{.File}} is a PDF document:" + exportIt},
	{"{\\rtf", "{{.File}} is a text document (RTF):" + exportIt},
	{"\x1F\x8B", "{{.File}} is packed with gzip:" + unpackIt},
	{"BZh", "{{.File}} is packed with bzip2:" + unpackIt},
	{"\xFD7zXZ\x00", "{{.File}} is packed with xz:" + unpackIt},
	{"\x28\xB5\x2F\xFD", "{{.File}} is packed with Zstandard:" + unpackIt},
	{"7z\xBC\xAF\x27\x1C", "{{.File}} is a 7-Zip archive:" + unpackIt},
	{"Rar!\x1A\x07", "{{.File}} is a RAR archive:" + unpackIt},
	{"\x89PNG\r\n\x1A\n", "{{.File}} is a picture (PNG):" + exportIt},
	{"\xFF\xD8\xFF", "{{.File}} is a picture (JPEG):" + exportIt},
	{"GIF87a", "{{.File}} is a picture (GIF):" + exportIt},
	{"GIF89a", "{{.File}} is a picture (GIF):" + exportIt},
	{"II*\x00", "{{.File}} is a picture (TIFF):" + exportIt},
	{"MM\x00*", "{{.File}} is a picture (TIFF):" + exportIt},
	{"SQLite format 3\x00", "{{.File}} is an SQLite database:" + exportIt},
	{"\x00\x01\x00\x00Standard ", "{{.File}} is an Access database:" + exportIt},
	{"ARROW1\x00\x00", "{{.File}} is an Arrow file: save it as Parquet, CSV or a workbook (.xlsx)."},
	{"PARE", "{{.File}} is an encrypted Parquet file: save it without encryption, or as a workbook (.xlsx) or CSV file."},
	{"\xFF\xFE\x00\x00", "{{.File}} is text in UTF-32: save it in Excel as \"CSV UTF-8\" or as a workbook (.xlsx)."},
	{"\x00\x00\xFE\xFF", "{{.File}} is text in UTF-32: save it in Excel as \"CSV UTF-8\" or as a workbook (.xlsx)."},
}

// formatOf tells the format by the file's content, or gives the sentence for a file that is not read.
func formatOf(src io.ReaderAt, size int64, head []byte) (Format, string) {
	has := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case len(head) == 0:
		return "", "{{.File}} is empty (0 bytes): export or download it again."
	case has(oleMagic):
		return "", oleSentence(src, size)
	case has("PK\x03\x04"), has("PK\x05\x06"), has("PK\x07\x08"):
		return XLSX, ""
	case has("PAR1"):
		return Parquet, ""
	case has("RIFF") && len(head) >= 12 && string(head[8:12]) == "WEBP":
		return "", "{{.File}} is a picture (WebP):" + exportIt
	case has("BM") && len(head) >= 10 && string(head[6:10]) == "\x00\x00\x00\x00":
		return "", "{{.File}} is a picture (BMP):" + exportIt
	case len(head) >= 8 && binaryWorkbook(head):
		return "", "{{.File}} is in the oldest Excel format (before Excel 97):" + saveIt
	}
	for _, m := range magics {
		if has(m.head) {
			return "", m.sentence
		}
	}
	encoding, binary := delimited.Head(head)
	if binary {
		return "", "{{.File}} is no spreadsheet: choose a workbook (.xlsx), a CSV or a Parquet file."
	}
	return CSV, markupSentence(delimited.Start(head, encoding))
}

// binaryWorkbook tells the workbooks of Excel 2 to 4, which begin with a record of their own kind.
func binaryWorkbook(head []byte) bool {
	return head[0] == 0x09 && (head[1] == 0x00 || head[1] == 0x02 || head[1] == 0x04) && (head[2] == 4 || head[2] == 6 || head[2] == 8) && head[3] == 0
}

// markupSentence gives the sentence for markup, which programs like to save under the name of a spreadsheet; empty for
// other texts.
func markupSentence(text []byte) string {
	text = bytes.ToLower(bytes.TrimLeft(text, " \t\r\n\uFEFF"))
	if bytes.HasPrefix(text, []byte("mime-version:")) {
		return "{{.File}} is a web archive under the name of a spreadsheet:" + saveIt
	}
	if !bytes.HasPrefix(text, []byte("<")) {
		return ""
	}
	// The first element tells what it is; comments, a document type and instructions may stand before it.
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, src io.Reader) (io.Reader, error) { return src, nil }
	other := "" // <DATE>,<OPEN> is the header of a text file
	if bytes.HasPrefix(text, []byte("<?xml")) {
		other = xmlFile
	}
	for {
		token, err := d.RawToken()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.Directive:
			if bytes.HasPrefix(t, []byte("doctype html")) {
				return webPage
			}
		case xml.StartElement:
			if sentence := elementSentence(t); sentence != "" {
				return sentence
			}
			return other
		}
	}
	if other == "" && bytes.HasPrefix(text, []byte("<!")) {
		return webPage
	}
	return other
}

const (
	webPage = "{{.File}} is a web page under the name of a spreadsheet:" + saveIt
	xmlFile = "{{.File}} is an XML file and no workbook:" + saveIt
)

func elementSentence(e xml.StartElement) string {
	switch name := e.Name.Local; {
	case name == "workbook":
		return "{{.File}} is an XML spreadsheet (2003):" + saveIt
	case name == "document" && e.Name.Space == "office":
		return "{{.File}} is an OpenDocument file (.fods):" + saveIt
	case slices.Contains([]string{"html", "head", "meta", "body", "table", "style", "script"}, name):
		return webPage
	}
	return ""
}

// otherPackage gives the sentence for a zip package that holds something else than a workbook of the kinds that are read.
func (a *archive) otherPackage() string {
	switch {
	case a.has("xl/workbook.bin"):
		return "{{.File}} is a binary workbook (.xlsb):" + saveIt
	case a.has("word/document.xml"):
		return "{{.File}} is a Word document:" + exportIt
	case a.has("ppt/presentation.xml"):
		return "{{.File}} is a presentation:" + exportIt
	case a.has("visio/document.xml"):
		return "{{.File}} is a Visio drawing:" + exportIt
	case a.has("mimetype") && a.has("content.xml"):
		return a.openDocument()
	case a.has("index/document.iwa"), a.has("index.zip"):
		return "{{.File}} is an Apple Numbers file: export it to Excel (.xlsx) or CSV."
	case a.has("meta-inf/manifest.mf"):
		return "{{.File}} is a Java archive and no spreadsheet: choose a workbook (.xlsx), a CSV or a Parquet file."
	case a.has("mimetype") && a.has("meta-inf/container.xml"):
		return "{{.File}} is an e-book and no spreadsheet: choose a workbook (.xlsx), a CSV or a Parquet file."
	}
	return ""
}

// openDocument tells spreadsheets from texts by the package's own word for it.
func (a *archive) openDocument() string {
	kind := make([]byte, 100)
	if p, err := a.open("mimetype"); err == nil {
		n, _ := io.ReadFull(p, kind)
		kind = kind[:n]
		_ = p.Close()
	}
	if bytes.Contains(kind, []byte("opendocument.")) && !bytes.Contains(kind, []byte("spreadsheet")) {
		return "{{.File}} is an OpenDocument file and no spreadsheet:" + exportIt
	}
	return "{{.File}} is an OpenDocument spreadsheet (.ods): open it and save it as .xlsx."
}

package spreadsheet

import (
	"bytes"
	"strings"
	"testing"

	"fabricportal/internal/services/importfile/spreadsheet/delimited"
)

// FuzzRecognise tells what any bytes are: a format, or one sentence that names the file and says what to do.
func FuzzRecognise(f *testing.F) {
	f.Add([]byte(oleWith("Workbook")))
	f.Add([]byte(oleMagic + "\x00\x00"))
	f.Add([]byte("<!-- a --><html>"))
	f.Add([]byte("\xFF\xFE<\x00?\x00x\x00m\x00l\x00"))
	f.Add([]byte("PAR1\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		format, sentence := formatOf(bytes.NewReader(data), int64(len(data)), data[:min(len(data), delimited.HeadBytes)])
		if sentence == "" {
			if format != CSV && format != XLSX && format != Parquet {
				t.Fatalf("format %q without a sentence", format)
			}
			return
		}
		if strings.Count(sentence, "{{.File}}") != 1 || strings.Count(sentence, "{{") != 1 || !strings.HasSuffix(sentence, ".") {
			t.Fatalf("sentence %q", sentence)
		}
	})
}

package delimited

import (
	"bytes"
	"errors"
	"testing"
	"unicode/utf8"
)

// FuzzScanner compares the rows of any text with those of the plain splitter, in blocks of any size.
func FuzzScanner(f *testing.F) {
	f.Add("a,\"b\r\nc\"\"\",\r\r\n\"\",\n", byte(','), uint8(3))
	f.Add("a;5\" pipe;\"x\"y", byte(';'), uint8(0))
	f.Add("long field without an end\t\x01\x02\r", byte('\t'), uint8(7))
	f.Fuzz(func(t *testing.T, text string, delimiter byte, block uint8) {
		if bytes.IndexByte([]byte(",;\t|"), delimiter) < 0 || !utf8.ValidString(text) || bytes.IndexByte([]byte(text), 0) >= 0 {
			t.Skip()
		}
		requireLikeReference(t, text, delimiter, int(block))
	})
}

// FuzzDetect reads any bytes from the detection of their form to the last row: each row is valid text, and the end is the
// file's or one of the errors that are promised.
func FuzzDetect(f *testing.F) {
	f.Add([]byte("\xEF\xBB\xBFsep=;\r\na;b\n1,5;\"x\n"))
	f.Add([]byte("\xFF\xFEa\x00;\x00\x3D\xD8"))
	f.Add([]byte("\x00a\x00,\x00b\x00\n\xDC"))
	f.Add([]byte("Gr\xF6\xDFe,b\x81\n\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Start(data, Windows1252)
		for _, headOnly := range []bool{true, false} {
			d, err := Detect(t.Context(), bytes.NewReader(data), int64(len(data)), headOnly)
			if err != nil {
				t.Fatal(err)
			}
			s := NewScanner(bytes.NewReader(data), int64(len(data)), d, Limits{RowBytes: 1 << 12, Columns: 100})
			s.block = 1 + len(data)%100
			var b Batch
			rows := 0
			for s.Next(t.Context(), &b) {
				if b.First != rows+1 {
					t.Fatalf("row %d after %d", b.First, rows)
				}
				rows += len(b.Ends)
				for _, field := range b.Fields {
					if text := b.Text(field); !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
						t.Fatalf("%q is no text", text)
					}
				}
			}
			var stop *Error
			if err := s.Err(); err != nil && (!errors.As(err, &stop) || stop.Row != rows+1) {
				t.Fatalf("%d rows, then %v", rows, err)
			}
		}
	})
}

package spreadsheet

import (
	"os"
	"testing"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// BenchmarkReadingOfFile reads the cells of the file that PROFILE_FILE names and counts nothing.
func BenchmarkReadingOfFile(b *testing.B) {
	path := os.Getenv("PROFILE_FILE")
	info, err := os.Stat(path)
	if err != nil {
		b.Skip("PROFILE_FILE names no file to read")
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		f, err := Open(b.Context(), path, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		batches, err := f.Batches(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		var batch cells.Batch
		for batches.Next(&batch) {
		}
		if err := batches.Err(); err != nil {
			b.Fatal(err)
		}
		batches.Close()
		f.Close()
	}
}

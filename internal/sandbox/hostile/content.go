package hostile

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	kilobyte = 1 << 10
	megabyte = 1 << 20
	// huge is what is sent where a body is too long for any memory; it is made while it is sent.
	huge = 600 * megabyte
)

// file is a file of the lakehouse as it is told of and as it is sent, which need not agree.
type file struct {
	told  string // the size that listings and the header tell; "" for none
	send  func(w io.Writer)
	whole bool // what is told is what is sent
}

// bytesOf is an honest file.
func bytesOf(data []byte) file {
	return file{strconv.Itoa(len(data)), func(w io.Writer) { _, _ = w.Write(data) }, true}
}

func textOf(text string) file { return bytesOf([]byte(text)) }

// repeated is an honest file that begins with head and goes on with a piece again and again, until it has that size.
func repeated(head, piece string, size int64) file {
	return file{strconv.FormatInt(size, 10), func(w io.Writer) { repeat(w, head, piece, size) }, true}
}

// endless is a file that tells one size and never ends.
func endless(told, head, piece string) file {
	return file{told, func(w io.Writer) { repeat(w, head, piece, 1<<62) }, false}
}

// repeat writes until size is reached or the reader has gone.
func repeat(w io.Writer, head, piece string, size int64) {
	block := strings.Repeat(piece, max(1, 64*kilobyte/len(piece)))
	for text := head + block; size > 0; text = block {
		n, err := io.WriteString(w, text[:min(int64(len(text)), size)])
		if size -= int64(n); err != nil {
			return
		}
	}
}

// drip writes a byte now and then, for ever.
func drip(ctx context.Context, w http.ResponseWriter, text string) {
	flush := http.NewResponseController(w)
	for i := 0; ; i = (i + 1) % len(text) {
		timer := time.NewTimer(300 * time.Millisecond)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if _, err := io.WriteString(w, text[i:i+1]); err != nil || flush.Flush() != nil {
			return
		}
	}
}

// answer sends a file, or for HEAD only what is told of it.
func (f file) answer(w http.ResponseWriter, r *http.Request, tag string) {
	h := w.Header()
	h.Set("ETag", `"`+tag+`"`)
	h.Set("Last-Modified", time.Unix(1_780_000_000, 0).UTC().Format(http.TimeFormat))
	h.Set("Content-Type", "application/octet-stream")
	h.Set("x-ms-resource-type", "file")
	if f.told != "" && (f.whole || r.Method == http.MethodHead) {
		h.Set("Content-Length", f.told)
	}
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodGet {
		f.send(w)
	}
}

package spreadsheet

import "bytes"

// Some programs write every element with a prefix: <x:row>. For them the scanner gets a copy of what it reads without
// the prefix, as long as every single tag has it.

// withoutPrefix gives the window without the prefix of its elements: as much of it as has one in each of its tags.
func (r *sheetBatches) withoutPrefix(window []byte) []byte {
	if len(r.prefix) == 0 {
		return window
	}
	out := r.unprefix[:0]
	for {
		n := bytes.IndexByte(window, '<')
		if n < 0 {
			out = append(out, window...)
			break
		}
		out = append(out, window[:n]...)
		window = window[n:]
		name := 1
		if len(window) > 1 && window[1] == '/' {
			name = 2
		}
		if !bytes.HasPrefix(window[min(name, len(window)):], r.prefix) {
			break // the window ends within the tag, or it is another one: the tokenizer's
		}
		out = append(out, window[:name]...)
		window = window[name+len(r.prefix):]
	}
	r.unprefix = out
	return out
}

// lengthBefore is how long the bytes were before withoutPrefix.
func (r *sheetBatches) lengthBefore(rows []byte) int {
	if len(r.prefix) == 0 {
		return len(rows)
	}
	return len(rows) + len(r.prefix)*bytes.Count(rows, []byte{'<'})
}

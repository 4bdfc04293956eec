package spreadsheet

import (
	"fmt"

	"fabricportal/internal/services/importfile/spreadsheet/inflate"
)

// more reads more of the source behind the bytes from keep on; the others are gone, and pos with them.
func (x *xmlReader) more(keep int) error {
	switch {
	case x.srcErr != nil:
		return x.srcErr
	case x.end-keep >= maxXMLTag:
		return fmt.Errorf("a tag is longer than %d bytes", maxXMLTag)
	case x.pieces != nil:
		return x.morePieces(keep)
	}
	if keep > 0 {
		copy(x.buf, x.buf[keep:x.end])
		x.end -= keep
		x.pos -= keep
	}
	if x.end == len(x.buf) {
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for {
		n, err := x.src.Read(x.buf[x.end:])
		x.end += n
		if err != nil {
			x.srcErr = err
		}
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// morePieces goes on in the next piece, in front of which the bytes that are kept lie already, unless they are many.
func (x *xmlReader) morePieces(keep int) error {
	kept := x.end - keep
	var before []byte
	if kept > inflate.Window {
		before = append(before, x.buf[keep:x.end]...)
	}
	buf, n, err := x.pieces.piece()
	if err != nil {
		x.srcErr = err
		return err
	}
	start := inflate.Window - kept
	if before != nil {
		buf, start = append(before, buf[inflate.Window:]...), 0
	}
	x.buf, x.pos, x.end = buf, start+x.pos-keep, start+kept+n
	return nil
}

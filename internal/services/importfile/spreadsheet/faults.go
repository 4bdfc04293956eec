package spreadsheet

import (
	"fmt"
	"path/filepath"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Files come from anywhere, and no reader is without faults. A panic while a file is read costs that reading and becomes
// an error that names the file, whichever goroutine it was raised in.

// Recovered makes an *UnreadableError of a panic. It is deferred by what works on a file:
//
//	defer spreadsheet.Recovered(path, &err)
func Recovered(path string, err *error) {
	if e := panics.Of(recover()); e != nil {
		name := filepath.Base(path)
		*err = &UnreadableError{Path: path, Err: e, Sentence: fmt.Sprintf("%s could not be read because of a fault of this program (%v): %s.", name, e.Value, afterFault)}
	}
}

const afterFault = "open it in the program it comes from, save it again and try with that, and report the fault"

// recovered makes a *DamagedError of a panic in the reading of a batch, which then holds nothing.
func recovered(name string, b *cells.Batch, more *bool, err *error) {
	if e := panics.Of(recover()); e != nil {
		*b, *more = cells.Batch{}, false
		*err = &DamagedError{Err: e, Sentence: fmt.Sprintf("Reading of %s stopped because of a fault of this program (%v): %s.", name, e.Value, afterFault)}
	}
}

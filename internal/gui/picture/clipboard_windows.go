package picture

import (
	"context"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	user32           = windows.NewLazySystemDLL("user32.dll")
	kernel32         = windows.NewLazySystemDLL("kernel32.dll")
	openClipboard    = user32.NewProc("OpenClipboard")
	closeClipboard   = user32.NewProc("CloseClipboard")
	emptyClipboard   = user32.NewProc("EmptyClipboard")
	setClipboardData = user32.NewProc("SetClipboardData")
	registerFormat   = user32.NewProc("RegisterClipboardFormatW")
	globalAlloc      = kernel32.NewProc("GlobalAlloc")
	globalLock       = kernel32.NewProc("GlobalLock")
	globalUnlock     = kernel32.NewProc("GlobalUnlock")
	globalFree       = kernel32.NewProc("GlobalFree")
)

// movable is GMEM_MOVEABLE, as the clipboard demands.
const movable = 0x2

// copyPNG puts a picture on the clipboard in the format PNG, which Office and browsers take.
func copyPNG(ctx context.Context, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The clipboard belongs to the thread that opened it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	failed := func(err error) error {
		return fmt.Errorf("the picture could not be copied: save it as PNG instead (%w)", err)
	}
	name, err := windows.UTF16PtrFromString("PNG")
	if err != nil {
		return failed(err)
	}
	format, _, err := registerFormat.Call(uintptr(unsafe.Pointer(name)))
	if format == 0 {
		return failed(err)
	}
	if ok, _, err := openClipboard.Call(0); ok == 0 {
		return failed(err)
	}
	defer closeClipboard.Call() //nolint:errcheck // there is nothing to be done about it
	if ok, _, err := emptyClipboard.Call(); ok == 0 {
		return failed(err)
	}
	memory, _, err := globalAlloc.Call(movable, uintptr(len(data)))
	if memory == 0 {
		return failed(err)
	}
	at, _, err := globalLock.Call(memory)
	if at == 0 {
		_, _, _ = globalFree.Call(memory)
		return failed(err)
	}
	copy(unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&at))), len(data)), data)
	_, _, _ = globalUnlock.Call(memory)
	if ok, _, err := setClipboardData.Call(format, memory); ok == 0 {
		_, _, _ = globalFree.Call(memory)
		return failed(err)
	}
	return nil // the memory is the clipboard's now
}

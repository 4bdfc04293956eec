//go:build !nowindow

package main

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

// motionReduced tells whether the person has switched off animations in Windows (Settings, Accessibility, Visual effects).
func motionReduced(context.Context) bool {
	const getClientAreaAnimation = 0x1042 // SPI_GETCLIENTAREAANIMATION
	animated := int32(1)
	ok, _, _ := windows.NewLazySystemDLL("user32.dll").NewProc("SystemParametersInfoW").Call(getClientAreaAnimation, 0, uintptr(unsafe.Pointer(&animated)), 0)
	return ok != 0 && animated == 0
}

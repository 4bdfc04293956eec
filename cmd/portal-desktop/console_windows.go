package main

import (
	"os"
	"syscall"
)

// attachConsole gives a program that was built without a console (-H=windowsgui) the one of the shell it was called
// from, so that subcommands print there. Redirected output is left as it is.
func attachConsole() {
	if len(os.Args) < 2 {
		return
	}
	if h, err := syscall.GetStdHandle(syscall.STD_OUTPUT_HANDLE); err == nil && h != 0 && h != syscall.InvalidHandle {
		return
	}
	const parentProcess = ^uintptr(0) // ATTACH_PARENT_PROCESS
	if ok, _, _ := syscall.NewLazyDLL("kernel32.dll").NewProc("AttachConsole").Call(parentProcess); ok == 0 {
		return
	}
	if out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0); err == nil {
		os.Stdout, os.Stderr = out, out
	}
	if in, err := os.OpenFile("CONIN$", os.O_RDWR, 0); err == nil {
		os.Stdin = in
	}
}

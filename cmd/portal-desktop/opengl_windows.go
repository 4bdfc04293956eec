//go:build !nowindow

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The installer puts the program a second time into this folder, beside Mesa's opengl32.dll: Windows takes the DLL that lies in
// the program's own folder, and the window's library is bound to it before any code of ours runs. So which OpenGL draws is decided
// by which of the two is started.
const softwareFolder = "software-opengl"

// openGLVariable says what draws: “software”, “system”, or by default what is usable.
const openGLVariable = "PORTAL_OPENGL"

// drawnBySoftware is said in About.
func drawnBySoftware() bool {
	self, err := os.Executable()
	return err == nil && strings.EqualFold(filepath.Base(filepath.Dir(self)), softwareFolder)
}

// softwareOpenGL shows the window by the program in softwareFolder, and waits for its end, where this one can't draw. A remote
// desktop or a virtual machine often has OpenGL 1.1 only. Without that folder the window is tried as it is.
func softwareOpenGL(ctx context.Context) (ended bool, err error) {
	if drawnBySoftware() {
		return false, nil
	}
	self, err := os.Executable()
	if err != nil {
		return false, nil //nolint:nilerr // the window is tried as it is
	}
	other := filepath.Join(filepath.Dir(self), softwareFolder, filepath.Base(self))
	if _, err := os.Stat(other); err != nil {
		return false, nil //nolint:nilerr // this package holds no software renderer
	}
	wanted := os.Getenv(openGLVariable)
	if wanted == "system" {
		return false, nil
	}
	if wanted != "software" {
		found, err := systemOpenGL()
		if err == nil {
			return false, nil
		}
		journal.Logger().Warn("the window is drawn by software", "found", found, "error", err)
	}
	window := exec.CommandContext(ctx, other, os.Args[1:]...)
	// Whoever ends this program ends the window, which is given its time.
	window.Cancel, window.WaitDelay = func() error { return nil }, endingTime
	window.Stdin, window.Stdout, window.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := window.Run(); err != nil && ctx.Err() == nil {
		return true, fmt.Errorf("the window that is drawn by software ended with an error: %w", err)
	}
	return true, nil
}

// needed is the version of OpenGL that the window's library asks for.
var needed = [2]int{2, 1}

// systemOpenGL asks the system for the version of its OpenGL, on a window that nobody sees.
func systemOpenGL() (version string, err error) {
	runtime.LockOSThread() // a context belongs to its thread
	defer runtime.UnlockOSThread()
	user, gdi, gl := windows.NewLazySystemDLL("user32.dll"), windows.NewLazySystemDLL("gdi32.dll"), windows.NewLazySystemDLL("opengl32.dll")
	if err := gl.Load(); err != nil {
		return "", err
	}
	class, name := windows.StringToUTF16Ptr("STATIC"), windows.StringToUTF16Ptr("")
	window, _, err := user.NewProc("CreateWindowExW").Call(0, uintptr(unsafe.Pointer(class)), uintptr(unsafe.Pointer(name)), 0, 0, 0, 1, 1, 0, 0, 0, 0)
	if window == 0 {
		return "", fmt.Errorf("there is no window: %w", err)
	}
	defer user.NewProc("DestroyWindow").Call(window)
	device, _, err := user.NewProc("GetDC").Call(window)
	if device == 0 {
		return "", fmt.Errorf("there is no device to draw on: %w", err)
	}
	defer user.NewProc("ReleaseDC").Call(window, device)
	format := pixelFormat{version: 1, flags: 0x4 | 0x20 | 0x1, colourBits: 24} // to a window, by OpenGL, with two buffers
	format.size = uint16(unsafe.Sizeof(format))
	number, _, err := gdi.NewProc("ChoosePixelFormat").Call(device, uintptr(unsafe.Pointer(&format)))
	if number == 0 {
		return "", fmt.Errorf("there is no form of pixels: %w", err)
	}
	if ok, _, err := gdi.NewProc("SetPixelFormat").Call(device, number, uintptr(unsafe.Pointer(&format))); ok == 0 {
		return "", fmt.Errorf("the form of pixels is refused: %w", err)
	}
	context, _, err := gl.NewProc("wglCreateContext").Call(device)
	if context == 0 {
		return "", fmt.Errorf("there is no context of OpenGL: %w", err)
	}
	defer gl.NewProc("wglDeleteContext").Call(context)
	if ok, _, err := gl.NewProc("wglMakeCurrent").Call(device, context); ok == 0 {
		return "", fmt.Errorf("the context of OpenGL is refused: %w", err)
	}
	defer gl.NewProc("wglMakeCurrent").Call(0, 0)
	const glVersion = 0x1F02
	text, _, _ := gl.NewProc("glGetString").Call(glVersion)
	if text == 0 {
		return "", errors.New("OpenGL does not say its version")
	}
	// Vet can't know that this is an address of the library's, and none of Go's.
	version = windows.BytePtrToString(*(**byte)(unsafe.Pointer(&text)))
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); err != nil {
		return version, fmt.Errorf("the version of OpenGL, %q, can't be read: %w", version, err)
	}
	if major < needed[0] || major == needed[0] && minor < needed[1] {
		return version, fmt.Errorf("OpenGL %s is older than %d.%d", version, needed[0], needed[1])
	}
	return version, nil
}

// pixelFormat is Windows' PIXELFORMATDESCRIPTOR.
type pixelFormat struct {
	size, version       uint16
	flags               uint32
	pixelType           uint8
	colourBits          uint8
	_                   [16]byte // parts of the colours, accumulation, depth and others: as they come
	layerType, reserved uint8
	_, visibleMask, _   uint32
}

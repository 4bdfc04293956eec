package handover

import "golang.org/x/sys/windows"

// private has nothing to do: each user of Windows has a folder for such data that others have no right to.
func private(string) error { return nil }

// longestPath is far from what Windows allows.
const longestPath = 240

// allowForeground lets the first start's window come before all others: Windows gives that right to the program that the user started
// last, which is this one.
func allowForeground() {
	const anyProcess = ^uintptr(0)
	_, _, _ = windows.NewLazySystemDLL("user32.dll").NewProc("AllowSetForegroundWindow").Call(anyProcess) // it blinks in the task bar otherwise
}

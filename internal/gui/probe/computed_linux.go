package probe

import (
	"time"

	"golang.org/x/sys/unix"
)

// computed is for how long the calling thread was on a processor. Fyne keeps the window's goroutine on one thread.
func computed() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

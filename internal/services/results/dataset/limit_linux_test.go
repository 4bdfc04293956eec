package dataset

import (
	"flag"
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// limitMemory ends a process that tries inputs as soon as it takes more memory than a program may, plus what the runtime and
// the engine that makes up the inputs reserve.
func limitMemory(f *testing.F) {
	worker := flag.Lookup("test.fuzzworker")
	if worker == nil || worker.Value.String() != "true" || raced {
		return
	}
	const most = mostMemory + 64<<20
	debug.SetMemoryLimit(mostMemory) // what earlier inputs left behind says nothing of this one
	require.NoError(f, syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: most, Max: most}))
}

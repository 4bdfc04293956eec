package model

import (
	"context"
	"fmt"
	"os"
	"pgregory.net/rapid"
	"testing"
)

func TestDbg(t *testing.T) {
	f, _ := os.Create("/tmp/dbg.txt")
	n := 0
	histories(t, func(t rapid.TB) []*side {
		n++
		s := memorySide("")
		dbg = func(name, got string) { fmt.Fprintln(f, n, name, got) }
		return []*side{s}
	})
	_ = context.Background
}

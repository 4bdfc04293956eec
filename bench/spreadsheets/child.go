package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// sample is what one process took.
type sample struct {
	wall, cpu time.Duration
	inside    time.Duration // what it said that it took without its start; 0 where it said nothing
	peak      int64         // resident bytes; 0 where the system does not tell
	rows      int64         // that it found; 0 where it said nothing
}

// reading is the time that is compared: that of the work where the process told it, which is in favour of those that
// start slowly.
func (s sample) reading() time.Duration {
	if s.inside > 0 {
		return s.inside
	}
	return s.wall
}

var (
	rowsSaid    = regexp.MustCompile(`(?m)^(?:rows=| *"row_count": )(\d+)`)
	secondsSaid = regexp.MustCompile(`(?m)^seconds=([\d.]+)`)
)

// longest is what a process may take: the slowest of them needs two minutes for the million rows.
const longest = 20 * time.Minute

func measureProcess(ctx context.Context, command []string) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	s := sample{wall: time.Since(start)}
	if err != nil {
		return s, fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, lastLine(errs.String()))
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	s.peak = peakOf(cmd.ProcessState)
	if m := rowsSaid.FindSubmatch(out.Bytes()); m != nil {
		s.rows, _ = strconv.ParseInt(string(m[1]), 10, 64)
	}
	if m := secondsSaid.FindSubmatch(out.Bytes()); m != nil {
		f, _ := strconv.ParseFloat(string(m[1]), 64)
		s.inside = time.Duration(f * float64(time.Second))
	}
	return s, nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

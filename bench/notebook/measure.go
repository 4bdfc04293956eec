package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// longest is what a process may take.
const longest = time.Hour

// sample is what one process took; peak is in bytes.
type sample struct {
	wall, cpu time.Duration
	peak      int64
	stages    []stage
}

func (s sample) wallSeconds() float64 { return s.wall.Seconds() }
func (s sample) cpuSeconds() float64  { return s.cpu.Seconds() }

// stage is what lies between a line of progress and the one before it.
type stage struct {
	name    string
	seconds float64
}

type measured struct {
	name    string
	samples []sample
}

func (m measured) wall() float64 { return median(m.samples, sample.wallSeconds) }
func (m measured) cpu() float64  { return median(m.samples, sample.cpuSeconds) }

func (m measured) peak() int64 {
	most := int64(0)
	for _, s := range m.samples {
		most = max(most, s.peak)
	}
	return most
}

// ratio is how many times as much a took as b: the median of the rounds, in which both ran one after the other.
func ratio(a, b measured, of func(sample) float64) float64 {
	var each []float64
	for i := range a.samples {
		each = append(each, of(a.samples[i])/of(b.samples[i]))
	}
	slices.Sort(each)
	return each[len(each)/2]
}

func median(samples []sample, of func(sample) float64) float64 {
	each := make([]float64, len(samples))
	for i, s := range samples {
		each[i] = of(s)
	}
	slices.Sort(each)
	return each[len(each)/2]
}

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
	s.stages = stagesIn(out.String())
	return s, nil
}

// progress is a line that the notebook prints: the time of day, seconds since it began, what is done.
var progress = regexp.MustCompile(`(?m)^\d\d:\d\d:\d\d +([\d.]+) s  (.*)$`)

func stagesIn(text string) []stage {
	var found []stage
	before := 0.0
	for _, line := range progress.FindAllStringSubmatch(text, -1) {
		at, err := strconv.ParseFloat(line[1], 64)
		if err != nil {
			continue
		}
		found = append(found, stage{line[2], at - before})
		before = at
	}
	return found
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// warm reads a file once.
func warm(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

package shell

import (
	"time"

	"fabricportal/internal/gui/words"
)

// Pace says how fast something comes or goes at the moment, and how long it still takes: over the last seconds, as a network comes and
// goes. What was there when it was first told took no time.
type Pace struct {
	now     func() time.Time
	moments []moment
}

type moment struct {
	at   time.Time
	done int64
}

// NewPace begins with the first thing that is told.
func NewPace(now func() time.Time) *Pace { return &Pace{now: now} }

const (
	paceOver    = 15 * time.Second // what the speed is told of
	settledPace = time.Second      // before that nothing is said
)

// Text is what stands behind a sentence when done bytes of a total have come, such as: · 45 MB/s · about 25 s left. It is "" while nothing
// can be said.
func (p *Pace) Text(done, total int64) string {
	if n := len(p.moments); n > 0 && done < p.moments[n-1].done { // it was begun anew
		p.moments = nil
	}
	now := p.now()
	p.moments = append(p.moments, moment{now, done})
	for len(p.moments) > 2 && now.Sub(p.moments[1].at) >= paceOver {
		p.moments = p.moments[1:]
	}
	first := p.moments[0]
	return PaceText(done-first.done, now.Sub(first.at), total-done)
}

// PaceText is what is said of bytes that took a time, and of those that are left; "" where too little is known.
func PaceText(done int64, took time.Duration, left int64) string {
	if took < settledPace || done <= 0 || left < 0 {
		return ""
	}
	speed := float64(done) / took.Seconds()
	text := " · " + words.T("{{.Size}}/s", "Size", words.Size(int64(speed)))
	if left > 0 {
		still := time.Duration(float64(left) / speed * float64(time.Second))
		text += " · " + words.T("about {{.Time}} left", "Time", words.Duration(max(still, time.Second)))
	}
	return text
}

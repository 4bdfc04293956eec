package importscreen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThePaceIsThatOfTheLastSeconds(t *testing.T) {
	var p pace
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p.add(at, 600) // what was there before took no time
	require.Zero(t, p.perSecond())
	p.add(at.Add(time.Second/2), 650)
	require.Zero(t, p.perSecond(), "too short to say")
	p.add(at.Add(2*time.Second), 800)
	require.InDelta(t, 100, p.perSecond(), 0.001)
	for i := 3; i < 60; i++ { // the network has become slow
		p.add(at.Add(time.Duration(i)*time.Second), 800+int64(i))
	}
	require.InDelta(t, 1, p.perSecond(), 0.001)
	require.Less(t, len(p.moments), 20)
}

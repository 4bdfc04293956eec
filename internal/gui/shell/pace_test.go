package shell

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestThePaceIsThatOfTheLastSeconds(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	now := at
	p := NewPace(func() time.Time { return now })
	tell := func(after time.Duration, done int64) string {
		now = at.Add(after)
		return p.Text(done, 1000_000)
	}
	require.Empty(t, tell(0, 600_000)) // what was there before took no time
	require.Empty(t, tell(time.Second/2, 650_000), "too short to say")
	require.Equal(t, " · 100 kB/s · about 2 s left", tell(2*time.Second, 800_000))
	text := ""
	for i := 3; i < 60; i++ { // the network has become slow
		text = tell(time.Duration(i)*time.Second, 800_000+int64(i)*1000)
	}
	require.Equal(t, " · 1 kB/s · about 2 min 21 s left", text)
	require.Less(t, len(p.moments), 20)
	require.Equal(t, " · 10 kB/s", tell(61*time.Second, 1000_000), "nothing is left")
	require.Empty(t, tell(63*time.Second, 100_000), "begun anew")
}

package locking

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestBusySentence(t *testing.T) {
	zone := time.FixedZone("here", 2*3600)
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, zone)
	card := Card{
		RunID: uuid.MustParse("3f2a0000-0000-7000-8000-000000000001"), LockedAt: time.Date(2026, 3, 4, 12, 2, 0, 0, time.UTC),
		LockedBy: ParseOwner("Ana@PC-7|app 1.4.2|pid 4312|inst 6f1c"),
	}
	e := &BusyError{Card: card, InputFile: "sales.xlsx"}
	require.Equal(t, "Ana’s computer PC-7 has been running sales.xlsx since 14:02 (run 3f2a0000-0000…); a new run can start when it has ended", e.Sentence(now))
	require.Contains(t, e.Sentence(now.AddDate(0, 0, 1)), "since 4 Mar 14:02")
	e.Card.LockedBy, e.InputFile = ParseOwner("the night job"), ""
	require.Contains(t, e.Sentence(now), "the night job has been running the pipeline since 14:02")
	e.Card.LockedBy, e.Card.LockedAt = Owner{}, time.Time{}
	require.Contains(t, e.Sentence(now), "Another computer has been running the pipeline since an unknown time")
}

func TestOwnersSurviveTheirText(t *testing.T) {
	for _, o := range []Owner{
		{User: "ana", Host: "PC-7", App: "1.4.2", PID: 4312, Instance: "6f1c"},
		{User: "ana@contoso.com", Host: "PC-7", App: "1.4.2", PID: 4312, Instance: "6f1c"},
	} {
		require.Equal(t, o, ParseOwner(o.String()))
	}
	for _, text := range []string{"", "|", "@", "someone", "a@b", "|||pid x|app"} {
		require.Equal(t, text, ParseOwner(text).Name(), "another program's text is shown as it stands")
	}
	me := ThisProcess("ana", "1.0.0")
	require.Equal(t, me, ParseOwner(me.String()))
	require.Len(t, me.Instance, 4)
}

func FuzzParseOwner(f *testing.F) {
	f.Add("ana@PC-7|app 1.4.2|pid 4312|inst 6f1c")
	f.Add("@|pid 99999999999999999999")
	f.Fuzz(func(t *testing.T, s string) {
		_ = (&BusyError{Card: Card{LockedBy: ParseOwner(s)}}).Error()
	})
}

package rows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/runs"
)

// values is a row as a server sends it, in text form, scanned as pgx does it.
type values []value

type value struct {
	kind uint32 // pgtype's OID
	text []byte // nil: null
}

var types = pgtype.NewMap()

func (v values) Scan(to ...any) error {
	if len(to) != len(v) {
		return fmt.Errorf("%d columns for %d targets", len(v), len(to))
	}
	for i, target := range to {
		if err := types.Scan(v[i].kind, pgx.TextFormatCode, v[i].text, target); err != nil {
			return err
		}
	}
	return nil
}

func (v values) FieldDescriptions() []pgconn.FieldDescription { return nil }
func (v values) Values() ([]any, error)                       { return nil, nil }
func (v values) RawValues() [][]byte                          { return nil }

var _ pgx.CollectableRow = values{}

// sent is a text column as the server sends it: cut as the query says it.
func sent(text string, limit int) value {
	text = strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "?") // which a server never sends
	n := 0
	for i := range text {
		if n == limit+1 {
			text = text[:i]
			break
		}
		n++
	}
	return value{pgtype.TextOID, []byte(text)}
}

// moment is a time column of either type, finite, infinite or null.
func moment(n int64, zoned bool) value {
	var text string
	kind := uint32(pgtype.TimestampOID)
	if zoned {
		kind = pgtype.TimestamptzOID
	}
	switch n % 5 {
	case 0:
		text = "infinity"
	case 1:
		text = "-infinity"
	case 2:
		return value{kind, nil}
	case 3:
		text = fmt.Sprintf("%04d-03-04 05:06:07", 1+uint64(n)/5%290_000)
		if n%7 == 0 { // PostgreSQL's years begin in 4713 BC
			text = fmt.Sprintf("%04d-03-04 05:06:07", 1+uint64(n)/5%4712)
		}
	default:
		text = time.Unix(n/5%4e9, 0).UTC().Format("2006-01-02 15:04:05.999999")
	}
	if zoned && !strings.Contains(text, "infinity") {
		text += "+00"
	}
	if n%7 == 0 && !strings.Contains(text, "infinity") {
		text += " BC"
	}
	return value{kind, []byte(text)}
}

func id(n int64) value {
	return value{pgtype.UUIDOID, []byte(uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n)).String())}
}

func fits(t *testing.T, text string, limit int) {
	t.Helper()
	require.LessOrEqual(t, utf8.RuneCountInString(text), limit)
	require.True(t, plaintext.Shows(text, limit), "%q", text)
}

// names holds a name, of which each blank counts, to what can be shown and used again.
func names(t *testing.T, text string, limit int) {
	t.Helper()
	require.True(t, plaintext.Whole(text, limit), "%q", text)
}

// Whatever is in the rows, what the screens are made of is bounded and fit to be shown, and nothing panics: through the
// same scanning, cleaning and phases that the feeds use.
func FuzzRows(f *testing.F) {
	for _, text := range []string{
		"sales.xlsx", "", "2025-09-26", "2025-09-31", `portal:v1 {"ev":"note","text":"Note by x: y","by":"\u202e","note":"` + strings.Repeat("z", 900) + `"}`, "\x1b]8;;https://evil.example\x07x\u202e", strings.Repeat("password=x ", 400), "ana@PC-7|app 1.4.2|pid 4312|inst 6f1c",
		`portal:v1 {"ev":"post_intent","text":"x","attempt":1}`, `portal:v1 {"ev":"candidates","jobs":["a","b","\u202e"]}`, `portal:v1 {"ev":"dismissed","jobs":["a"]}`,
		`portal:v1 {"ev":"activities","activities":[{"id":"1","name":"\u001b[2J","status":"Failed","start":"2026-01-01T00:00:00Z","ms":9223372036854775807,"snapshot":"https://x"}]}`,
		`portal:v1 {"ev":"read_options","read_options":{"schema_version":1,"decimal_mark":","}}`, `portal:v1 {"ev":"job_unknown","text":"` + strings.Repeat("y", 9000), `portal:v1 {"ev":`,
		"portal:v1 {\"ev\":\"dismissed\x01\",\"jobs\":[\"\u202e\"]}", "portal:v1\u200b {\"ev\":\"dismissed\"}",
		"QUEUED->RUNNING: x", "->SUBMITTED", `{"orders":1e131071}`, "too large",
	} {
		f.Add(text, text, text, "LOG", "SUBMITTED", int64(3), int64(1_770_000_004), true, false)
		f.Add(text, "a", "b", "STATUS_CHANGE", "RUNNING", int64(0), int64(1_770_000_004), false, true)
	}
	place := runs.New(runs.Parts{}, runs.Settings{WorkspaceID: "ws", PipelineID: "item"}, runs.Timing{})
	f.Fuzz(func(t *testing.T, a, b, c, kind, status string, n, m int64, zoned, here bool) {
		workspace, item := a, b
		if here {
			workspace, item = "ws", "item"
		}
		columns := values{
			id(n), moment(n, zoned), moment(m, zoned), moment(n+1, zoned), sent(a, runs.MaxName), sent(b, runs.MaxName), sent(workspace, runs.MaxWord), sent(item, runs.MaxWord),
			sent(c, runs.MaxAddress), sent(c, runs.MaxWord), sent(status, runs.MaxWord), moment(m+1, zoned), sent(a, runs.MaxError), sent(b, runs.MaxWord), sent(c, runs.MaxWord),
		}
		kpis := c
		if !json.Valid([]byte(c)) { // which no server sends
			kpis = TooLarge
		}
		run, err := Listed(append(columns, value{pgtype.TextOID, []byte(kpis)}, sent(a, len(time.DateOnly))))
		require.NoError(t, err)
		require.True(t, run.Until == "" || run.Until == a, "a day, or nothing")
		require.Equal(t, run.KPIs == nil, run.KPIsUnread != "")
		require.LessOrEqual(t, len(run.KPIs), runs.MaxTotals)
		fits(t, run.TriggeredBy, runs.MaxName)
		names(t, run.InputFile, runs.MaxName)
		for _, s := range []string{run.WorkspaceID, run.PipelineItemID, run.JobID, string(run.Status)} {
			names(t, s, runs.MaxWord)
		}
		for _, s := range []string{run.NotebookVersion, run.AppVersion} {
			fits(t, s, runs.MaxWord)
		}
		fits(t, run.JobURL, runs.MaxAddress)
		fits(t, run.ErrorMessage, runs.MaxError)
		require.Equal(t, here || strings.EqualFold(workspace, "ws") && strings.EqualFold(item, "item"), place.Follows(run), "only what is whole and the same")

		var lock LockRow
		require.NoError(t, values{id(n), moment(n, zoned), sent(a, 2*runs.MaxName), moment(m, zoned)}.Scan(lock.Targets()...))
		card := lock.Card()
		fits(t, card.LockedBy.Name(), 2*runs.MaxName)

		var events []runs.Event
		total := 0
		for i, text := range []string{a, b, c} {
			most := runs.MaxMessage
			if strings.HasPrefix(text, "portal:v1 ") {
				most = runs.MaxNote
			}
			e, err := Event(values{
				id(n + int64(i)), id(n), moment(m+int64(i), zoned), sent(kind, runs.MaxWord), sent(text, most),
				{pgtype.Int4OID, fmt.Append(nil, most)}, {pgtype.Int8OID, []byte("7")},
			}, &total)
			require.NoError(t, err)
			fits(t, runs.HumanMessage(e), runs.MaxMessage+len("Submitted: "))
			require.Equal(t, e.Message, runs.Message(e.Message, most), "what was cleaned once stays")
			events = append(events, e)
		}
		for _, now := range []time.Time{card.AsOf, run.CreatedAt, time.Unix(1_770_000_000, 0)} {
			phase := place.Phase(run, events, now)
			require.Less(t, utf8.RuneCountInString(phase.Sentence), 1000)
		}
		for _, activity := range runs.ActivitiesOf(events) {
			fits(t, activity.Name, 120)
			fits(t, activity.ErrorMessage, 300)
		}
		_ = runs.ReadOptions(events)
		_, err = json.Marshal(run)
		require.NoError(t, err, "as JSON, too")

		artifact, err := Artifact(values{id(n), id(m), sent(kind, runs.MaxWord), sent(a, runs.MaxPath), {pgtype.Int8OID, nil}, moment(n, zoned), {pgtype.Int8OID, []byte("7")}}, &total)
		require.NoError(t, err)
		names(t, artifact.Path, runs.MaxPath)
		restore, err := Restore(values{id(n), moment(n, zoned), sent(a, runs.MaxName), id(m), {pgtype.UUIDOID, nil}})
		require.NoError(t, err)
		fits(t, restore.RestoredBy, runs.MaxName)
		_, err = Stray(append(columns, moment(m, zoned), value{pgtype.BoolOID, []byte("t")}))
		require.NoError(t, err)
	})
}

package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/portal"
)

// The commands on files of this machine run on the real services: they need nothing else.
func TestCheck(t *testing.T) {
	p := Program{Local: portal.Local{Version: "1.0.0"}}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("order_id,order_date,revenue,quantity,unit_price,discount\n1,2026-01-01,9,1,10,0.1\n1,2026-01-02,5,1,10,0\n"), 0o600))
	got := execute(t, p, "check", path)
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.out, "revenue_formula")
	require.Contains(t, got.out, "In 1 row, this does not hold: ")
	require.Contains(t, got.out, "order_id_unique", "what a run checks is checked")
	require.Contains(t, got.err, "24 checks passed, 2 warnings, 0 errors\n")

	profile := execute(t, p, "profile", path)
	require.Equal(t, ExitDone, profile.code, profile.err)
	before := filepath.Join(dir, "before.json")
	require.NoError(t, os.WriteFile(before, []byte(profile.out), 0o600))
	var doc struct {
		Rules []ruleJSON  `json:"rules"`
		Drift []driftJSON `json:"drift"`
		Rows  int64       `json:"rows"`

		Findings []findingJSON `json:"findings"`
		Tally    tallyJSON     `json:"tally"`
	}
	out := filepath.Join(dir, "offending.xlsx")
	got = execute(t, p, "check", path, "--against", before, "--export", out, "--json")
	require.Equal(t, ExitDone, got.code, got.err)
	require.NoError(t, json.Unmarshal([]byte(got.out), &doc))
	require.EqualValues(t, 2, doc.Rows)
	require.Equal(t, "same_content", doc.Drift[0].Kind)
	counted := map[string]int{}
	for _, f := range doc.Findings {
		counted[f.Level]++
	}
	require.Equal(t, tallyJSON{counted["passed"], counted["warning"], counted["fails"] + counted["failed"]}, doc.Tally)
	require.FileExists(t, out)

	rules := execute(t, p, "check", "--print-rules")
	require.Contains(t, rules.out, "[[rule]]")
	own := filepath.Join(dir, "own.toml")
	require.NoError(t, os.WriteFile(own, []byte(rules.out+"\n[[rule]]\nid = \"strict\"\nkind = \"required\"\nseverity = \"error\"\ncolumns = [\"channel\"]\n"), 0o600))
	got = execute(t, p, "check", path, "--rules", own)
	require.Equal(t, ExitFailed, got.code)
	require.Contains(t, got.err, "1 rule of severity error does not hold")
	require.Equal(t, ExitUsage, execute(t, p, "check").code)
	require.Equal(t, ExitFailed, execute(t, p, "check", filepath.Join(dir, "none.xlsx")).code)

	got = execute(t, p, "profile", path, "--header-row", "2")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.out, "\"header_row\": 2")
}

func TestCleanShowsWhatWillChange(t *testing.T) {
	p := Program{Local: portal.Local{Version: "1.0.0"}}
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("Order ID,order_date,revenue\nA,2026-01-01,9\nA,2026-01-02,5\nB,tomorrow,x\n"), 0o600))
	got := execute(t, p, "clean", path, "--row-is", "order")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, "column “Order ID” becomes “order_id”\nrow 3 is left out: an earlier one has its order_id “A”\nB4 (order_date): “tomorrow” becomes empty\nC4 (revenue): “x” becomes empty\n"+
		"all 3 rows looked at: 1 left out, 2 cells emptied, 0 read from text, 0 trimmed\n", got.out)
	got = execute(t, p, "clean", path)
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.out, "all 3 rows looked at: 0 left out, 2 cells emptied", "the rows of A have different amounts: they are its lines")
	require.Contains(t, got.err, "read with row is \"order_line\" (1 × with another amount than the first)")
	got = execute(t, p, "clean", path, "--rows", "1", "--json")
	require.Equal(t, ExitDone, got.code, got.err)
	var doc cleaningJSON
	require.NoError(t, json.Unmarshal([]byte(got.out), &doc))
	require.False(t, doc.WholeFile)
	require.Equal(t, []renamingJSON{{"Order ID", "order_id"}}, doc.Renamed)
	require.Empty(t, doc.Changes)
	require.Equal(t, ExitFailed, execute(t, p, "clean", path+"x").code)

	got = execute(t, with(&fakePortal{}), "evidence", someRun.String(), "-o", "there")
	require.Equal(t, "there/run-"+someRun.String()+".zip\n", got.out)
}

func TestATitleAboveTheHeaderIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("Sales of November\n\norder_id,order_date,revenue\nA1,2026-11-02,5\n"), 0o600))
	p := Program{Local: portal.Local{Version: "1.0.0"}}
	for _, command := range []string{"profile", "check"} {
		got := execute(t, p, command, path)
		require.Contains(t, got.err, "read with header row 3 (1 × order_id, 1 × order_date, 1 × revenue)", command)
		require.Zero(t, got.code, got.err)
		got = execute(t, p, command, path, "--header-row", "3")
		require.Contains(t, got.err, "read with header row 3, as given\n", command)
		require.NotContains(t, got.err, "order_id", command)
		require.Zero(t, got.code, got.err)
	}
}

// TestAPartlyReadFileFails: what is said of the part stands on standard output, and why it is a part is the error.
func TestAPartlyReadFileFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("order_id,order_date,revenue\n1,2026-01-01,5\n2,\"x"), 0o600))
	p := Program{Local: portal.Local{Version: "1.0.0"}, Funnel: func(string) (*contract.Funnel, error) { return nil, nil }}
	for _, args := range [][]string{{"profile", path}, {"check", path}, {"check", path, "--export", filepath.Join(dir, "out.xlsx")}, {"clean", path}, {"kpis", "--local", path}} {
		got := execute(t, p, args...)
		require.Equal(t, ExitFailed, got.code, args)
		require.Contains(t, got.err, "quotation marks don't match", args)
		require.Equal(t, args[0] == "kpis", got.out == "", args)
	}
	require.FileExists(t, filepath.Join(dir, "out.xlsx"))
}

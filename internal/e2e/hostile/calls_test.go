//go:build linux

package hostile

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/hostile"
)

// call is one use of a subcommand.
type call struct {
	name  string // of the subcommand
	words []string
	stdin string
	waits bool // for something that may never come: it is interrupted after a while
}

// args are the words with what they stand for put in.
func (c call) args(d *desktop) []string {
	replace := strings.NewReplacer("OLD", hostile.OldRun, "ACTIVE", hostile.ActiveRun, "LOCAL", d.local, "SAVED", filepath.Join(d.folder, uuid.NewString()[:8]), "FOLDER", d.folder,
		"JOB", "0e71e000-0000-4000-8000-00000000000f", "WORKSPACE", d.box.StandIn.WorkspaceID, "CONFIRM", hostile.ActiveRun[:13])
	args := []string{c.name}
	for _, w := range c.words {
		args = append(args, replace.Replace(w))
	}
	return args
}

// calls are all the subcommands, each in its ways; a round takes the next way of each.
func calls(secret string) []call {
	of := func(name string, ways ...string) []call {
		var out []call
		for _, w := range ways {
			out = append(out, call{name: name, words: strings.Fields(w), waits: strings.Contains(w, "--follow") || strings.Contains(w, "--when-free") || name == "watch" && !strings.Contains(w, "--once")})
		}
		return out
	}
	var list []call
	for _, c := range [][]call{
		of("files", "", "--json"),
		of("upload", "LOCAL/sales.csv", "--overwrite LOCAL/sales.csv", "LOCAL/names/sales\u202exslx.csv"),
		of("uploads", "", "--json", "--discard LOCAL/sales.csv", "--delete-left-over"),
		of("diagnostics", "", "--no-checks"),
		of("run", "sales.csv", "--unseen sales.csv", "--unseen --follow sales.csv", "--unseen --when-free sales.csv", "--json --unseen sales.csv"),
		of("status", "", "--json", "OLD", "OLD --json", "--follow", "ACTIVE"),
		of("runs", "", "--json", "--limit 100000", "--limit 100000 --json"),
		of("kpis", "", "--json", "OLD", "OLD --json", "--local LOCAL/sales.csv"),
		of("artifacts", "OLD", "OLD --json"),
		of("download", "current kpis.json -o SAVED", "OLD sales_cleaned.csv -o SAVED", "current sales_cleaned.parquet -o SAVED", "OLD import_profile.json -o SAVED", "current sales_cleaned.csv -o SAVED"),
		of("evidence", "OLD -o FOLDER", "ACTIVE -o FOLDER", "OLD --json -o FOLDER"),
		of("restore", "OLD", "OLD --follow", "ACTIVE"),
		of("note", "OLD looked-at", "ACTIVE looked-at --json"),
		of("changes", "", "--json", "OLD", "--by region", "--rows"),
		of("signin", ""),
		of("signout", ""),
		of("cancel", "ACTIVE", "OLD", "ACTIVE --json"),
		of("examine", "ACTIVE", "ACTIVE --json", "OLD"),
		of("adopt", "ACTIVE JOB", "OLD JOB"),
		of("dismiss", "ACTIVE JOB --why because", "OLD JOB --why because"),
		of("unlock", "ACTIVE --confirm CONFIRM --why because", "OLD --confirm CONFIRM --why because"),
		of("doctor", "", "--json", "--read-only", "--trial"),
		of("settings", "", "--json"),
		of("watch", "--once", "", "--once --json", "--json"),
		of("deploy", "--workspace WORKSPACE --dry-run", "--workspace WORKSPACE --dry-run --json"),
		of("log", "", "--json"),
		of("profile", "LOCAL/escapes.csv", "LOCAL/lz4.parquet", "LOCAL/names/sales\u202exslx.csv"),
		of("check", "LOCAL/escapes.csv", "LOCAL/escapes.csv --json", "LOCAL/gzip.parquet"),
		of("clean", "LOCAL/escapes.csv", "LOCAL/escapes.csv --json", "LOCAL/missing.parquet"),
	} {
		list = append(list, c...)
	}
	return append(list, call{name: "secret", words: []string{"set", "client_secret"}, stdin: secret + "\n"}, call{name: "secret", words: []string{"delete"}})
}

// round is the way of each subcommand that is that round's turn.
func round(list []call, number int) []call {
	ways := map[string][]call{}
	var order []string
	for _, c := range list {
		if ways[c.name] == nil {
			order = append(order, c.name)
		}
		ways[c.name] = append(ways[c.name], c)
	}
	var out []call
	for _, name := range order {
		out = append(out, ways[name][number%len(ways[name])])
	}
	return out
}

// writeLocal puts hostile files on this computer.
func (d *desktop) writeLocal() {
	d.t.Helper()
	require.NoError(d.t, os.Mkdir(filepath.Join(d.local, "names"), 0o700))
	for name, data := range map[string][]byte{
		"sales.csv": []byte(salesFile), "names/sales\u202exslx.csv": []byte(salesFile),
		"escapes.csv":     []byte("order_id,order_date,revenue,\x1b]0;owned\a\n1,2026-01-01,5,\x1b[2Jx\u202ey\n\x1b[31m2,never\x1b[0m,1\x1b[8m0,\u009b31m\n"),
		"lz4.parquet":     hostile.Bomb("rows LZ4"),
		"gzip.parquet":    hostile.Bomb("rows gzip"),
		"missing.parquet": hostile.Bomb("rows missing"),
	} {
		require.NoError(d.t, os.WriteFile(filepath.Join(d.local, name), data, 0o600))
	}
}

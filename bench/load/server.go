package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fabricportal/internal/sandbox/postgres"
)

// state is what the server counted so far.
type state struct {
	transactions int64
	connections  int
	cpu          time.Duration // of its processes that are alive; 0 where the system does not tell
}

func stateOf(ctx context.Context, root *pgx.Conn) (state, error) {
	var s state
	var pids []int
	err := root.QueryRow(ctx, `select sum(xact_commit + xact_rollback)::bigint from pg_stat_database where datname = $1`, postgres.DatabaseName).Scan(&s.transactions)
	if err != nil {
		return s, fmt.Errorf("reading the server's counters: %w", err)
	}
	err = root.QueryRow(ctx, "select count(*) filter (where usename = $1), array_agg(pid) from pg_stat_activity", postgres.AppRole).Scan(&s.connections, &pids)
	if err != nil {
		return s, fmt.Errorf("reading the server's sessions: %w", err)
	}
	for _, pid := range pids {
		s.cpu += cpuOf(pid)
	}
	return s, nil
}

// cpuOf is a process's time on the processor, from /proc (proc(5): fields 14 and 15 of stat, in hundredths of a second).
func cpuOf(pid int) time.Duration {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

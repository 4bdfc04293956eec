package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
)

// others are the programs that are compared with, as far as scripts/bench.sh could get them; empty for one that is missing.
type others struct {
	calamine string
	qsv      string
	openpyxl []string
	duckdb   []string
	missing  []string // in words
}

func (b *bench) others(ctx context.Context) others {
	var o others
	if p := filepath.Join(b.dir, "calamine", "release", "cells"); exists(p) {
		o.calamine = p
	} else {
		o.missing = append(o.missing, "calamine (Rust): there is no cargo, or it could not build it")
	}
	for _, name := range []string{"qsv", "qsvlite"} {
		if p, err := exec.LookPath(name); err == nil && o.qsv == "" {
			o.qsv = p
		}
	}
	if o.qsv == "" {
		o.missing = append(o.missing, "qsv: no program of this name is on the PATH (its crates 15.0.0 and 16.1.0 compile only without the call of preserve_key_order in src/cmd/json.rs)")
	}
	scripts := filepath.Join("bench", "spreadsheets", "peers")
	python := filepath.Join(b.dir, "venv", "bin", "python")
	for _, p := range []struct {
		module, script string
		to             *[]string
	}{{"openpyxl", "openpyxl_cells.py", &o.openpyxl}, {"duckdb", "duckdb_summarize.py", &o.duckdb}} {
		if exec.CommandContext(ctx, python, "-c", "import "+p.module).Run() == nil {
			*p.to = []string{python, filepath.Join(scripts, p.script)}
		} else {
			o.missing = append(o.missing, p.module+" (Python): it could not be installed")
		}
	}
	return o
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

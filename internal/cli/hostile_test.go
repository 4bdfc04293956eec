package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/deployment"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

const (
	planted = "Zw8Q~planted-Tr0ub4dor&3"
	// What a name, a cell, a key or an error may hold.
	nasty = "a\x1b[31mred\x1b]8;;https://evil.example\x1b\\ \u202eexe.xslx\u2066 \u009b2J\a\b\r\nFORGED all is well\u2028FORGED\u0085FORGED\td\x7f\u200b\xff " + planted
)

var errNasty = errors.New(nasty)

// poisoned is a value of any type whose texts are all nasty, and which has one of everything.
func poisoned[T any]() T {
	var v T
	poison(reflect.ValueOf(&v).Elem(), 0)
	return v
}

func poison(v reflect.Value, depth int) {
	if depth > 8 || !v.CanSet() {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(noon))
		return
	case uuid.UUID:
		v.Set(reflect.ValueOf(someRun))
		return
	case json.RawMessage:
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(nasty)
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		poison(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		poison(v.Index(0), depth+1)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		poison(key, depth+1)
		poison(value, depth+1)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for _, field := range v.Fields() {
			poison(field, depth+1)
		}
	default:
	}
}

// nastyPortal answers each question with nasty texts, or with an error that is one.
type nastyPortal struct{ err error }

func (n nastyPortal) Files(context.Context) ([]artifacts.File, error) {
	return poisoned[[]artifacts.File](), n.err
}
func (n nastyPortal) Upload(context.Context, string, imports.How, func(sent, total int64)) (artifacts.File, error) {
	return poisoned[artifacts.File](), n.err
}
func (n nastyPortal) Unfinished() ([]imports.Unfinished, error) {
	return poisoned[[]imports.Unfinished](), n.err
}
func (n nastyPortal) Discard(context.Context, imports.Unfinished) error { return n.err }
func (n nastyPortal) LeftStaging(context.Context) ([]artifacts.File, error) {
	return poisoned[[]artifacts.File](), n.err
}
func (n nastyPortal) RemoveStaging(context.Context, artifacts.File) error { return n.err }
func (n nastyPortal) LookInput(context.Context, string, analysis.Options) (*analysis.Result, shapes.Recalled, error) {
	reading := poisoned[contract.Reading]()
	reading.Questions = nil
	return &analysis.Result{Reading: &reading, Profile: nastyProfile()}, shapes.Recalled{Record: &shapes.Record{By: nasty, At: noon, Options: poisoned[contract.ReadOptions]()}}, n.err
}
func (n nastyPortal) RunPreview(context.Context, *contract.KPIs, *contract.ImportProfile) (comparison.Replacement, error) {
	k := poisoned[contract.KPIs]()
	return comparison.PreviewRun(comparison.Current{KPIs: &k}, &k, nil), n.err
}
func (n nastyPortal) Run(context.Context, string, *contract.ReadOptions) (runs.Run, error) {
	return nastyRun(), n.err
}
func (n nastyPortal) Restore(context.Context, uuid.UUID) (runs.Run, error) { return nastyRun(), n.err }
func (n nastyPortal) Cancel(context.Context, uuid.UUID) error              { return n.err }
func (n nastyPortal) Follow(_ context.Context, _ uuid.UUID, seen func(runs.State)) (runs.Run, error) {
	seen(nastyState())
	return nastyRun(), n.err
}
func (n nastyPortal) State(context.Context, uuid.UUID) (runs.State, error) {
	return nastyState(), n.err
}
func (n nastyPortal) Runs(context.Context, int) ([]runs.Run, error) {
	return []runs.Run{nastyRun(), nastyRun()}, n.err
}
func (n nastyPortal) Beside(context.Context, []runs.Run) (runs.Beside, error) {
	return runs.Beside{Notes: map[uuid.UUID]runs.Notes{nastyRun().ID: {Rows: poisoned[[]runs.Note](), Hidden: 9}}}, n.err
}
func (n nastyPortal) Note(context.Context, uuid.UUID, uuid.UUID, string) (runs.Note, error) {
	return poisoned[runs.Note](), n.err
}
func (n nastyPortal) FindRun(context.Context, string) (uuid.UUID, error) { return someRun, n.err }
func (n nastyPortal) KPIs(context.Context, uuid.UUID) (contract.KPIs, error) {
	return poisoned[contract.KPIs](), n.err
}
func (n nastyPortal) Artifacts(context.Context, uuid.UUID) (runs.Artifacts, error) {
	return runs.Artifacts{Rows: poisoned[[]runs.Artifact](), Hidden: 9}, n.err
}
func (n nastyPortal) Download(context.Context, uuid.UUID, string, string, bool, func(done, total int64)) (artifacts.Saved, error) {
	return poisoned[artifacts.Saved](), n.err
}
func (n nastyPortal) InputFile(context.Context, string) (artifacts.File, error) {
	return poisoned[artifacts.File](), n.err
}
func (n nastyPortal) Evidence(context.Context, uuid.UUID, string, format.Writer, func(done, total int64)) (string, error) {
	return nasty, n.err
}
func (n nastyPortal) WhatChanged(context.Context, uuid.UUID, uuid.UUID) (changes.Pair, error) {
	k := poisoned[contract.KPIs]()
	p := changes.Pair{Runs: [2]runs.Run{nastyRun(), nastyRun()}, KPIs: [2]*contract.KPIs{&k, &k}, Unread: []error{errNasty}, Lacking: []string{nasty}}
	p.Parts = []changes.Breakdown{{Column: nasty, Change: 1, Groups: []changes.Group{{Key: nasty}}}}
	return p, n.err
}
func (n nastyPortal) ChangedRows(ctx context.Context, _ changes.Pair, _ dataset.How, _ func(changes.Stage, int64, int64)) (*changes.Result, error) {
	if n.err != nil {
		return nil, n.err
	}
	return changes.Rows(ctx, cellTable{{nasty, "1", nasty}, {"b", "1", nasty}, {strings.ToLower(nasty) + "c", "1", ""}}, cellTable{{nasty + "x", "1", nasty}, {"b", "1", nasty + nasty}, {strings.ToUpper(nasty) + "C", "1", ""}}, changes.Options{})
}
func (n nastyPortal) Examine(context.Context, uuid.UUID) (runs.Doubt, error) {
	return poisoned[runs.Doubt](), n.err
}
func (n nastyPortal) Adopt(context.Context, uuid.UUID, string) error             { return n.err }
func (n nastyPortal) Dismiss(context.Context, uuid.UUID, []string, string) error { return n.err }
func (n nastyPortal) Unlock(context.Context, uuid.UUID, string, string) error    { return n.err }
func (n nastyPortal) Close()                                                     {}
func (n nastyPortal) Look(context.Context) (runs.Outcome, string, error) {
	return poisoned[runs.Outcome](), nasty, n.err
}

func (n nastyPortal) Watch(_ context.Context, seen func(runs.Outcome, error)) {
	out := poisoned[runs.Outcome]()
	seen(out, n.err)
	out.FabricErr = errNasty
	seen(out, nil)
}

func nastyRun() runs.Run {
	r := poisoned[runs.Run]()
	r.Status = runs.Failed
	return r
}

func nastyState() runs.State {
	s := poisoned[runs.State]()
	s.Run = nastyRun()
	s.Lock = locking.Card{RunID: someRun, LockedAt: noon, LockedBy: locking.Owner{User: nasty, Host: nasty}}
	return s
}

func nastyProfile() *contract.ImportProfile {
	p := poisoned[contract.ImportProfile]()
	for i := range p.Validation.Checks {
		p.Validation.Checks[i].Severity, p.Validation.Checks[i].Passed = "warning", false
	}
	return &p
}

func (n nastyPortal) Analyze(context.Context, string, analysis.Options) (*analysis.Result, error) {
	if n.err != nil {
		return nil, n.err
	}
	found := poisoned[analysis.Result]()
	found.Profile = nastyProfile()
	found.Reading.Questions = nil
	found.Incomplete, found.RulesError, found.KPIError = &scan.IncompleteError{Reason: nasty}, nil, nil
	found.Cleaning.Changes = []cleaning.Change{poisoned[cleaning.Change]()}
	return &found, nil
}

func (n nastyPortal) SaveOffending(ctx context.Context, path, _ string, o analysis.Options) (*analysis.Result, error) {
	return n.Analyze(ctx, path, o)
}

func (n nastyPortal) SetSecret(context.Context, string, string, string) error { return n.err }
func (n nastyPortal) DeleteSecrets(context.Context, string) error             { return n.err }

func (n nastyPortal) SignIn(_ context.Context, _ string, show func(code, page string)) (string, bool, error) {
	show(nasty, nasty)
	return nasty, false, n.err
}
func (n nastyPortal) SignOut(context.Context, string) error { return n.err }

// undecidedPortal has files that a person has to decide on.
type undecidedPortal struct{ nastyPortal }

func (u undecidedPortal) Analyze(ctx context.Context, path string, o analysis.Options) (*analysis.Result, error) {
	found, err := u.nastyPortal.Analyze(ctx, path, o)
	if found != nil {
		found.Reading.Questions = poisoned[[]contract.Question]()
	}
	return found, err
}

func (u undecidedPortal) SaveOffending(ctx context.Context, path, _ string, o analysis.Options) (*analysis.Result, error) {
	return u.Analyze(ctx, path, o)
}

// every is one call of each subcommand, by its name.
var every = map[string][][]string{
	"profile": {{"profile", nasty}, {"profile", "--undecided", nasty}}, "check": {{"check", nasty}, {"check", "--print-rules"}, {"check", "--export", nasty, nasty}}, "clean": {{"clean", nasty}},
	"files": {{"files"}}, "upload": {{"upload", nasty}}, "uploads": {{"uploads"}, {"uploads", "--discard", nasty}, {"uploads", "--delete-left-over"}}, "run": {{"run", nasty}, {"run", nasty, "--follow"}, {"run", nasty, "--when-free"}}, "status": {{"status"}, {"status", nasty, "--follow"}},
	"runs": {{"runs"}}, "watch": {{"watch"}, {"watch", "--once"}}, "kpis": {{"kpis"}, {"kpis", "--local", nasty}}, "artifacts": {{"artifacts", nasty}}, "download": {{"download", nasty, nasty}},
	"evidence": {{"evidence", nasty}}, "restore": {{"restore", nasty, "--follow"}}, "note": {{"note", nasty, nasty}}, "cancel": {{"cancel", nasty}}, "examine": {{"examine", nasty}}, "adopt": {{"adopt", nasty, nasty}},
	"changes": {{"changes"}, {"changes", nasty, nasty, "--rows"}, {"changes", "--by", nasty}, {"changes", "--by", "x" + nasty}},
	"dismiss": {{"dismiss", nasty, nasty, "--why", nasty}}, "unlock": {{"unlock", nasty, "--confirm", nasty}}, "doctor": {{"doctor"}}, "settings": {{"settings"}},
	"deploy": {{"deploy"}, {"deploy", "--dry-run"}, {"deploy", "--force", "--workspace", nasty, "--lakehouse", nasty}},
	"secret": {{"secret", "set", nasty}, {"secret", "set", "client_secret"}, {"secret", "delete"}, {"secret", nasty}}, "signin": {{"signin"}}, "signout": {{"signout"}}, "diagnostics": {{"diagnostics"}, {"diagnostics", "--no-checks"}}, "log": {{"log"}, {"log", "--crash"}, {"log", "--discard"}},
	"help": {{"help"}, {"help", nasty}, {nasty}, {"runs", "--" + nasty}, {"runs", nasty}, {"runs", "--limit", nasty}, {"--log-level", nasty, "runs"}, {"run", nasty, "--column", nasty}},
}

// nothingObeyed requires that a terminal shows what was printed, and does nothing else.
func nothingObeyed(t *testing.T, printed string, of ...any) {
	t.Helper()
	for _, r := range printed {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\u200b' {
			t.Fatalf("%v printed %q: %q", of, r, printed)
		}
	}
	for line := range strings.Lines(printed) {
		require.False(t, strings.HasPrefix(strings.TrimSpace(line), "FORGED"), "%v: %q", of, printed)
	}
	require.NotContains(t, printed, "planted-Tr0ub4dor", "%v", of)
}

func TestNothingFromOutsideReachesTheTerminalRaw(t *testing.T) {
	root := Program{}.rootCommand()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		require.NotEmpty(t, every[cmd.Name()], "a subcommand that is not tried: %s", cmd.Name())
	}
	kept := t.TempDir()
	journal := logfile.Open(kept, &secrets.Redactor{})
	journal.Logger().Warn("asked", "error", nasty)
	for _, world := range []struct {
		name   string
		portal interface {
			Portal
			Local
			Secrets
			SignIn
		}
		open error
	}{
		{"answers", nastyPortal{}, nil}, {"errors", nastyPortal{errNasty}, nil}, {"busy", nastyPortal{&locking.BusyError{InputFile: nasty, Card: nastyState().Lock}}, nil},
		{"open questions", undecidedPortal{}, nil}, {"no portal", nastyPortal{}, errNasty}, {"a bad configuration", nastyPortal{}, &config.InvalidError{Path: nasty, Problems: []error{errors.New(nasty), errors.New(nasty)}}},
	} {
		p := Program{
			Version: "1.2.3", Local: world.portal, Secrets: world.portal, SignIn: world.portal, Journal: journal, Redactor: secrets.NewRedactor(secrets.New(planted)), In: strings.NewReader("x\n"),
			Open:        func(context.Context, string) (Portal, error) { return world.portal, world.open },
			Funnel:      func(string) (*contract.Funnel, error) { return nil, world.open },
			Doctor:      func(context.Context, string, doctor.Manner) []doctor.Check { return poisoned[[]doctor.Check]() },
			Diagnostics: func(context.Context, string, bool) string { return strings.ReplaceAll(nasty, "\n", " ") },
			Settings: func(string) ([]config.Setting, string, error) {
				return poisoned[[]config.Setting](), nasty, world.open
			},
			Deployer: func(context.Context, string, string) (Deployer, error) {
				return &fakeDeployer{plan: nastyPlan(), err: &deployment.HalfwayError{Done: []string{nasty}, Doing: nasty, Err: errNasty}}, world.open
			},
		}
		for _, calls := range every {
			for _, args := range calls {
				for _, asJSON := range []bool{false, true} {
					var out, errs bytes.Buffer
					p.Out, p.Err = &out, &errs
					call := args
					if asJSON {
						call = append([]string{"--json"}, args...)
					}
					ctx, cancel := context.WithCancel(t.Context())
					if world.name == "busy" {
						cancel() // it waits for the lock
					}
					Execute(ctx, p, call)
					cancel()
					nothingObeyed(t, out.String(), world.name, call, "out")
					nothingObeyed(t, errs.String(), world.name, call, "err")
				}
			}
		}
	}
}

func TestDocumentsKeepTheirData(t *testing.T) {
	for _, args := range [][]string{{"files"}, {"runs"}, {"kpis"}, {"status"}, {"artifacts", "x"}, {"examine", "x"}, {"profile", "x", "--undecided"}, {"check", "x"}, {"clean", "x"}, {"doctor"}, {"settings"}, {"deploy", "--dry-run"}, {"changes", "--rows"}} {
		var out, errs bytes.Buffer
		p := Program{
			Local: nastyPortal{}, Redactor: secrets.NewRedactor(secrets.New(planted)), Out: &out, Err: &errs,
			Open:        func(context.Context, string) (Portal, error) { return nastyPortal{}, nil },
			Doctor:      func(context.Context, string, doctor.Manner) []doctor.Check { return poisoned[[]doctor.Check]() },
			Diagnostics: func(context.Context, string, bool) string { return strings.ReplaceAll(nasty, "\n", " ") },
			Deployer:    func(context.Context, string, string) (Deployer, error) { return &fakeDeployer{plan: nastyPlan()}, nil },
			Settings:    func(string) ([]config.Setting, string, error) { return poisoned[[]config.Setting](), nasty, nil },
		}
		Execute(t.Context(), p, append([]string{"--json"}, args...))
		var doc any
		require.NoError(t, json.Unmarshal(out.Bytes(), &doc), "%v: %s", args, out.String())
		want := strings.ReplaceAll(strings.ToValidUTF8(nasty, "\ufffd"), planted, "***")
		require.Contains(t, fmt.Sprint(doc), want, "%v", args)
	}
}

func TestARealFileOfNastyTexts(t *testing.T) {
	for _, name := range []string{"ansi.csv"} {
		path := filepath.Join("..", "..", "..", "shared", "hostile", name)
		if found, _ := filepath.Glob(path); found == nil {
			t.Skip("the hostile files are not there: ", path)
		}
		for _, command := range []string{"profile", "check", "clean", "kpis --local"} {
			for _, asJSON := range []bool{false, true} {
				var out, errs bytes.Buffer
				p := Program{Local: realLocal{}, Out: &out, Err: &errs, Funnel: func(string) (*contract.Funnel, error) { return nil, nil }}
				args := append(strings.Fields(command), path)
				if asJSON {
					args = append(args, "--json")
				}
				Execute(t.Context(), p, args)
				require.NotEmpty(t, out.String()+errs.String())
				nothingObeyed(t, out.String(), args)
				nothingObeyed(t, errs.String(), args)
			}
		}
	}
}

type realLocal struct{ Local }

func (realLocal) Analyze(ctx context.Context, path string, o analysis.Options) (*analysis.Result, error) {
	return analysis.File(ctx, path, o)
}

// TestNoCommandPrintsAround looks at the commands' own streams: cobra's texts go through the screen as well.
func TestNoCommandPrintsAround(t *testing.T) {
	p, _ := Program{Out: &bytes.Buffer{}, Err: &bytes.Buffer{}}.guarded()
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		require.IsType(t, &screen{}, cmd.OutOrStdout())
		require.IsType(t, &screen{}, cmd.ErrOrStderr())
		for _, sub := range cmd.Commands() {
			look(sub)
		}
	}
	look(p.rootCommand())
}

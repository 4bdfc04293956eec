package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/setup/config"
)

// skewLimit is how far this computer's clock may be off before it is said. Nothing is decided by it, but times on the
// screen look wrong, and sign-in fails from about five minutes on.
const skewLimit = 2 * time.Minute

// skewError words how far this computer's clock is off.
func skewError(skew time.Duration) error {
	direction := "ahead of"
	if skew < 0 {
		direction = "behind"
	}
	return fmt.Errorf("this computer's clock is %s %s the database's: set it by a time server", skew.Abs().Round(time.Second), direction)
}

// Notices are what keeps the program from doing all of its work, as sentences: of the tables, this role's rights, and the
// clock. skew is how far this computer's clock is ahead of the database's. The error is the database's.
func Notices(ctx context.Context, d Database) (notices []string, skew time.Duration, err error) {
	health, err := d.Ping(ctx)
	if err != nil {
		return nil, 0, err
	}
	blocking, _, err := differences(ctx, d)
	if err != nil {
		return nil, 0, err
	}
	for _, b := range blocking {
		notices = append(notices, format.Sentence(errors.New(b)))
	}
	if health.Skew.Abs() > skewLimit {
		notices = append(notices, format.Sentence(skewError(health.Skew)))
	}
	return notices, health.Skew, nil
}

// differences are the sentences about the tables and rights: what blocks work, and what could be narrower.
func differences(ctx context.Context, d Database) (blocking, narrower []string, err error) {
	found, err := d.CheckSchema(ctx)
	for _, f := range found {
		if f.Blocking {
			blocking = append(blocking, f.Sentence)
		} else {
			narrower = append(narrower, f.Sentence)
		}
	}
	return blocking, narrower, err
}

func (e *examination) database(s Services) {
	reached := e.try("database", func(ctx context.Context) (string, error) {
		h, err := s.Database.Ping(ctx)
		if err != nil {
			return "", err
		}
		secure := "encrypted"
		if !h.Encrypted {
			secure = "not encrypted"
		}
		if h.Skew.Abs() > skewLimit {
			return "", fmt.Errorf("the database answers, but %w", skewError(h.Skew))
		}
		return fmt.Sprintf("PostgreSQL %s answers in %d ms, %s.", h.ServerVersion, h.Took.Milliseconds(), secure), nil
	})
	if !reached {
		return
	}
	e.try("tables and rights", func(ctx context.Context) (string, error) {
		blocking, narrower, err := differences(ctx, s.Database)
		switch {
		case err != nil:
			return "", err
		case len(blocking) > 0:
			return "", errors.New(strings.Join(blocking, "; "))
		case len(narrower) > 0:
			return "The tables and rights are as needed. Narrower would be better: " + strings.Join(narrower, "; ") + ".", nil
		}
		return "The tables and rights are as needed, and no more.", nil
	})
	e.try("wake-ups between desktops", func(ctx context.Context) (string, error) { return hearing(ctx, s.Listen) })
}

// hearing tries whether changes by other desktops come by themselves. Where they don't, the program works all the same, a
// few seconds later.
func hearing(ctx context.Context, listen func(state func(db.Hearing)) Listener) (string, error) {
	states := make(chan db.Hearing, 10)
	l := listen(func(h db.Hearing) {
		select {
		case states <- h:
		default:
		}
	})
	l.Start(ctx)
	defer l.Stop()
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case h := <-states:
			switch {
			case h.State == db.Listening:
				return "Changes by other desktops arrive at once.", nil
			case h.Reason != "":
				return format.Sentence(errors.New(h.Reason)), nil
			}
		}
	}
}

func (e *examination) fabric(f Fabric, cfg config.Fabric) {
	if !e.try("sign-in to Fabric", func(ctx context.Context) (string, error) {
		return "Entra issued a token.", f.PrepareToken(ctx)
	}) {
		return
	}
	for _, item := range []struct{ name, key, id string }{
		{"pipeline", "pipeline_id", cfg.PipelineID}, {"restore pipeline", "restore_pipeline_id", cfg.RestorePipelineID},
	} {
		e.try(item.name, func(ctx context.Context) (string, error) {
			if item.id == "" {
				return "", fmt.Errorf("it is not configured: set %s under [fabric] in portal.toml", item.key)
			}
			found, err := f.Item(ctx, item.id)
			return fmt.Sprintf("Fabric shows it as “%s”.", found.Name), err
		})
	}
	if cfg.PipelineID != "" {
		e.try("pipeline's parameters", func(ctx context.Context) (string, error) { return takesReadOptions(ctx, f, cfg.PipelineID) })
	}
}

// takesReadOptions tells whether the deployed pipeline can be told how a file is read. Files that the rules as they stand are
// enough for run without.
func takesReadOptions(ctx context.Context, f Fabric, pipelineID string) (string, error) {
	names, err := f.Parameters(ctx, pipelineID)
	var denied *pipelines.UnauthorizedError
	switch {
	case errors.As(err, &denied):
		return "", fmt.Errorf("whether the pipeline can be told how a file is read can't be seen, so a run that needs it is refused: "+
			"ask an administrator of the workspace to give the service principal the Contributor role (%w)", err)
	case err != nil:
		return "", err
	case !slices.Contains(names, contract.ReadOptionsParameter):
		return "", fmt.Errorf("the deployed pipeline is too old: it has no parameter %s, so a run whose file is not read by the plain rules is refused: "+
			"ask the pipeline's owner to import the pipeline and the notebook of this version", contract.ReadOptionsParameter)
	}
	return "The pipeline can be told how a file is read (" + contract.ReadOptionsParameter + ").", nil
}

// leftUploads names uploads that were given up more than a week ago, for whoever may remove them; "" where there are none, or it is
// not known.
func leftUploads(ctx context.Context, f Files) string {
	lists, ok := f.(interface {
		LeftStaging(ctx context.Context, now time.Time) ([]artifacts.File, error)
	})
	if !ok {
		return ""
	}
	left, err := lists.LeftStaging(ctx, time.Now())
	if err != nil || len(left) == 0 {
		return "" // a help, and no check of its own
	}
	return format.N(int64(len(left)), "{{.N}} hidden file there is of an upload that did not come to its end, more than a week ago, such as {{.Name}}: it can be deleted.",
		"{{.N}} hidden files there are of uploads that did not come to their end, more than a week ago, such as {{.Name}}: they can be deleted.", "Name", plaintext.Line(left[0].Name, 100))
}

func (e *examination) files(f Files) {
	if !e.try("lakehouse files", func(ctx context.Context) (string, error) {
		files, err := f.ListImport(ctx)
		said := format.N(int64(len(files)), "{{.N}} file in {{.Folder}}.", "{{.N}} files in {{.Folder}}.", "Folder", artifacts.ImportFolder)
		if err == nil {
			said = format.Sentences(said, leftUploads(ctx, f))
		}
		return said, err
	}) {
		return
	}
	e.try("published results", func(ctx context.Context) (string, error) {
		file, err := f.Stat(ctx, artifacts.CurrentFolder+"/"+artifacts.KPIsFile)
		if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok {
			return "Nothing has been published yet.", nil
		}
		return fmt.Sprintf("Published %s.", format.Stamp(file.Modified)), err
	})
}

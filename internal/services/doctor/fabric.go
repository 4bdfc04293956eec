package doctor

import (
	"context"
	"io/fs"
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/items"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/setup/config"
)

// pipeline is one of the two that are examined.
type pipeline struct {
	name, key, id string
	notebook      string // how its notebook is called in the checks
	spark         string // and its notebook for large inputs; "" where it needs none
	sent          []string
}

func pipelinesOf(cfg config.Fabric) []pipeline {
	return []pipeline{
		{"pipeline", "pipeline_id", cfg.PipelineID, "notebook", "Spark notebook", contract.IngestParameters},
		{"restore pipeline", "restore_pipeline_id", cfg.RestorePipelineID, "restore notebook", "", contract.RestoreParameters},
	}
}

func (e *examination) fabric(s Services, cfg config.Fabric, deploys fs.FS) {
	f := s.Fabric
	if !e.try("sign-in to Fabric", func(ctx context.Context) (string, error) {
		return "Entra issued a token.", f.PrepareToken(ctx)
	}) {
		return
	}
	e.clock(f)
	e.try("lakehouse", func(ctx context.Context) (string, error) {
		found, err := f.Item(ctx, cfg.LakehouseID)
		if err == nil && !strings.EqualFold(found.Type, items.Lakehouse) {
			err = amiss(textNotHouse, "Name", found.Name, "Kind", found.Type)
		}
		return e.w.T(textHouse, "Name", found.Name), err
	})
	wanted, known := deployedVersion(deploys)
	for i, p := range pipelinesOf(cfg) {
		if !e.try(p.name, func(ctx context.Context) (string, error) { return e.kind(ctx, f, p) }) {
			continue
		}
		if i == 0 {
			e.right(f, p.id)
		}
		if s.Items != nil {
			e.definition(s.Items, p, cfg, wanted, known)
		}
	}
}

// kind tells whether an id is a pipeline's.
func (e *examination) kind(ctx context.Context, f Fabric, p pipeline) (string, error) {
	if p.id == "" {
		return "", amiss(textUnset, "Key", p.key)
	}
	found, err := f.Item(ctx, p.id)
	if err == nil && !strings.EqualFold(found.Type, items.Pipeline) {
		err = amiss(textNotPipeline, "Key", p.key, "Name", found.Name, "Kind", found.Type)
	}
	return e.w.T(textShown, "Name", found.Name), err
}

// right tells whether this program may run pipelines, as far as that shows without a run.
func (e *examination) right(f Fabric, id string) {
	e.try("right to run", func(ctx context.Context) (string, error) {
		ready, err := f.Ready(ctx, id)
		switch {
		case err != nil:
			return "", err
		case ready.Right == pipelines.RightNotSeen:
			return "", amiss(textNoRight)
		case ready.Right == pipelines.RightUnknown:
			return "", &remark{e.w.T(textRightUnknown)}
		}
		return e.w.T(textRight), nil
	})
}

// clock compares this computer's with Fabric's; the database's is compared where the database is asked.
func (e *examination) clock(f Fabric) {
	e.try("clock", func(ctx context.Context) (string, error) {
		skew, ok, err := f.Skew(ctx)
		switch {
		case ok && skew > skewLimit:
			return "", amiss(textClockAhead, "Time", e.w.Duration(skew))
		case ok && skew < -skewLimit:
			return "", amiss(textClockBehind, "Time", e.w.Duration(-skew))
		case !ok && err == nil:
			return e.w.T(textNoClock), nil
		}
		return e.w.T(textClock), err
	})
}

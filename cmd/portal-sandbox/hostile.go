package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/hostile"
)

// hostility is what --hostile asks for.
type hostility struct {
	on      bool
	options hostile.Options
	round   time.Duration
	only    string // names of attacks; "" for all in turns

	outside *hostile.Outside
}

// begin turns a sandbox hostile until stop, which also says what came of it.
func (h hostility) begin(ctx context.Context, s *sandbox.Sandbox, log func(string, ...any)) (stop func(), err error) {
	if err := h.outside.Enter(ctx, s); err != nil {
		return nil, err
	}
	if err := h.next(ctx, 0, log); err != nil {
		h.outside.Close(ctx)
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var turning sync.WaitGroup
	turning.Go(func() {
		ticker := time.NewTicker(max(h.round, time.Second))
		defer ticker.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if err := h.next(ctx, n, log); err != nil && ctx.Err() == nil {
				log("the mixture can't be changed: %v", err)
			}
		}
	})
	return func() {
		cancel()
		turning.Wait()
		for _, heard := range h.outside.Canary.Heard() {
			log("THE CANARY HEARD %s", heard)
		}
		for _, asked := range h.outside.Strange() {
			log("ASKED FOR WHAT IS NOT CONFIGURED: %s", asked)
		}
		h.outside.Close(context.WithoutCancel(ctx))
	}, nil
}

func (h hostility) next(ctx context.Context, number int, log func(string, ...any)) error {
	if h.only == "" {
		names, err := h.outside.Round(ctx, number)
		log("round %d: %s", number+1, strings.Join(names, ", "))
		return err
	}
	if number > 0 {
		return nil
	}
	return h.outside.Serve(ctx, strings.Split(h.only, ",")...)
}

// listAttacks prints what can be done to a desktop.
func listAttacks(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, a := range hostile.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", a.Place, a.Name, a.What)
	}
	return w.Flush()
}

package main

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"fabricportal/internal/collector"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/inflate"
)

const sheetPart = "xl/worksheets/sheet1.xml"

// found prints what a reader found, for the measurement to check that all read the same.
func found(rows int) { fmt.Printf("rows=%d\n", rows) }

// inside tells how long it took without the start of the process.
func inside(d time.Duration) { fmt.Printf("seconds=%.6f\n", d.Seconds()) }

// withSheet gives the workbook's sheet as it lies in the archive.
func withSheet(path string, use func(*zip.File) error) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	for _, f := range z.File {
		if f.Name == sheetPart {
			return use(f)
		}
	}
	return fmt.Errorf("%s has no %s", path, sheetPart)
}

// inflateStd is the floor of whoever reads workbooks with Go's own library.
func inflateStd(_ context.Context, path string) error {
	return withSheet(path, func(f *zip.File) error {
		packed, err := f.OpenRaw()
		if err != nil {
			return err
		}
		r := flate.NewReader(packed)
		buf := make([]byte, 512<<10)
		for {
			if _, err := r.Read(buf); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
		}
	})
}

func inflateOwn(_ context.Context, path string) error {
	return withSheet(path, func(f *zip.File) error {
		packed, err := f.OpenRaw()
		if err != nil {
			return err
		}
		d := inflate.NewDecoder(packed, int64(f.CompressedSize64))
		buf := make([]byte, inflate.Window+512<<10)
		for {
			n, err := d.Decode(buf)
			if errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			copy(buf[:inflate.Window], buf[n:])
		}
	})
}

// readCells reads all cells as the profile gets them, and does nothing with them.
func readCells(ctx context.Context, path string) error {
	file, err := spreadsheet.Open(ctx, path, spreadsheet.Limits{})
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	batches, err := file.Batches(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = batches.Close() }()
	rows := -1 // the header
	var batch cells.Batch
	for batches.Next(&batch) {
		rows += len(batch.Rows)
	}
	found(rows)
	return batches.Err()
}

// preview reads the first 50 rows again and again, and tells the median.
func preview(ctx context.Context, path string) error {
	const times = 101
	took := make([]time.Duration, times)
	for i := range took {
		start := time.Now()
		p, err := profile.ReadPreview(ctx, path, 0, profile.Options{})
		if err != nil {
			return err
		}
		if took[i] = time.Since(start); len(p.Rows) != profile.DefaultPreviewRows {
			return fmt.Errorf("the preview has %d rows", len(p.Rows))
		}
	}
	inside(median(took))
	return nil
}

// cancel profiles a file again and again, gives up at another moment each time, and tells how long it went on at most.
func cancel(ctx context.Context, path string) error {
	start := time.Now()
	if _, err := profile.File(ctx, path, profile.Options{}); err != nil {
		return err
	}
	whole := time.Since(start)
	const times = 20
	longest := time.Duration(0)
	for i := range times {
		var moment time.Time
		given, giveUp := context.WithCancel(ctx)
		begun := make(chan struct{})
		timer := time.AfterFunc(whole*time.Duration(i)/times, func() {
			moment = time.Now()
			giveUp()
			close(begun)
		})
		_, err := profile.File(given, path, profile.Options{})
		ended := time.Now()
		if timer.Stop() {
			giveUp()
			continue // it was done before
		}
		<-begun
		if err != nil {
			longest = max(longest, ended.Sub(moment))
		}
	}
	inside(longest)
	return nil
}

// analyze finds out so much of a file, with the program's own collector, and tells how long that took.
func analyze(ctx context.Context, path string, each ...analysis.Parts) error {
	collector.Tune()
	start := time.Now()
	rows := int64(0)
	for _, parts := range each {
		r, err := analysis.File(ctx, path, analysis.Options{Parts: parts, SampleRows: profile.MaxSampleRows})
		switch {
		case err != nil:
			return err
		case r.Incomplete != nil:
			return r.Incomplete
		case r.KPIError != nil:
			return r.KPIError
		case r.RulesError != nil:
			return r.RulesError
		}
		if r.Profile != nil {
			rows = r.Profile.RowCount
		}
	}
	inside(time.Since(start))
	found(int(rows))
	return nil
}

func profileAlone(ctx context.Context, path string) error {
	return analyze(ctx, path, analysis.Profile)
}

// verdict is all that the window says of a file.
func verdict(ctx context.Context, path string) error { return analyze(ctx, path, analysis.All) }

// passes is the same with a reading for each part, as the window did it before there was one for all.
func passes(ctx context.Context, path string) error {
	return analyze(ctx, path, analysis.Preview, analysis.KPIs, analysis.Rules, analysis.Cleaning)
}

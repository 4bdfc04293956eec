package portal

import (
	"context"
	"os"
	"time"

	"fabricportal/internal/services/diagnostics"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// checkTime is how long the checks of a report may take together: whoever copies it waits for it.
const checkTime = time.Minute

// Diagnostics writes what helps somebody else to find out why the program does not work here, without secrets and data. build is the
// program's; facts are what the caller knows besides. With checks it asks the database and Fabric, and only reads.
func Diagnostics(ctx context.Context, opts Options, build string, checks bool, facts []diagnostics.Fact) string {
	s := diagnostics.Subject{Build: build, Facts: facts, Lookup: os.LookupEnv, Now: time.Now(), Redact: (&secrets.Redactor{}).Redact}
	if opts.Redactor != nil {
		s.Redact = opts.Redactor.Redact
	}
	if opts.Journal != nil {
		s.Log = opts.Journal
	}
	s.Config, s.Err = config.Load(opts.ConfigPath, os.LookupEnv)
	if checks {
		ctx, cancel := context.WithTimeout(ctx, checkTime)
		defer cancel()
		s.Checks = Doctor(ctx, opts, doctor.Manner{ReadOnly: true})
	}
	return diagnostics.Report(s)
}

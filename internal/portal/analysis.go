package portal

import (
	"fabricportal/contract"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/results/export"
)

// What the analysis of a file (Look) needs of the services.

// contents are the contents that this program has seen.
type contents struct{ *imports.Contents }

func (c contents) remember(f artifacts.File, sha256 string) { c.Remember(f, sha256) }

// importedBefore is what this computer knows of a file's content, the newest first.
func (p *Portal) importedBefore(profile *contract.ImportProfile) []imports.Record {
	return p.Imported(profile.File.SHA256)
}

func (p *Portal) funnel() *contract.Funnel { return funnelOf(p.cfg.Funnel) }

func freeName(dir, name, ending string) string { return export.FreeName(dir, name, ending) }

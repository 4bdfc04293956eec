package doctor

import (
	"slices"

	"fabricportal/internal/format"
)

// What is said of the parts that a run needs, in English; a window translates it.
const (
	textUnset       = "it is not configured: set {{.Key}} under [fabric] in portal.toml"
	textNotPipeline = "{{.Key}} names “{{.Name}}”, which is a {{.Kind}} and no pipeline: put the pipeline's id there; it stands in the pipeline's address in Fabric, after /pipelines/"
	textShown       = "Fabric shows it as the pipeline “{{.Name}}”."
	textNotHouse    = "lakehouse_id names “{{.Name}}”, which is a {{.Kind}} and no lakehouse: put the lakehouse's id there; it stands in the lakehouse's address in Fabric, after /lakehouses/"
	textHouse       = "Fabric shows it as the lakehouse “{{.Name}}”."

	textRight        = "The service principal has a role in the workspace that runs pipelines."
	textNoRight      = "the service principal has no role in the workspace that runs pipelines: ask an administrator of the workspace to give it the Contributor role; a role of Viewer is not enough"
	textRightUnknown = "Fabric did not say which role the service principal has in the workspace. A run will show it."

	textHidden      = "its definition can't be seen, so that nobody knows what it takes and where it works: ask an administrator of the workspace to give the service principal the Contributor role (Fabric says: {{.Said}})"
	textUnreadable  = "its definition can't be read: ask its owner to deploy it anew with “portal-desktop deploy”"
	textTakes       = "It takes all that it is sent, and hands it on to the notebook."
	textTooOld      = "it has no parameter {{.Names}}, which Fabric then drops without a word: the deployed pipeline is too old; ask its owner to deploy the one of this version with “portal-desktop deploy”"
	textNotPassed   = "its step {{.Step}} does not hand {{.Names}} on to the notebook: ask its owner to deploy the one of this version with “portal-desktop deploy”" // #nosec G101 -- no password
	textOneAtATime  = "It runs once at a time."
	textConcurrent  = "it may run {{.Most}} times at once, and such runs would write the same results: ask its owner to set the concurrency to 1 in its settings, or to deploy it with “portal-desktop deploy”"
	textUnbounded   = "it may run any number of times at once, and such runs would write the same results: ask its owner to set the concurrency to 1 in its settings, or to deploy it with “portal-desktop deploy”"
	textNoNotebook  = "it runs no notebook: ask its owner to deploy the one of this version with “portal-desktop deploy”"
	textNoSpark     = "The pipeline starts no notebook for Spark, so that files of more than 1 GB and folders of files can't be run: its owner brings it up to date with “portal-desktop deploy”."
	textLooks       = "It looks at the files of this lakehouse."
	textElsewhere   = "it runs a notebook of another workspace ({{.Workspace}}), or one that is chosen at the start, so that it can't be told where it works: ask its owner to deploy it with “portal-desktop deploy”"
	textBound       = "It works in this lakehouse."
	textUnbound     = "it has no default lakehouse, so that it finds no files: ask its owner to choose this lakehouse ({{.Wanted}}) in the notebook under Explorer, or to deploy it with “portal-desktop deploy”"
	textBoundBadly  = "it works in another lakehouse ({{.Found}}) than this program is set up for ({{.Wanted}}): ask its owner to choose the right one in the notebook under Explorer, or correct lakehouse_id in portal.toml"
	textFits        = "Version {{.Version}}, as this program deploys it."
	textOtherMajor  = "it is of version {{.Version}}, and this program works with version {{.Wanted}}: ask its owner to deploy the notebook of this version with “portal-desktop deploy”, or use the program that fits"
	textOlder       = "It is of version {{.Version}}, which works, and this program deploys {{.Wanted}}: its owner brings it up to date with “portal-desktop deploy”."
	textNewer       = "It is of version {{.Version}}, which works, and newer than this program's {{.Wanted}}: update this program when you can."
	textNoVersion   = "it states no version, so that it is none of this program's notebooks, or a very old one: ask its owner to deploy the notebook of this version with “portal-desktop deploy”"
	textClock       = "This computer and Fabric have the same time, to within two minutes."
	textClockAhead  = "this computer's clock is {{.Time}} ahead of Fabric's: set it by a time server; sign-in fails from about five minutes on"
	textClockBehind = "this computer's clock is {{.Time}} behind Fabric's: set it by a time server; sign-in fails from about five minutes on"
	textNoClock     = "Fabric named no time to compare this computer's clock with."
	textProbed      = "A small hidden file was written to Files/import, renamed, looked at and removed again: uploads will work."
	textBadProxy    = "what names the proxy is not an address: correct HTTPS_PROXY, such as http://gateway.contoso.com:8080, or this computer's proxy setting"
	textNotProbed   = "a small hidden file could not be written to Files/import, renamed and removed: {{.Why}} Ask an administrator of the workspace for the Contributor role, or for the right to write OneLake's files"
)

const textLooksElsewhere = "its step {{.Step}} looks at another lakehouse ({{.Found}}) than this program is set up for ({{.Wanted}}), so that it can choose the wrong notebook: " +
	"ask its owner to choose the right one in that step, or to deploy it with “portal-desktop deploy”"

// names are those of all checks.
var names = []string{
	"policy",
	"configuration",
	"log",
	"client secret",
	"database password",
	"services",
	"ways out",
	"database",
	"tables and rights",
	"wake-ups between desktops",
	"sign-in to Fabric",
	"clock",
	"lakehouse",
	"pipeline",
	"restore pipeline",
	"right to run",
	"pipeline's definition",
	"pipeline's parameters",
	"pipeline's concurrency",
	"pipeline's lakehouse",
	"restore pipeline's definition",
	"restore pipeline's parameters",
	"restore pipeline's concurrency",
	"restore pipeline's lakehouse",
	"notebook",
	"notebook's version",
	"Spark notebook",
	"Spark notebook's version",
	"restore notebook",
	"restore notebook's version",
	"lakehouse files",
	"published results",
	"probe file",
}

// Texts are those that a window translates.
func Texts() []string {
	return slices.Concat(names, []string{
		textUnset, textNotPipeline, textShown, textNotHouse, textHouse, textRight, textNoRight, textRightUnknown, textHidden, textUnreadable, textTakes, textTooOld, textNotPassed,
		textOneAtATime, textConcurrent, textUnbounded, textNoNotebook, textNoSpark, textLooks, textLooksElsewhere, textElsewhere, textBound, textUnbound, textBoundBadly, textFits, textOtherMajor, textOlder, textNewer,
		textNoVersion, textClock, textClockAhead, textClockBehind, textNoClock, textProbed, textNotProbed, textBadProxy,
	})
}

// fault is what is wrong with a part, and what to do.
type fault struct {
	text  string
	pairs []any
}

func amiss(text string, pairs ...any) error { return &fault{text, pairs} }

func (f *fault) Error() string { return f.Say(format.English) }

// Say is part of format.Sayer.
func (f *fault) Say(w format.Writer) string { return w.T(f.text, f.pairs...) }

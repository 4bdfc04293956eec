package troubles

import "slices"

// Doing is what was being done, as it stands behind “while”.
type Doing string

// What the program asks Microsoft's side for.
const (
	Starting       Doing = "starting the pipeline"
	AskingJob      Doing = "asking for the state of a job"
	ListingJobs    Doing = "listing the jobs of the pipeline"
	Cancelling     Doing = "cancelling the job"
	AskingSteps    Doing = "asking for the run's steps"
	LookingUp      Doing = "looking the item up"
	ReadingContent Doing = "reading the pipeline's definition"
	ListingItems   Doing = "listing the workspace's items"
	ReadingItem    Doing = "reading the item's definition"
	CreatingItem   Doing = "creating the item"
	ChangingItem   Doing = "changing the item"
	SigningIn      Doing = "signing in"
	UsingFiles     Doing = "using the lakehouse's files"
)

var doings = []Doing{Starting, AskingJob, ListingJobs, Cancelling, AskingSteps, LookingUp, ReadingContent, ListingItems, ReadingItem, CreatingItem, ChangingItem, SigningIn, UsingFiles}

// Texts are all texts that the catalogue asks a writer for, for translators.
func Texts() []string {
	texts := []string{"in a few minutes", "in {{.Time}}", withRequest, itSays}
	for _, d := range doings {
		texts = append(texts, string(d))
	}
	for _, e := range All() {
		texts = append(texts, e.Text)
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// All is the whole catalogue.
func All() []Entry { return slices.Concat(entra, Entries) }

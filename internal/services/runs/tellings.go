package runs

import (
	"maps"
	"strconv"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/troubles"
)

// tellings is what events and the errors of runs say. What is stored is English with a short tail that names the sentence and its values
// (format.Catalogue), so that each window says it in its language. The ids that a sentence leaves out stand in the tail: who needs them copies
// the event as it is stored. A text that is changed here is shown in English to those who wrote, or read, the other one.
var tellings = format.Catalogue{
	"asked":        {Text: "{{.Who}} asked for it on {{.Me}}"},
	"input":        {Text: "Input file {{.File}}: {{.Size}}"},
	"read_as":      {Text: "How the file is read: {{.How}}"},
	"restoring":    {Text: "Restore of run {{.Run}} ({{.File}}): its outputs are to become current"},
	"sending":      {Text: "{{.Me}} is sending the start request to Fabric"},
	"accepted":     {Text: "Fabric accepted the run, started by {{.Me}}"},
	"kept":         {Text: "Fabric had accepted the run; {{.Me}} kept the job's id and saved it now"},
	"answer_lost":  {Text: "Fabric's answer to the start request was lost; whether a job exists will be asked ({{.Me}}: {{.Why}})"},
	"no_job_named": {Text: "Fabric answered the start request without naming a job; whether one exists will be asked ({{.Me}}: {{.Why}})"},
	"said_by":      {Text: "{{.Sentence}} (said by {{.Me}})"},
	"late":         {Text: "Fabric accepted job {{.Job}} for this run after the run was {{.State}}; {{.Me}} asks Fabric to cancel that job"},
	"late_foreign": {Text: "Fabric accepted job {{.Job}} for this run after the run was {{.State}}; {{.Me}} is set up for other pipelines by now and does not cancel that job: look for it in Fabric"},

	"job_queued":    {Text: "Fabric has the job in its queue (asked by {{.Me}})"},
	"job_running":   {Text: "Fabric says that the job runs (asked by {{.Me}})"},
	"job_completed": {Text: "Fabric says that the job is completed (asked by {{.Me}})"},
	"job_failed":    {Text: "Fabric says that the job has failed (asked by {{.Me}})"},
	"job_cancelled": {Text: "Fabric says that the job was cancelled (asked by {{.Me}})"},
	"job_skipped":   {Text: "Fabric says that it skipped the job (asked by {{.Me}})"},
	"job_other":     {Text: "Fabric says {{.State}} of the job (asked by {{.Me}})"},
	"job_strange":   {Text: "{{.Said}}, a word this program does not know; the run stays as it is"},
	"job_unknown":   {Text: "Fabric does not know the job (asked by {{.Me}}); the run stays as it is until Fabric does"},
	"job_known":     {Text: "Fabric knows the job again (asked by {{.Me}})"},
	"cancel_asked":  {Text: "{{.Who}} asked Fabric to cancel the job (on {{.Me}})"},
	"activities":    {Text: "Fabric: {{.Changes}} (asked by {{.Me}})"},
	"act_queued":    {Text: "activity {{.Name}} is queued"},
	"act_running":   {Text: "activity {{.Name}} is running"},
	"act_succeeded": {Text: "activity {{.Name}} succeeded"},
	"act_failed":    {Text: "activity {{.Name}} failed"},
	"act_cancelled": {Text: "activity {{.Name}} was cancelled"},
	"act_skipped":   {Text: "activity {{.Name}} was skipped"},
	"act_other":     {Text: "activity {{.Name}} is {{.State}}"},
	"act_after":     {Text: "{{.What}} after {{.Age}}"},
	"act_and":       {Text: "{{.First}}; {{.Next}}"},

	"released":      {Text: "{{.Me}} released the lock: the run had ended as {{.State}}"},
	"never_started": {Text: "never started; {{.Me}} closed it: no start request was recorded within {{.Age}}"},
	"no_job": {
		Text: "Fabric shows no job; {{.Me}} closed it {{.Age}} after the start request: of the {{.N}} jobs that Fabric lists since then none can be this run's",
		One:  "Fabric shows no job; {{.Me}} closed it {{.Age}} after the start request: the one job that Fabric lists since then can't be this run's",
	},
	"adopted":    {Text: "adopted by {{.Me}}: job {{.Job}}, as {{.Why}}"},
	"carries_id": {Text: "its parameters carry this run's id"},
	"only_one":   {Text: "of the {{.N}} jobs that Fabric lists since the request was sent it is the only one that can be", One: "it is the only job that Fabric lists since the request was sent"},
	"candidates": {
		Text: "{{.N}} jobs in Fabric could be this run's, and nothing tells which; {{.Me}} leaves it to a person: {{.Jobs}}",
		One:  "{{.N}} job in Fabric could be this run's, and nothing tells whether it is; {{.Me}} leaves it to a person: {{.Jobs}}",
	},
	"decided": {
		Text: "adopted by decision of {{.Who}} (on {{.Me}}): job {{.Job}}, {{.Start}} in Fabric, out of {{.N}}",
		One:  "adopted by decision of {{.Who}} (on {{.Me}}): job {{.Job}}, {{.Start}} in Fabric, the only one",
	},
	"started_at":  {Text: "started {{.At}}"},
	"not_started": {Text: "not started"},
	"dismissed":   {Text: "{{.Who}} (on {{.Me}}) said that job {{.Jobs}} is not this run's: {{.Why}}"},
	"closed":      {Text: "closed by hand by {{.Who}}, without an answer from Fabric: {{.Why}}"},
	"freed":       {Text: "{{.Who}} released the lock by hand (on {{.Me}}): {{.Why}}. Fabric: {{.Said}}"},
	"stray_found": {Text: "{{.Me}} found job {{.Job}} by this run's id among its parameters, after the lock had been released by other means"},
	"stray_doubt": {
		Text: "The lock was released by other means while Fabric's answer to the start request was not known, and {{.N}} of Fabric's jobs could be this run's: its state stays as it is",
		One:  "The lock was released by other means while Fabric's answer to the start request was not known, and {{.N}} of Fabric's jobs could be this run's: its state stays as it is",
	},
	"stray_unsent": {Text: "{{.Me}} closed it {{.Age}} after it was asked for: it does not hold the lock and was never sent"},
	"stray_no_job": {
		Text: "{{.Me}} closed it {{.Age}} after the start request: it does not hold the lock, and of the {{.N}} jobs that Fabric lists none can be its own",
		One:  "{{.Me}} closed it {{.Age}} after the start request: it does not hold the lock, and the one job that Fabric lists can't be its own",
	},
	"noted":           {Text: "Note by {{.Who}}: {{.Note}}"},
	"figures_later":   {Text: "The run's figures ({{.Size}}) could not be written with its end and are added later: {{.Why}}"},
	"notebook_failed": {Text: "{{.Said}}, but its notebook says that it failed"},
	"no_source":       {Text: "Which run was restored could not be found in the events or in run_metadata.json, so that no row in run_restores was written"},
	"figures_unread":  {Text: "the figures of run {{.Run}} can't be read: {{.Why}}"},
	"other_run":       {Text: "{{.Document}} is of another run"},
	"no_json":         {Text: "{{.Document}} is not valid JSON: {{.Why}}"},
	"not_storable":    {Text: "{{.Document}} can't be stored: {{.Why}}"},
	"nul":             {Text: "it contains a NUL character"},
	"folder_empty":    {Text: "{{.Folder}} has no outputs"},
	"results_later":   {Text: "The run's results could not be read in full yet and are added later: {{.Why}}"},
	"results_refused": {Text: "Not all of the run's results are in the database; its folder in the lakehouse has them: {{.Why}}"},
	"results_missing": {Text: "The run's results could not be read in full: {{.Why}}"},
	"results_added":   {Text: "Results that could not be read at the run's end were added by {{.Me}}"},
	"other_input":     {Text: "{{.File}} was changed between submission and the run: the notebook read another content than was looked at"},
	"unseen":          {Text: "Whether the run's results are published all the same could not be seen at its end: {{.Why}}"},
	"published":       {Text: "The run's results are published, as manifest.json names the run: its job did not end well after that"},
	"but_published":   {Text: "{{.Said}}, but its results are published"},
	"table_behind":    {Text: "The table for Power BI is behind what is published: {{.Why}}"},
	"no_outputs":      {Text: "{{.Said}}, but {{.Lack}}; it is looked for for {{.Wait}}, then the run counts as failed"},
	"unsure":          {Text: "{{.Said}}, but there is no {{.Document}} in the lakehouse that {{.Me}} is set up for, nor what the run was to work on, so that it may be another one; a person decides"},
	"but_hollow":      {Text: "{{.Said}}, but the outputs are missing"},
	"lacks_document":  {Text: "there is no {{.Document}} in the lakehouse"},
	"lacks_end":       {Text: "{{.Document}} does not say that the notebook has ended, and no manifest.json names the run, so that nothing of it was published"},

	// Why a run has failed.
	"all_the_same":     {Text: "its results are published all the same, but its job did not end well: {{.Why}}"},
	"hollow":           {Text: "Fabric completed the job, but it left no outputs: {{.Lack}}. Look in Fabric at what the job's notebook did, then start the run again"},
	"no_reason":        {Text: "Fabric says that the job failed and gives no reason: look at the job in Fabric"},
	"notebook_silent":  {Text: "its notebook failed, though Fabric completed the job"},
	"cancelled":        {Text: "cancelled in Fabric"},
	"cancelled_by":     {Text: "cancelled in Fabric, as {{.Who}} asked"},
	"cancelled_why":    {Text: "cancelled in Fabric: {{.Why}}"},
	"skipped":          {Text: "Fabric skipped the run, as another job of the pipeline was running: start it again when that has ended"},
	"never_sent":       {Text: "the run was never sent to Fabric, as the computer that asked for it stopped before: start it again"},
	"stray_never_sent": {Text: "the run was never sent to Fabric, and its lock was released by other means: start it again"},
	"lost_and_none":    {Text: "Fabric's answer to the start request was lost, and Fabric shows no job for the run: start it again"},
	"stray_lost":       {Text: "Fabric's answer to the start request was lost, Fabric shows no job for the run, and its lock was released by other means: start it again"},
	"fabric_refused":   {Text: "Fabric refused the run: {{.Why}}"},
	"not_confirmed":    {Text: "nothing was sent to Fabric, as the database did not confirm"},
	"too_slow":         {Text: "nothing was sent to Fabric, as this computer took too long: start the run again"},
	"nothing_started":  {Text: "nothing was started: {{.Why}}"},
}

// tell is a sentence of an event, or of why a run has failed.
func tell(code string, pairs ...any) *format.Said { return tellings.Say(code, pairs...) }

// Tellings are the sentences of events and of failed runs, for translators.
func Tellings() format.Catalogue {
	all := maps.Clone(tellings)
	maps.Copy(all, notebookSays)
	maps.Copy(all, notebookShown)
	for code, e := range shown {
		all["shown_"+code] = e
	}
	for i, e := range notebookParts {
		all["nb_part_"+strconv.Itoa(i)] = e
	}
	return all
}

// told reads them again.
var told = format.Reader{Catalogue: tellings, Made: troubles.Made}

// shown are the sentences that stand on a screen in other words than those that are stored: no ids stand in them.
var shown = format.Catalogue{
	"restoring":    {Text: "Restore of the run of {{.File}}: its outputs are to become current"},
	"late":         {Text: "Fabric accepted a job for this run after the run had ended; {{.Me}} asks Fabric to cancel that job"},
	"late_foreign": {Text: "Fabric accepted a job for this run after the run had ended; {{.Me}} is set up for other pipelines by now and does not cancel that job: look for it in Fabric"},
	"adopted":      {Text: "{{.Me}} found the run's job in Fabric, as {{.Why}}"},
	"candidates": {
		Text: "{{.N}} jobs in Fabric could be this run's, and nothing tells which; {{.Me}} leaves it to a person",
		One:  "{{.N}} job in Fabric could be this run's, and nothing tells whether it is; {{.Me}} leaves it to a person",
	},
	"decided": {
		Text: "{{.Who}} decided (on {{.Me}}) which of {{.N}} jobs in Fabric is this run's: {{.Start}}",
		One:  "{{.Who}} decided (on {{.Me}}) that the only job in Fabric is this run's: {{.Start}}",
	},
	"dismissed":   {Text: "{{.Who}} (on {{.Me}}) said that a job in Fabric is not this run's: {{.Why}}"},
	"stray_found": {Text: "{{.Me}} found the run's job in Fabric, after the lock had been released by other means"},
}

// Told is what a stored text says in a language; a text that another program wrote is told as it stands.
func Told(stored string, w format.Writer) string { return told.Say(stored, w) }

// toldToPeople is Told for a screen: without ids.
func toldToPeople(stored string, w format.Writer) string {
	s, ok := told.Read(stored)
	if !ok {
		return stored
	}
	if said, ok := s.(*format.Said); ok {
		return said.In(shown).Say(w)
	}
	return s.Say(w)
}

// plain is a stored text in English, without its tail.
func plain(stored string) string { return Told(stored, format.English) }

// again is a stored text as a value of another sentence.
func again(stored string) any {
	if s, ok := told.Read(stored); ok {
		return s
	}
	return stored
}

// jobSays is what Fabric says of a run's job.
func (r *Runs) jobSays(job pipelines.JobInstance) *format.Said {
	code := map[pipelines.JobStatus]string{
		pipelines.NotStarted: "job_queued", pipelines.InProgress: "job_running", pipelines.Completed: "job_completed",
		pipelines.JobFailed: "job_failed", pipelines.Cancelled: "job_cancelled", pipelines.Deduped: "job_skipped",
	}[job.Status]
	if code == "" {
		return tell("job_other", "State", Clean(string(job.Status), MaxWord), "Me", r.me(), "Job", job.ID)
	}
	return tell(code, "Me", r.me(), "Job", job.ID)
}

package runs

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"fabricportal/internal/format"
)

// notebookSays is what the notebook says of why it failed, as far as analysts meet it. The notebook writes English; what it has written is
// recognised here by its wording, also of an older notebook, and as Fabric hands it on, and is said in the reader's language. A text that
// is not among these is shown as it is. The sentences of checks and of files are those that the desktop says of the same file.
var notebookSays = format.Catalogue{
	"nb_no_rows":        {Text: "The file has no rows."},
	"nb_column_missing": {One: "The required column {{.Columns}} is missing.", Text: "The required columns {{.Columns}} are missing."},
	"nb_one_column":     {Text: "{{.Missing}} The file has one column only: if another character than , ; | or a tab separates its columns, say which, as its delimiter."},
	"nb_no_id":          {One: "{{.Rows}} has no order_id.", Text: "{{.Rows}} have no order_id."},
	"nb_repeated_id":    {One: "{{.Rows}} repeats an earlier order_id.", Text: "{{.Rows}} repeat an earlier order_id."},
	"nb_bad_date":       {One: "{{.Rows}} has an order_date that is no date.", Text: "{{.Rows}} have an order_date that is no date."},
	"nb_bad_revenue":    {One: "{{.Rows}} has no revenue or one that is no number.", Text: "{{.Rows}} have no revenue or one that is no number."},
	"nb_currencies":     {One: "{{.Rows}} is in another currency than most.", Text: "{{.Rows}} are in another currency than most."},
	"nb_groups":         {Text: "{{.File}} has more than {{.Most}} different values, or too long ones, in {{.Column}}, so that they are no groups: say which column holds them, or rename that column."},
	"nb_undecided":      {Text: "The file can be read in more than one way, and a person has to decide: {{.Questions}}: choose on the desktop's Import screen and run again."},

	"nb_not_there":     {Text: "{{.File}} is not in Files/import: upload it, or choose another file."},
	"nb_other_content": {Text: "{{.File}} is not the file that was checked (its SHA-256 is {{.Found}}, not {{.Checked}}), so nothing was published: check it again, two minutes after it was replaced, and start a new run."},
	"nb_password":      {Text: "{{.File}} is protected with a password or an old .xls workbook: save it as .xlsx without a password."},
	"nb_web_page":      {Text: "{{.File}} is a web page or XML file, no workbook: open it in Excel and save it as .xlsx."},
	"nb_packed":        {Text: "{{.File}} is packed: unpack it and upload the file in it."},
	"nb_no_parquet":    {Text: "{{.File}} can't be read as a Parquet file: write it again and upload it again."},
	"nb_no_sheets":     {Text: "{{.File}} has no sheets: leave out the name of one."},
	"nb_no_sheet":      {Text: "{{.File}} has no sheet {{.Sheet}}: choose one of its {{.Sheets}} sheets."},
	"nb_no_visible":    {Text: "{{.File}} has no visible sheet with cells: show the one that holds the orders and upload the file again."},
	"nb_damaged":       {Text: "{{.File}} is damaged after row {{.Row}} of sheet {{.Sheet}}: save it again and upload it again."},
	"nb_no_workbook":   {Text: "{{.File}} can't be read as an Excel workbook: {{.Why}}."},
	"nb_unsafe":        {Text: "{{.File}} would unpack to more data than is safe to read: check where it comes from."},
	"nb_csv":           {Text: "{{.File}} can't be read as CSV after row {{.Row}}: {{.Why}}"},
	"nb_nul":           {Text: "{{.File}} holds NUL characters and is neither a workbook nor a text file: save it as .xlsx or as CSV UTF-8."},
	"nb_no_header":     {Text: "There is no column {{.Header}} for {{.Role}} in row {{.Row}}: choose one of its headers."},
	"nb_both":          {Text: "The column {{.Header}} can't be both {{.Role}} and {{.Other}}: choose another one."},
	"nb_header_row":    {Text: "Row {{.Row}} of {{.Name}} holds no value, so that it can't be the header: choose another row."},
	"nb_zone":          {Text: "{{.Zone}} is no time zone: give a name such as Europe/Berlin, or an offset such as +01:00."},
	"nb_many_files":    {Text: "Files/import has {{.Files}} files, and {{.Most}} at most can be listed: remove those that are not needed."},
	"nb_disk":          {Text: "{{.What}} could not be written to the notebook's own disk ({{.Why}}): start a new run, on a larger node if the disk was full."},

	"nb_lock_lost":        {Text: "This run does not hold the run lock any more ({{.Who}} does), so nothing was published: start a new run."},
	"nb_lock_silent":      {Text: "The run lock could not be asked for ({{.Why}}), so nothing was published: look at lock_url, and start a new run."},
	"nb_lakehouse":        {Text: "The lakehouse could not be read or written ({{.Why}}): start a new run, and ask its owner if that fails, too."},
	"nb_no_root":          {Text: "There is no lakehouse at {{.Where}}: attach the default lakehouse to the notebook and start a new run."},
	"nb_not_whole":        {Text: "{{.File}} did not arrive whole in Files/results/current: start a new run."},
	"nb_other_run":        {Text: "{{.Other}} has published its results while this one was working, so this one's were not published: start a new run if they are wanted."},
	"nb_ended":            {Text: "Run {{.Run}} has already ended and its folder never changes again: start a new run."},
	"nb_stopped":          {Text: "The notebook was stopped before it had ended."},
	"nb_unexpected":       {Text: "The notebook failed unexpectedly ({{.Why}}): its output in Fabric has the details."},
	"nb_no_results":       {Text: "Run {{.Run}} has no results in the lakehouse: choose another run to restore."},
	"nb_is_restore":       {Text: "Run {{.Run}} is itself a restore: choose run {{.Source}}, whose results it brought back."},
	"nb_altered":          {Text: "{{.File}} of run {{.Run}} is missing or was altered after the run: choose another run to restore."},
	"nb_no_text":          {Text: "{{.File}} is damaged: it is no {{.Encoding}} text throughout. Save it as .xlsx or as CSV UTF-8."},
	"nb_is_folder":        {Text: "{{.File}} is a folder, and this notebook reads one file: start the notebook sales_ingest_spark, which reads a folder's files as one."},
	"nb_every_node":       {Text: "{{.File}} can't be read on every node any more: start a new run."},
	"nb_folder_in_folder": {Text: "{{.Folder}} has a folder in it ({{.Inner}}), and a folder's files are read as they stand side by side: put all files into {{.Same}} itself."},
	"nb_is_delta":         {Text: "{{.Folder}} is a Delta table, whose files do not tell by themselves which rows it has: write its rows as Parquet files into another folder."},
	"nb_empty_folder":     {Text: "{{.Folder}} is a folder without files: upload its files, or choose another one."},
	"nb_workbook_part":    {Text: "{{.File}} is a workbook, and workbooks are not read in parts: upload it by itself and start the run without Spark, or save it as CSV."},
	"nb_changed":          {Text: "{{.File}} was changed while it was read: start a new run."},
	"nb_part_lost":        {Text: "A part of {{.File}} did not arrive whole in the run's folder: start a new run."},
	"nb_which_lakehouse":  {Text: "It is not known in which lakehouse the table is: attach the default lakehouse to the notebook."},
	"nb_many_parts":       {Text: "{{.Folder}} has so many files that {{.File}} would have {{.Parts}} parts, more than {{.Most}}: put its rows into fewer files."},
	"nb_failed_run":       {Text: "Run {{.Run}} did not succeed: choose another run to restore."},
}

// notebookShown are the sentences that are shown in other words: no ids and hashes stand in a sentence for analysts.
var notebookShown = format.Catalogue{
	"nb_other_content": {Text: "{{.File}} is not the file that was checked, so nothing was published: check it again, two minutes after it was replaced, and start a new run."},
	"nb_ended":         {Text: "This run has already ended and its folder never changes again: start a new run."},
	"nb_no_results":    {Text: "That run has no results in the lakehouse: choose another run to restore."},
	"nb_is_restore":    {Text: "That run is itself a restore: choose the run whose results it brought back."},
	"nb_altered":       {Text: "{{.File}} of that run is missing or was altered after the run: choose another run to restore."},
	"nb_failed_run":    {Text: "That run did not succeed: choose another run to restore."},
	"nb_other_run":     {Text: "Another run has published its results while this one was working, so this one's were not published: start a new run if they are wanted."},
}

// notebookParts are what may stand in the values of those sentences.
var notebookParts = []format.Entry{{One: "{{.Found}} of {{.N}} row", Text: "{{.Found}} of {{.N}} rows"}, {Text: "{{.First}} and {{.Last}}"}}

// recogniser finds a sentence by its wording.
type recogniser struct {
	form  *regexp.Regexp
	names []string
	say   func(pairs []any) *format.Said
	n     int64 // how many a counted sentence speaks of, where it does not say so
}

var placeholder = regexp.MustCompile(`\\\{\\\{\\\.(\w+)\\\}\\\}`)

func newRecogniser(text string, n int64, say func(pairs []any) *format.Said) recogniser {
	r := recogniser{n: n, say: say}
	form := placeholder.ReplaceAllStringFunc(regexp.QuoteMeta(text), func(m string) string {
		r.names = append(r.names, placeholder.FindStringSubmatch(m)[1])
		return "(.+?)"
	})
	r.form = regexp.MustCompile("(?s)^" + form + "$")
	return r
}

var recognisers = sync.OnceValues(func() (sentences, parts []recogniser) {
	for code, e := range notebookSays {
		if e.One != "" {
			sentences = append(sentences, newRecogniser(e.One, 1, func(pairs []any) *format.Said { return notebookSays.Say(code, pairs...) }))
		}
		sentences = append(sentences, newRecogniser(e.Text, 2, func(pairs []any) *format.Said { return notebookSays.Say(code, pairs...) }))
	}
	for _, e := range notebookParts {
		catalogue := format.Catalogue{"part": e}
		say := func(pairs []any) *format.Said { return catalogue.Say("part", pairs...) }
		if e.One != "" {
			parts = append(parts, newRecogniser(e.One, 1, say))
		}
		parts = append(parts, newRecogniser(e.Text, 2, say))
	}
	return sentences, parts
})

// recognised is the sentence that a text is; nil for none. Of several that fit it is the one that leaves least to its values.
func recognised(text string, by []recogniser, depth int) *format.Said {
	var best []any
	var of *recogniser
	least := len(text) + 1
	for i := range by {
		r := &by[i]
		found := r.form.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		open := 0
		for _, value := range found[1:] {
			open += len(value)
		}
		if open >= least {
			continue
		}
		least, of, best = open, r, nil
		for j, value := range found[1:] {
			best = append(best, r.names[j], notebookValue(r.names[j], value, depth))
		}
	}
	if of == nil {
		return nil
	}
	if !hasName(best, "N") {
		best = append([]any{"N", of.n}, best...)
	}
	return of.say(best)
}

// notebookValue is a value of a recognised sentence: counts are grouped as the reader does, rows of a check and lists of columns are worded,
// and so is a sentence that another one goes on from; all else, such as the name of a file, stays as it is.
func notebookValue(name, text string, depth int) any {
	sentences, parts := recognisers()
	var said *format.Said
	switch name {
	case "N", "Found", "Most", "Files":
		if n, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64); err == nil {
			return n
		}
	case "Rows", "Columns":
		said = recognised(text, parts, depth+1)
	case "Missing":
		if depth == 0 {
			said = recognised(text, sentences, depth+1)
		}
	}
	if said != nil {
		return said
	}
	return text
}

func hasName(pairs []any, name string) bool {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name {
			return true
		}
	}
	return false
}

// NotebookSaid is what the notebook said, in a language; the text as it is where it is none of its known sentences.
func NotebookSaid(text string, w format.Writer) string {
	sentences, _ := recognisers()
	if said := recognised(strings.TrimSpace(text), sentences, 0); said != nil && said.Say(format.English) == strings.TrimSpace(text) {
		if code, pairs := said.Tail(); notebookShown[code].Text != "" {
			return notebookShown.Say(code, pairs...).Say(w)
		}
		return said.Say(w)
	}
	return text
}

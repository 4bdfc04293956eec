package importscreen

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/bindings"
	"fabricportal/internal/gui/choosefile"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/lead"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// Actions is what the screen asks for. progress is called from the working goroutine, in bytes.
type Actions interface {
	// AnalyzeLocal profiles a file of this computer, with the KPIs it will give. With recall, what was decided for files with the
	// same headers holds for it, too.
	AnalyzeLocal(ctx context.Context, path string, o analysis.Options, recall bool) (shell.Analysis, error)
	// AnalyzeRemote does the same with a file in Files/import.
	AnalyzeRemote(ctx context.Context, file artifacts.File, o analysis.Options, recall bool) (shell.Analysis, error)
	// HeadRemote looks at the beginning of a file in Files/import, of which it reads little.
	HeadRemote(ctx context.Context, file artifacts.File, o analysis.Options) (shell.Head, error)
	// Profiled is the profile that a notebook made of this very content of a file in Files/import; nil where there is none that tells all.
	Profiled(ctx context.Context, file artifacts.File) (*contract.ImportProfile, error)
	// SaveOffendingLocal writes the rows of a file of this computer in which a rule does not hold into a workbook in the folder
	// for downloads, and returns the workbook's path: with a *scan.IncompleteError where only a part of the file was read.
	SaveOffendingLocal(ctx context.Context, path string, o analysis.Options) (string, error)
	// SaveOffendingRemote does the same with a file in Files/import.
	SaveOffendingRemote(ctx context.Context, file artifacts.File, o analysis.Options) (string, error)
	// RowsLocal reads a file of this computer once more and keeps all its rows, with the cells of all that was found: close them.
	// how.Seen is called on the working goroutine. Errors are those of AnalyzeLocal, and rows.ErrNoRows.
	RowsLocal(ctx context.Context, path string, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error)
	// RowsRemote does the same with a file in Files/import.
	RowsRemote(ctx context.Context, file artifacts.File, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error)
	// KeepReading remembers how files of a shape are read, and files with the headers that this one has when it is read so.
	KeepReading(ctx context.Context, shape []string, read *contract.ImportProfile, o contract.ReadOptions) error
	// Run starts a run on a file in Files/import, read as how says; *locking.BusyError when another one is active.
	Run(ctx context.Context, inputFile string, how *contract.ReadOptions) (runs.Run, error)
	// RunPreview says what a run of a file with these figures would change of what is published.
	RunPreview(ctx context.Context, now *contract.KPIs, profile *contract.ImportProfile) (comparison.Replacement, error)
	// Refresh asks everything that the screens show again soon.
	Refresh()
	Uploads
	WaitingRuns
	// Sample makes the file of made-up data to try the program with, and returns its path.
	Sample(ctx context.Context) (string, error)
}

// Screen is the screen Import.
type Screen struct {
	Content fyne.CanvasObject

	shell   *shell.Shell
	actions Actions
	screen  *bindings.Screen[feeds.Import]

	source    source
	files     feeds.Import // as last shown
	portal    lead.Portal
	folder    string // of this computer
	local     []fileRow
	frame     feeds.Frame
	chosen    choice
	cache     map[string]*shell.Analysis // by choice.key
	kept      []string                   // the cache's keys, the oldest first
	listing   *tasks.Slot
	profile   *tasks.Slot
	uploads   *uploading
	run       *tasks.Slot
	keeping   *tasks.Slot
	comparing *tasks.Slot    // with what is published, before a run
	coming    *tasks.Slot    // the same, on the overview
	compared  *contract.KPIs // the figures that it was asked for
	sampling  *tasks.Slot

	left    list
	which   *controls.Switch
	path    *controls.Entry
	right   *detail
	upBtn   *controls.Button
	runBtn  *controls.Button
	reason  *controls.Banner
	watch   *controls.Button
	waiting *waitingOffer
	rules   *rulesBar
	bad     *offending
	rows    *rowsPage
}

// choice is the chosen file.
type choice struct {
	source   source
	row      fileRow
	remote   artifacts.File
	analysis *shell.Analysis
	failed   string                  // why it could not be profiled
	profiled *contract.ImportProfile // what a notebook found in it, while nobody has read it here
	head     *shell.Head             // its beginning, while nobody has read it here
	here     bool                    // it is read here, whatever a notebook found
	options  contract.ReadOptions    // how it is read, as far as a person has said it
	recall   bool                    // what was decided for files with the same headers holds for it, too
	recalled *shapes.Record          // what of that is among the options; nil for nothing
	shape    []string                // its headers as they are found
	decided  bool                    // the options were changed here, and are to be remembered
}

func (c choice) none() bool { return c.row.path == "" }

func (c choice) key() string {
	return strconv.Itoa(int(c.source)) + c.row.path + "\x00" + c.row.version + "\x00" + strconv.FormatBool(c.recall) + optionsText(c.options)
}

// optionsText tells options apart.
func optionsText(o contract.ReadOptions) string {
	text, err := json.Marshal(o)
	if err != nil { // texts and numbers can always be marshalled
		return ""
	}
	return string(text)
}

// New makes the screen; folder is where files of this computer are looked for first.
func New(sh *shell.Shell, feed bindings.Feed[feeds.Import], actions Actions, folder string) *Screen {
	s := &Screen{shell: sh, actions: actions, folder: folder, cache: map[string]*shell.Analysis{}}
	s.comparing, s.coming, s.sampling = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()
	s.listing, s.profile, s.run, s.keeping = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()

	s.left.empty = controls.NewEmpty(lead.Files(s.portal), "")
	s.left.rows = datatable.NewRows("import.file", fileColumns, fileCells, fileKey, s.choose, s.left.empty)
	s.left.rows.Opened(func(r fileRow) bool { return r.folder })
	s.left.banner = controls.NewBanner()
	s.left.where = controls.NewCaption("Files/import").Fitted(controls.Cut)
	s.which = controls.NewSwitch([]string{"import.lakehouse", "import.pc"}, []string{words.T("Lakehouse"), words.T("This PC")}, func(i int) { s.show(source(i)) })
	open := controls.NewButton("import.open", words.T("Open…"), s.Open)
	top := controls.Column(style.Small, s.which.Container, s.left.where)
	s.path = controls.NewEntry("import.path", words.T("Path, or drop a file"), s.typed)
	bottom := controls.Column(style.Small, controls.Rule(), controls.Border(nil, nil, nil, open, s.path))
	left := controls.Panel(12, controls.Border(top, controls.Pad(style.Small, 0, 0, 0, bottom), nil, nil, controls.Pad(style.Tight, 0, 0, 0, controls.Above(s.left.banner, s.left.rows.Container))))

	s.bad = newOffending(sh, s.saveOffending)
	s.rules = newRulesBar(sh, s.rulesChanged, s.bad.button)
	s.rows = newRowsPage(s)
	s.uploads = newUploading(s)
	s.right = newDetail(sh, func() { s.Cancel() }, s.readHere, s.readSheet, s.Read, s.ShowFinding, s.rows, s.uploads.content, controls.Column(style.Small, s.rules.content, s.bad.saved.Container))
	s.upBtn = controls.NewButton("import.upload", words.T("Upload"), func() { s.startUpload() })
	s.runBtn = controls.NewPrimary("import.run", words.T("Run pipeline"), s.askRun)
	s.watch = controls.NewQuiet("import.watch", words.T("Watch the run"), func() { sh.GoTo(shell.Monitor) })
	s.waiting = newWaitingOffer(s)
	s.reason = controls.NewBanner(s.waiting.button, s.watch)
	buttons := controls.Line(style.Small, controls.Fill(), s.upBtn, s.runBtn)
	right := controls.Panel(style.Medium, controls.Border(nil, controls.Column(style.Small, s.reason.Container, buttons), nil, nil, controls.Pad(0, 12, 0, 0, s.right.content)))
	s.Content = controls.Beside(left, right, controls.Side{First: true, Part: 0.28, Least: 280, Most: 380, Below: [2]float32{200, 370}})

	s.screen = bindings.Bind(sh.Runner, feed, s.showFiles)
	s.update()
	return s
}

// InSight says whether the screen can be seen.
func (s *Screen) InSight(yes bool) {
	s.screen.InSight(yes)
	if yes {
		s.compared = nil // another run may have published meanwhile
		s.compare()
		s.uploads.look()
	}
}

// Stop ends the subscription.
func (s *Screen) Stop() { s.screen.Stop() }

// Working tells whether an upload or the start of a run is under way, which closing the window would break off.
func (s *Screen) Working() bool { return s.uploads.busy() || s.run.Busy() }

// Frame tells the screen how the lock stands.
func (s *Screen) Frame(f feeds.Frame) {
	if f.Unset && !s.frame.Unset && s.chosen.none() {
		s.show(thisPC) // there is no lakehouse
	}
	s.frame = f
	s.update()
}

// Lead tells the screen what the portal has, for as long as no file is chosen.
func (s *Screen) Lead(p lead.Portal) {
	s.portal = p
	s.right.nothing.Show(lead.Import(p))
	if s.source == lakehouse {
		s.left.empty.Set(lead.Files(p), "")
	}
}

// showFiles draws a snapshot of Files/import.
func (s *Screen) showFiles(f feeds.Import) {
	s.files = f
	if s.source == lakehouse {
		s.list()
	}
	if s.chosen.source == lakehouse && !s.chosen.none() {
		s.followChosen()
	}
}

// followChosen profiles the chosen file anew when another version of it is in the lakehouse.
func (s *Screen) followChosen() {
	for _, f := range s.files.Files {
		row := lakehouseRows([]artifacts.File{f}, s.shell.Now())[0]
		if f.Path != s.chosen.row.path {
			continue
		}
		if f.Size != s.chosen.remote.Size || f.ETag != s.chosen.remote.ETag && f.ETag != "" && s.chosen.remote.ETag != "" {
			was := s.source
			s.source = lakehouse
			s.choose(row)
			s.source = was
			return
		}
		s.chosen.row, s.chosen.remote = row, f
		if s.chosen.analysis != nil {
			s.keep(s.chosen.key(), s.chosen.analysis)
		}
	}
}

// show switches between the lakehouse and this computer.
func (s *Screen) show(src source) {
	s.source = src
	s.which.Choose(int(src))
	if src == thisPC {
		s.readFolder(s.folder)
	}
	s.list()
}

// list draws the left side.
func (s *Screen) list() {
	if s.source == thisPC {
		s.left.where.Set(s.folder)
		s.left.banner.Set(controls.StateWarn, "")
		s.left.empty.Set(words.T("Nothing to open here"), words.T("Excel workbooks, text files such as CSV, and Parquet files are shown."))
		s.left.rows.Set(s.local)
	} else {
		s.left.where.Set(artifacts.ImportFolder)
		s.left.banner.Set(controls.StateWarn, s.files.Sentence)
		s.left.empty.Set(lead.Files(s.portal), "") // what helps is said beside it
		s.left.rows.Set(lakehouseRows(s.files.Files, s.shell.Now()))
	}
	if s.chosen.source == s.source {
		s.left.rows.Choose(s.chosen.row.path)
	} else {
		s.left.rows.Choose("")
	}
}

func (s *Screen) readFolder(dir string) {
	now := s.shell.Now()
	tasks.Start(s.listing, func(ctx context.Context, _ func(int64, int64)) ([]fileRow, error) {
		return listFolder(ctx, dir, now)
	}, nil, func(rows []fileRow, err error) {
		s.local, s.folder = rows, dir
		if s.source != thisPC {
			return
		}
		s.list()
		if err != nil {
			s.left.banner.Set(controls.StateWarn, folderError(dir, err))
		}
	})
}

// Open lets the user choose a file of this computer.
func (s *Screen) Open() {
	choosefile.Open(s.shell.Window, s.shell.Dialogs, s.shell.Runner, s.shell.Now, choosefile.Request{
		Title: words.T("Open a file of this PC"), Folder: s.folder, Endings: readable, Chosen: s.OpenLocal,
	})
}

// typed opens what was typed as a path; a folder is listed.
func (s *Screen) typed(path string) {
	path = strings.Trim(strings.TrimSpace(path), `"`) // Windows copies paths with quotes
	if path == "" {
		return
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.folder, path)
	}
	s.OpenLocal(filepath.Clean(path))
}

// OpenLocal chooses a file of this computer, as dropping it on the window does.
func (s *Screen) OpenLocal(path string) {
	s.source = thisPC
	s.which.Choose(int(thisPC))
	s.readFolder(filepath.Dir(path))
	s.folder = filepath.Dir(path)
	s.choose(fileRow{name: filepath.Base(path), path: path})
	s.list()
}

// choose shows a file, or goes into a folder.
func (s *Screen) choose(r fileRow) {
	if r.folder {
		s.folder = r.path
		s.left.rows.Choose("")
		s.readFolder(r.path)
		return
	}
	c := choice{source: s.source, row: r, recall: true}
	if c.source == lakehouse {
		for _, f := range s.files.Files {
			if f.Path == r.path {
				c.remote = f
			}
		}
	}
	s.chosen = c
	s.analyze()
	if style.Narrow() { // the file stands below the list
		controls.BringIntoSight(s.right.content)
	}
}

// Run asks whether the pipeline is to run on the chosen file, where it can.
func (s *Screen) Run() {
	if s.runBtn.Usable() {
		s.askRun()
	}
}

// Search is where the name of a file is typed, or beside the rows of one what is searched in them.
func (s *Screen) Search() fyne.Focusable {
	if s.rows.of != "" && s.right.tabs.ChosenName() == "import.rows" {
		return s.rows.panel.Search()
	}
	return s.path
}

// ChosenName is the name of the file that is shown; "" for none.
func (s *Screen) ChosenName() string { return s.chosen.row.name }

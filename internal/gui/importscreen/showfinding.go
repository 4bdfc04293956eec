package importscreen

import "fabricportal/internal/services/importfile/verdict"

// ShowFinding shows the cells that a finding of the chosen file is about, among its rows.
func (s *Screen) ShowFinding(key verdict.Key) {
	s.right.tabs.ChooseName("import.rows")
	s.rows.walk(key)
}

// Step goes to the next cell of the finding that is walked among the rows, or by -1 to the one before; of none it walks all that was
// found.
func (s *Screen) Step(by int) {
	if s.rows.of == "" {
		return
	}
	if s.right.tabs.ChosenName() != "import.rows" || s.rows.file == nil {
		s.right.tabs.ChooseName("import.rows")
		if s.rows.file == nil {
			s.rows.stepLater()
			return
		}
	}
	s.rows.strip.step(int64(by))
}

// Tab is the name of the page of the chosen file that is in sight.
func (s *Screen) Tab() string { return s.right.tabs.ChosenName() }

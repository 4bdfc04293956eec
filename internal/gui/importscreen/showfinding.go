package importscreen

import "fabricportal/internal/services/importfile/verdict"

// ShowFinding shows the cells that a finding of the chosen file is about, among its rows.
func (s *Screen) ShowFinding(verdict.Key) { s.right.tabs.ChooseName("import.rows") }

// Tab is the name of the page of the chosen file that is in sight.
func (s *Screen) Tab() string { return s.right.tabs.ChosenName() }

package chart

import (
	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
)

// AccessibilityLabel is part of fyne.Accessible.
func (b *Bars) AccessibilityLabel() string { return controls.Told(b) }

// AccessibilityRole is part of fyne.Accessible.
func (b *Bars) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is part of fyne.Accessible.
func (b *Bridge) AccessibilityLabel() string { return controls.Told(b) }

// AccessibilityRole is part of fyne.Accessible.
func (b *Bridge) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is part of fyne.Accessible.
func (l *Line) AccessibilityLabel() string { return controls.Told(l) }

// AccessibilityRole is part of fyne.Accessible.
func (l *Line) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

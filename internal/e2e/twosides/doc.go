// Package twosides compares whole documents of the desktop and the notebook: two programs follow the rules of
// contract/RULES.md, and for every file both have to say the same.
package twosides

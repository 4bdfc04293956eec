package gui

import (
	"context"
	"errors"
)

// Sample is part of Actions.
func (a *actions) Sample(context.Context) (string, error) {
	a.note("sample")
	if a.sample == nil {
		return "", errors.New("not expected in this test")
	}
	return a.sample()
}

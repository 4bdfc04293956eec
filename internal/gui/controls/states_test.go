package controls

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// No state is told by its colour alone: each has a shape of its own, which can be drawn.
func TestEachStateHasAShapeOfItsOwn(t *testing.T) {
	of := map[Shape]string{}
	for name, s := range map[string]State{"good": StateGood, "done": StateDone, "busy": StateBusy, "asking": StateAsking, "warn": StateWarn, "needs": StateNeeds, "bad": StateBad, "neutral": StateNeutral} {
		require.Empty(t, of[s.Shape], "%s looks like %s", name, of[s.Shape])
		of[s.Shape] = name
		require.NotNil(t, shapeResource(s.Shape), name)
	}
}

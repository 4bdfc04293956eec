package portal

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/setup/config"
)

func TestSentence(t *testing.T) {
	require.Equal(t, "", Sentence(nil))
	require.Equal(t, "The database does not answer.", Sentence(errors.New("the database does not answer")))
	require.Equal(t, "Enough.", Sentence(errors.New("enough.")))
	require.Equal(t, "sales.xlsx was not found.", Sentence(errors.New("sales.xlsx was not found")), "a file keeps its name")
	require.Equal(t, "Über alles.", Sentence(errors.New("über alles")))
	require.Contains(t, Sentence(context.DeadlineExceeded), "no answer in time")
	require.Contains(t, Sentence(fmt.Errorf("asking Fabric: %w", context.DeadlineExceeded)), "Asking Fabric")
}

func TestHashIsRememberedForOneVersionOfAFile(t *testing.T) {
	var c contents
	c.remember(artifacts.File{Name: "a.xlsx", ETag: "1"}, "abc")
	require.True(t, c.knows("a.xlsx"))
	require.False(t, c.knows("b.xlsx"))
	require.Equal(t, "abc", c.hash(artifacts.File{Name: "a.xlsx", ETag: "1"}))
	require.Equal(t, "", c.hash(artifacts.File{Name: "a.xlsx", ETag: "2"}), "the file was replaced")
	c.remember(artifacts.File{Name: "c.xlsx"}, "def")
	require.False(t, c.knows("c.xlsx"), "without an ETag a change would go unseen")
}

func TestFunnelOfTheConfiguration(t *testing.T) {
	require.Nil(t, funnelOf(config.Funnel{}))
	require.Nil(t, funnelOf(config.Funnel{ConvertingVisitors: 5}))
	require.Nil(t, funnelOf(config.Funnel{TotalVisitors: 5}).ConvertingVisitors)
	require.Equal(t, int64(2), *funnelOf(config.Funnel{TotalVisitors: 5, ConvertingVisitors: 2}).ConvertingVisitors)
}

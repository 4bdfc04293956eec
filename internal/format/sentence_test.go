package format

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
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

type said struct{}

func (said) Error() string { return "the capacity is paused" }
func (said) Say(w Writer) string {
	return w.T("the capacity is paused")
}

func TestSentenceInALanguage(t *testing.T) {
	german := Writer{Text: func(string) string { return "die Kapazität ist angehalten" }}
	require.Equal(t, "Die Kapazität ist angehalten.", german.Sentence(said{}))
	require.Equal(t, "Asking Fabric: die Kapazität ist angehalten.", german.Sentence(fmt.Errorf("asking Fabric: %w", said{})))
	require.Equal(t, "The capacity is paused.", Sentence(said{}))
	require.Equal(t, "Other.", german.Sentence(errors.New("other")))
}

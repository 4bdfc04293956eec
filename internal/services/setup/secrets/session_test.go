package secrets

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"
)

// noKeyring is a computer whose keyring can't be used.
func noKeyring() { keyring.MockInitWithError(errors.New("dial unix /run/user/0/bus: no such file")) }

func TestWithoutAKeyringSecretsAreHeldInMemory(t *testing.T) {
	noKeyring()
	redactor := NewRedactor()
	session := NewSession(redactor)
	s := NewStore(testConfig(), none, session)
	var unavailable *UnavailableError
	_, place, err := s.Find(t.Context(), DatabasePassword)
	require.ErrorAs(t, err, &unavailable, "nobody is there to be asked")
	require.Equal(t, Nowhere, place)

	place, err = s.Set(t.Context(), DatabasePassword, New(canary))
	require.NoError(t, err)
	require.Equal(t, Memory, place)
	value, place, err := NewStore(testConfig(), none, session).Find(t.Context(), DatabasePassword)
	require.NoError(t, err)
	require.Equal(t, Memory, place)
	require.Equal(t, canary, value.Reveal())
	require.Equal(t, "a *** b", redactor.Redact("a "+canary+" b"), "the redactor knows it")

	elsewhere := testConfig()
	elsewhere.Database.Host = "db.evil.org"
	_, err = NewStore(elsewhere, none, session).Get(t.Context(), DatabasePassword)
	require.ErrorAs(t, err, &unavailable, "another server does not get it")
	_, err = NewStore(testConfig(), none, nil).Get(t.Context(), DatabasePassword)
	require.ErrorAs(t, err, &unavailable, "nor does what has no session")

	keyring.MockInit() // it was unlocked meanwhile
	keep(t, s, DatabasePassword, "another one")
	value, place, err = s.Find(t.Context(), DatabasePassword)
	require.NoError(t, err)
	require.Equal(t, InKeyring, place)
	require.Equal(t, "another one", value.Reveal(), "what was held does not hide what is kept")
}

func TestWhatIsTooLongForTheKeyringIsHeld(t *testing.T) {
	keyring.MockInitWithError(keyring.ErrSetDataTooBig)
	place, err := NewStore(testConfig(), none, NewSession(NewRedactor())).Set(t.Context(), ClientSecret, New(canary))
	require.NoError(t, err)
	require.Equal(t, Memory, place)
}

func TestAPersonIsAskedOnceForEachSecret(t *testing.T) {
	noKeyring()
	session := NewSession(NewRedactor())
	var asked []Name
	session.Ask = func(_ context.Context, name Name) (Secret, error) {
		asked = append(asked, name)
		return New("the " + string(name)), nil
	}
	s := NewStore(testConfig(), none, session)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			value, err := s.Get(t.Context(), ClientSecret)
			if err != nil || value.Reveal() != "the client_secret" {
				t.Errorf("got %q, %v", value.Reveal(), err)
			}
		})
	}
	all.Wait()
	value, err := s.Get(t.Context(), DatabasePassword)
	require.NoError(t, err)
	require.Equal(t, "the database_password", value.Reveal())
	require.Equal(t, []Name{ClientSecret, DatabasePassword}, asked)

	silent := NewSession(NewRedactor())
	gone := errors.New("nobody answered")
	silent.Ask = func(context.Context, Name) (Secret, error) { return Secret{}, gone }
	_, err = NewStore(testConfig(), none, silent).Get(t.Context(), ClientSecret)
	require.ErrorIs(t, err, gone)

	keyring.MockInit()
	_, err = s.Get(t.Context(), DatabasePassword)
	require.NoError(t, err, "it is still held")
	require.NoError(t, s.Delete(t.Context(), DatabasePassword))
	var missing *NotFoundError
	_, err = s.Get(t.Context(), DatabasePassword)
	require.ErrorAs(t, err, &missing, "a keyring that works, and holds nothing, is where it is to be kept: nobody is asked")
	require.Len(t, asked, 2)
}

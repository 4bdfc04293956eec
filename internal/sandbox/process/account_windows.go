package process

// Unprivileged is nobody else: on Windows a program runs as the user.
func Unprivileged() (*Account, error) { return nil, nil }

// Give does nothing: there is no other account.
func (*Account) Give(...string) error { return nil }

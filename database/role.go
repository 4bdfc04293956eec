// Package database is what the database's administrators are given. The program itself runs none of it.
package database

import _ "embed"

// Role makes the role that the program signs in with and grants what it needs: the text of role.sql. The tables must be
// there, and the role must not.
//
//go:embed role.sql
var Role string

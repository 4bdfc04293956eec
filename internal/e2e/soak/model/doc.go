// Package model drives the life of runs through random histories, in memory and on a real PostgreSQL side by side: the
// two must always agree, and each must keep the invariants of docs/run-protocol.md §2.
package model

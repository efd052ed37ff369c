// Package cli is Secretwright on the command line: the commands, and what they print for people. The work is done by
// fn.
package cli

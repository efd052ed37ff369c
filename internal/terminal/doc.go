// Package terminal writes for people: findings in lines of the terminal's width, colours where they are wanted, and how
// far a long run is. It remembers what has to be undone if a signal ends the process.
package terminal

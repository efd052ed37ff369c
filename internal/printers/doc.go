// Package printers writes findings, and who reads what, in the forms that --output names: for people, for programs, and
// as pictures. Each form escapes names by its own rules.
package printers

// Package disk writes several files at once, all or none, whatever ends the process, and says where files are and what
// is wrong with them.
package disk

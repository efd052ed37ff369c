// Package templates expands the templates of a Secret: text/template with those functions of sprig whose result depends
// on their arguments alone.
//
// A template is a program that reads secret values, written by somebody who may not be allowed to. So it takes no more
// than its budget of steps, depth and bytes, and no finding depends on a value by more than whether the run failed: see
// [Run].
package templates

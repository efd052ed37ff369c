package sopstest

import "fmt"

// Attempt calls f, and returns a panic of it as an error: SOPS's own readers panic at some documents.
func Attempt[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

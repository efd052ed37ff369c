package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// TestMemoryLimitRises lets a run that needs more than the limit have it, so that it does not collect all the time.
func TestMemoryLimitRises(t *testing.T) {
	t.Cleanup(func() {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
	})
	tuneMemory()
	held := make([]byte, 2*memoryLimit)
	for range 1000 {
		runtime.GC()
		if debug.SetMemoryLimit(-1) >= 3*int64(len(held)) {
			runtime.KeepAlive(held)
			return
		}
		time.Sleep(time.Millisecond) // until the cleanup has run
	}
	t.Errorf("the limit is %d", debug.SetMemoryLimit(-1))
	runtime.KeepAlive(held)
}

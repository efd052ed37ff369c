package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// The memory that a run is let have before it collects garbage for the sake of memory alone.
const memoryLimit = 64 << 20

// tuneMemory has garbage collected seldom while there is little of it, since most of what a short run allocates lives
// to its end, and more often once the run is large. A fixed limit would have a run that needs more than that do nothing
// but collect: this one rises with what is in use.
func tuneMemory() {
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(memoryLimit)
	afterCollection()
}

// afterCollection sets the limit anew after the next collection, and after each one that follows.
func afterCollection() {
	type mark struct{ _ [64]byte } // of a size of its own, so that it goes in the first collection
	runtime.AddCleanup(new(mark), func(struct{}) {
		debug.SetMemoryLimit(limitFor(inUse()))
		afterCollection()
	}, struct{}{})
}

// limitFor returns the limit for a run that has so much memory in use.
func limitFor(used uint64) int64 { return max(memoryLimit, 3*int64(used)) } //nolint:gosec // no machine has 8 EiB

// inUse returns the size of what the last collection has left.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

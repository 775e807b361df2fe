package bridge

import (
	"os"
	"runtime/debug"
)

// Garbage is collected when the memory in use has grown eightfold instead of
// twofold, which saves a tenth of the processor time of a message set (fourfold
// costs 2 % more), and as often as needed to stay near the limit in bytes: some
// 5 MB are in use while orders are posted, and the peak is 85 MB.
const (
	garbagePercent = 700
	memoryLimit    = 200 << 20
)

// TuneMemory sets this process's garbage collector for serving. GOGC and
// GOMEMLIMIT, Go's own settings, win.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

package app

import (
	"os"
	"runtime/debug"
)

// Garbage may grow to twice what is in use before it is collected, unless the operator's GOGC says otherwise. That is
// some megabytes, and an eighth less work for a read than with Go's own measure.
const garbagePercent = 200

func letGarbageLie() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
}

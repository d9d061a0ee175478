package app

import (
	"context"
	"runtime"
	"runtime/debug"
)

// Version is set when a release is built: -ldflags "-X hospital.example/doctor-service/cmd/doctor-service/app.Version=1.2.3".
var Version = "devel"

func (p program) version(context.Context, any) int {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	p.say("doctor-service %s%s %s %s/%s", Version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return succeeded
}

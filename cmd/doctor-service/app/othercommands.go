package app

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"text/tabwriter"
	"time"

	"hospital.example/doctor-service/config"
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

// configCheck shows the settings as the service would take them, secrets left out.
func (p program) configCheck(_ context.Context, _ any) int {
	s, err := p.settings()
	if err != nil {
		return p.complain(misused, err)
	}
	if _, err := s.keyFolder(); err != nil {
		return p.refuse(err)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for name, value := range s.Show() {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", name, value)
	}
	_ = table.Flush()
	return succeeded
}

func healthFlags(set *flag.FlagSet) any {
	return set.Bool("ready", false, "ask whether the service is ready, not only whether it is alive")
}

// healthcheck is for containers without a shell.
func (p program) healthcheck(ctx context.Context, flags any) int {
	c, err := config.Load(p.environ)
	if err != nil {
		return p.complain(misused, err)
	}
	host, port, err := net.SplitHostPort(c.MetricsAddr)
	if err != nil {
		return p.complain(misused, err)
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	path := "/healthz"
	if *flags.(*bool) {
		path = "/readyz"
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return p.complain(misused, err)
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		return p.refuse(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return p.refuse(fmt.Errorf("%s answers %s", path, answer.Status))
	}
	return succeeded
}

package config

import (
	"regexp"
	"slices"
	"strings"
)

const (
	prefix     = "DOCTOR_"
	fileEnding = "_FILE" // of the name under which a file is given instead of a value
)

// Kubernetes tells every pod of a Service called "doctor" by variables that look like ours.
var injected = regexp.MustCompile(`^DOCTOR_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// variables picks our own out of an environment, reads those that are given as files, and refuses unknown names: a typo
// must not silently leave a default in force. files says which came from where.
func variables(environ []string) (vars, files map[string]string, faults Faults) {
	vars, files = map[string]string{}, map[string]string{}
	given := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && value != "" {
			given[name] = value
		}
	}
	for _, s := range settings {
		value, direct := given[s.Name]
		path, asFile := given[s.Name+fileEnding]
		switch {
		case s.File && direct && asFile:
			faults = append(faults, Fault{s.Name, "and " + s.Name + fileEnding + " are both set; use one"})
		case s.File && asFile:
			content, err := readSecret(path)
			if err != nil {
				faults = append(faults, Fault{s.Name + fileEnding, err.Error()})
			}
			vars[s.Name], files[s.Name] = content, path
		case direct:
			vars[s.Name] = value
		}
		delete(given, s.Name)
		if s.File {
			delete(given, s.Name+fileEnding)
		}
	}
	for name := range given {
		if !strings.HasPrefix(name, prefix+"TEST_") && !injected.MatchString(name) {
			faults = append(faults, Fault{name, "is not a setting; doctor-service --help lists them"})
		}
	}
	slices.SortFunc(faults, func(a, b Fault) int { return strings.Compare(a.Variable, b.Variable) })
	return vars, files, faults
}

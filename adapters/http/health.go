package httpapi

import "net/http"

// healthy says that the process answers, and nothing more: restarting it would mend nothing else.
func (a *api) healthy(*http.Request) (answer, error) { return answer{}, nil }

// ready says whether requests should be sent here.
func (a *api) ready(*http.Request) (answer, error) {
	if missing := a.Ready(); len(missing) > 0 {
		return answer{}, notReady{missing}
	}
	return answer{}, nil
}

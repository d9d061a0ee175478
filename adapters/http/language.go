package httpapi

import (
	"net/http"
	"strings"

	"golang.org/x/text/language"

	"hospital.example/doctor-service/adapters/http/wording"
)

type (
	lang = wording.Language
	text = wording.Text
)

const (
	chinese = wording.Chinese
	english = wording.English
)

// offered lists what we speak, the default first. Traditional Chinese is in the list so that its readers get Chinese
// even if they take English as well.
var (
	offered = language.NewMatcher([]language.Tag{
		language.SimplifiedChinese, language.English, language.TraditionalChinese,
	})
	offeredAs = []lang{chinese, english, chinese}
)

// maxAcceptLanguage is some times more than browsers send.
const maxAcceptLanguage = 512

// langOf is the language that the client prefers among ours.
func langOf(r *http.Request) lang {
	wanted := strings.Join(r.Header.Values("Accept-Language"), ",")
	if wanted == "" || len(wanted) > maxAcceptLanguage {
		return chinese
	}
	tags, _, err := language.ParseAcceptLanguage(wanted)
	if err != nil {
		return chinese
	}
	_, i, confidence := offered.Match(tags...)
	if confidence == language.No {
		return chinese // no language of ours, so the nearest guess counts for nothing
	}
	return offeredAs[i]
}

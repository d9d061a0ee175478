package app

import (
	"testing"

	"github.com/stretchr/testify/require"

	"hospital.example/doctor-service/adapters/http/wording"
)

func TestFaultsAreToldInTheLanguageOfTheLocale(t *testing.T) {
	for _, c := range []struct {
		environ []string
		want    wording.Language
	}{
		{nil, wording.English},
		{[]string{"LANG=zh_CN.UTF-8"}, wording.Chinese},
		{[]string{"LANG=zh_CN.UTF-8", "LC_MESSAGES=en_US.UTF-8"}, wording.English},
		{[]string{"LANG=C", "LC_MESSAGES=", "LC_ALL=zh_TW"}, wording.Chinese},
		{[]string{"LANG=zh_CN.UTF-8", "LC_ALL=C.UTF-8"}, wording.English},
	} {
		require.Equal(t, c.want, program{environ: c.environ}.language(), c.environ)
	}
}

package app

import (
	"bufio"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"

	"hospital.example/doctor-service/adapters/stafflist"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/ports/inbound"
)

type exporting struct {
	set    *flag.FlagSet
	header *string
}

func exportFlags(set *flag.FlagSet) any {
	return exporting{
		set:    set,
		header: set.String("header", "en", "names of the columns: en, or zh for spreadsheets"),
	}
}

// exportList writes the list of all doctors.
func (p program) exportList(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	words := flags.(exporting)
	header, ok := map[string]stafflist.Header{"en": stafflist.English, "zh": stafflist.Chinese}[*words.header]
	if !ok {
		return p.misuse(said{"--header 应为 en 或 zh", "--header must be en or zh"})
	}
	ctx, stop := untilSignal(ctx) // half a list is deleted
	defer stop()
	return p.inOffice(ctx, s, func(core *application.Core) error {
		var result inbound.ExportResult
		err := p.newList(words.set.Arg(0), func(to io.Writer) (err error) {
			buffered := bufio.NewWriter(to)
			list, err := stafflist.NewWriter(buffered, header)
			if err != nil {
				return err
			}
			result, err = core.ExportDoctors(ctx, inbound.ExportCommand{Caller: operator, Each: list.Write})
			return cmp.Or(err, list.Flush(), buffered.Flush()) // what cannot be written is told once
		})
		switch {
		case err != nil:
			return err
		case len(result.Damaged) > 0:
			return fmt.Errorf("%d doctors were exported; these are damaged and were left out: %d", result.Exported, result.Damaged)
		}
		_, _ = fmt.Fprintf(p.stderr, "%d doctors were exported\n", result.Exported)
		return nil
	})
}

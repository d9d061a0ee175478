package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/adapters/stafflist"
	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

type importing struct {
	set            *flag.FlagSet
	dryRun, update *bool
}

func importFlags(set *flag.FlagSet) any {
	return importing{
		set:    set,
		dryRun: set.Bool("dry-run", false, "tell what the import would do, and do nothing"),
		update: set.Bool("update", false, "change stored doctors from whom a line differs, in the columns that the list has"),
	}
}

// importList brings in a staff list. What is wrong with lines is the result, and goes to standard output.
func (p program) importList(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	words := flags.(importing)
	file, done, err := p.openList(words.set.Arg(0))
	if err != nil {
		return p.refuse(err)
	}
	defer done()
	list, err := stafflist.Open(file, time.Now())
	if faults := doctor.Faults(err); faults != nil {
		for _, f := range faults {
			p.tellFault(list.Line, inbound.RowFault{Invalid: f})
		}
		return p.refuse(said{"未导入任何内容", "nothing was imported"})
	}
	if err != nil {
		return p.refuse(err)
	}
	ctx, stop := untilSignal(ctx) // lines under way are finished, and counted
	defer stop()
	return p.inOffice(ctx, s, func(core *application.Core) error {
		told := p.newProgress()
		result, err := core.ImportDoctors(ctx, inbound.ImportCommand{
			Caller: operator, Rows: list.Rows(), Update: *words.update, DryRun: *words.dryRun,
			Tell: func(o inbound.RowOutcome) {
				told.count(o)
				for _, f := range o.Faults {
					p.tellFault(o.Line, f)
				}
			},
		})
		told.clear()
		p.say(wording.Text{
			"%s：新增 %d 行，更新 %d 行，相同 %d 行，有误 %d 行", "%s: %d added, %d updated, %d equal, %d faulty",
		}[p.language()], p.imported(*words.dryRun), result.Added, result.Updated, result.Equal, result.Faulty)
		switch {
		case err != nil:
			return p.stopped(err, *words.dryRun)
		case result.Faulty > 0:
			return p.faulty(result.Faulty, told.differs)
		}
		return nil
	})
}

// tellFault tells one thing that is wrong with a line; with line 0 it is wrong with the whole list.
func (p program) tellFault(line int, f inbound.RowFault) {
	l := p.language()
	said := wording.Row(f, l)
	if line > 0 {
		said = fmt.Sprintf(wording.Text{"第 %d 行: %s", "line %d: %s"}[l], line, said)
	}
	p.say("%s", said)
}

func (p program) imported(dryRun bool) string {
	if dryRun {
		return wording.Text{"试运行，未写入", "dry run, nothing was stored"}[p.language()]
	}
	return wording.Text{"导入完成", "imported"}[p.language()]
}

// stopped is how an import ends before the list does: by its operator, which needs no reason, or for one.
func (p program) stopped(why error, dryRun bool) error {
	l := p.language()
	if dryRun && !errors.Is(why, context.Canceled) {
		return why
	}
	said := wording.Text{"导入已停止", "the import was stopped"}[l]
	if dryRun {
		said = wording.Text{"试运行已停止", "the dry run was stopped"}[l]
	}
	if !errors.Is(why, context.Canceled) {
		said += wording.Text{"：", ": "}[l] + wording.Of(why, l)
	}
	if !dryRun {
		said += wording.Text{
			"；已导入的内容会保留，再次导入将从此处继续", "; what was imported stays, and importing again goes on from there",
		}[l]
	}
	return errors.New(said)
}

// faulty is how an import ends that had faulty lines.
func (p program) faulty(n int, differs bool) error {
	l := p.language()
	err := fmt.Errorf(wording.Text{"有 %d 行未导入", "%d lines were not imported"}[l], n)
	if differs {
		err = fmt.Errorf("%w%s", err, wording.Text{
			"；与已有资料不同的行可用 --update 更新", "; those that differ from what is stored change it with --update",
		}[l])
	}
	return err
}

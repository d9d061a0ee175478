package app

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// search is which doctors a list is of, and how it is to look.
type search struct {
	keyword, rank, status       *string
	hospital, department, after *int64
	limit                       *int
	json                        *bool
}

const longestList = 1000

func listFlags(set *flag.FlagSet) any {
	return search{
		keyword:    set.String("keyword", "", "any part of the name, its pinyin or initials, or the beginning of phone or staff number"),
		hospital:   set.Int64("hospital", 0, "of the hospital with this id"),
		department: set.Int64("department", 0, "of the department with this id"),
		rank:       set.String("rank", "", "with this position `rank`"),
		status:     set.String("status", "", "active or disabled"),
		limit:      set.Int("limit", 50, fmt.Sprintf("how many at most, 1 to %d", longestList)),
		after:      set.Int64("after", 0, "go on after this id"),
		json:       set.Bool("json", false, "an object a line, for programs"),
	}
}

// command reads the words of a search, and tells all that is wrong with them.
func (w search) command() (inbound.ListDoctorsCommand, error) {
	var faults []error
	found := inbound.ListDoctorsCommand{Caller: operator, After: doctor.ID(*w.after), Limit: *w.limit}
	found.Filter.Keyword = given(&faults, *w.keyword, doctor.ParseKeyword)
	found.Filter.HospitalID = given(&faults, *w.hospital, func(n int64) (doctor.Reference, error) {
		return doctor.ParseReference(doctor.FieldHospitalID, n)
	})
	found.Filter.DepartmentID = given(&faults, *w.department, func(n int64) (doctor.Reference, error) {
		return doctor.ParseReference(doctor.FieldDepartmentID, n)
	})
	found.Filter.PositionRank = given(&faults, *w.rank, doctor.ParsePositionRank)
	found.Filter.Status = given(&faults, *w.status, doctor.ParseStatus)
	switch {
	case len(faults) > 0:
		return found, errors.Join(faults...)
	case *w.limit < 1 || *w.limit > longestList:
		return found, said{
			fmt.Sprintf("--limit 应为 1 到 %d 之间的整数", longestList), fmt.Sprintf("--limit must be from 1 to %d", longestList),
		}
	case *w.after < 0:
		return found, said{"--after 应为医生编号", "--after must be the id of a doctor"}
	}
	return found, nil
}

// given reads a word that is there.
func given[W comparable, T any](faults *[]error, word W, parse func(W) (T, error)) (value T) {
	var missing W
	if word == missing {
		return value
	}
	value, err := parse(word)
	if err != nil {
		*faults = append(*faults, err)
	}
	return value
}

// adminList prints doctors, and on standard error how to go on where there are more.
func (p program) adminList(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	words := flags.(search)
	command, err := words.command()
	if err != nil {
		return p.misuse(err)
	}
	return p.inOffice(ctx, s, func(core *application.Core) error {
		found, err := core.ListDoctors(ctx, command)
		if err != nil {
			return err
		}
		if *words.json {
			for _, d := range found.Doctors {
				if err := p.sayObject(factsOf(d)); err != nil {
					return err
				}
			}
		} else {
			tableOf(found.Doctors).write(p.stdout)
		}
		if found.Next != 0 {
			_, _ = fmt.Fprintf(p.stderr, "there are more: go on with --after %d\n", found.Next)
		}
		return nil
	})
}

func (p program) sayObject(facts []shown) error {
	line, err := object(facts)
	if err == nil {
		p.say("%s", line)
	}
	return err
}

// tableOf shows of doctors what tells them apart.
func tableOf(doctors []*doctor.Doctor) table {
	columns := []string{
		"id", doctor.FieldPhone, doctor.FieldName, doctor.FieldRole, doctor.FieldStatus, doctor.FieldHospitalID,
		doctor.FieldDepartmentID, doctor.FieldInternalID, doctor.FieldPositionRank,
	}
	t := table{columns}
	for _, d := range doctors {
		cells := map[string]string{}
		for _, f := range factsOf(d) {
			cells[f.name] = f.inWords()
		}
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i] = cells[name]
		}
		t = append(t, row)
	}
	return t
}

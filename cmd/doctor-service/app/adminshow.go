package app

import (
	"context"
	"errors"
	"flag"
	"strconv"
	"strings"

	"hospital.example/doctor-service/application"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

type look struct {
	whom
	events, json *bool
}

func showFlags(set *flag.FlagSet) any {
	return look{
		whom:   whomFlags(set),
		events: set.Bool("events", false, "tell what happened as well, the newest first; of an erased doctor, by --id, that alone"),
		json:   set.Bool("json", false, "an object a line, for programs"),
	}
}

// adminShow prints everything about a doctor.
func (p program) adminShow(ctx context.Context, flags any) int {
	s, err := p.settings()
	if err != nil {
		return p.misuse(err)
	}
	words := flags.(look)
	find, err := words.finder()
	if err != nil {
		return p.misuse(err)
	}
	return p.inOffice(ctx, s, func(core *application.Core) error {
		d, err := find(ctx, core)
		erased, byID := parseID(*words.id)
		switch {
		case errors.Is(err, doctor.ErrNotFound) && *words.events && byID:
			return p.tellEvents(ctx, core, erased, *words.json)
		case err != nil:
			return err
		}
		if err := p.showDoctor(d, *words.json); err != nil || !*words.events {
			return err
		}
		if !*words.json {
			p.say("")
		}
		return p.tellEvents(ctx, core, d.ID(), *words.json)
	})
}

func (p program) showDoctor(d *doctor.Doctor, asJSON bool) error {
	facts := factsOf(d)
	if asJSON {
		return p.sayObject(facts)
	}
	var t table
	for _, f := range facts {
		t = append(t, []string{f.name, f.inWords()})
	}
	t.write(p.stdout)
	return nil
}

const eventsAtOnce = 200

// tellEvents prints all that happened to a doctor, page by page.
func (p program) tellEvents(ctx context.Context, core *application.Core, id doctor.ID, asJSON bool) error {
	for page := (inbound.ListEventsCommand{Caller: operator, ID: id, Limit: eventsAtOnce}); ; {
		told, err := core.ListEvents(ctx, page)
		if err != nil {
			return err
		}
		var t table
		for _, e := range told.Events {
			if asJSON {
				if err := p.sayObject(factsOfEvent(e)); err != nil {
					return err
				}
				continue
			}
			t = append(t, []string{e.At.UTC().Format("2006-01-02T15:04:05Z"), string(e.Type), "by " + string(e.Actor), whatOf(e)})
		}
		t.write(p.stdout)
		if told.Next == 0 {
			return nil
		}
		page.Before = told.Next
	}
}

// whatOf is what an event was about, for people.
func whatOf(e doctor.Entry) string {
	about := e.Fields
	if len(e.Values.Changes) > 0 {
		about = make([]string, len(e.Values.Changes))
		for i, c := range e.Values.Changes {
			about[i] = c.Field
			if c.Before != "" || c.After != "" {
				about[i] += " " + quoted(c.Before) + " → " + quoted(c.After)
			}
		}
	}
	said := strings.Join(about, ", ")
	if e.Values.Source != "" {
		said = strings.TrimSpace(said + " from " + e.Values.Source)
	}
	return said
}

func quoted(value string) string {
	if value == "" {
		return "-"
	}
	return strconv.Quote(value)
}

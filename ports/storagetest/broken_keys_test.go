package storagetest

import (
	"context"
	"strings"
	"time"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

var brokenKeywords = []fault{
	{store: "keys are compared without letter case", caught: []string{"a keyword finds whoever"}, breaks: func(b *broken) {
		b.matches(anyKey(func(key, w string) bool { return strings.HasPrefix(strings.ToLower(key), w) }))
	}},
	{store: "keys that begin alike end at U+10FFFF", caught: []string{"a keyword finds whoever"}, breaks: func(b *broken) {
		b.matches(anyKey(func(key, w string) bool { return key >= w && key < w+"\U0010ffff" }))
	}},
	{store: "keys are compared without surrounding blanks", caught: []string{"a keyword finds whoever"}, breaks: func(b *broken) {
		b.matches(anyKey(func(key, w string) bool { return strings.HasPrefix(strings.TrimSpace(key), w) }))
	}},
	{store: "a key's first byte decides", caught: []string{"a keyword finds whoever"}, breaks: func(b *broken) {
		b.matches(anyKey(func(key, w string) bool { return strings.HasPrefix(key, w[:1]) }))
	}},
	{store: "a keyword may stand anywhere", caught: []string{"a keyword that begins no key"}, breaks: func(b *broken) {
		b.matches(anyKey(strings.Contains))
	}},
	{store: "a keyword is a whole key", caught: []string{"a keyword finds whoever", "a doctor of the longest name"}, breaks: func(b *broken) {
		b.matches(anyKey(func(key, w string) bool { return key == w }))
	}},
	{store: "a doctor comes once for each key that fits", caught: []string{"who has many keys"}, breaks: func(b *broken) {
		b.queries(func(q *outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				var all []*doctor.Doctor
				for _, d := range p.Doctors {
					for _, key := range d.SearchKeys().List() {
						if strings.HasPrefix(key, q.Keyword.String()) {
							all = append(all, d)
						}
					}
				}
				*p = cut(outbound.Page{Doctors: all}, q.Limit)
			}
		})
	}},
	{store: "a doctor has thirty keys at most", caught: []string{"a doctor of the longest name"}, breaks: func(b *broken) {
		b.matches(func(d doctor.Snapshot, w string) bool {
			keys := d.SearchKeys.List()
			d.SearchKeys = linesOf(keys[:min(30, len(keys))])
			return anyKey(strings.HasPrefix)(d, w)
		})
	}},
	{store: "lists come without keys", caught: []string{"keys come back exactly"}, breaks: func(b *broken) {
		b.queries(func(*outbound.Query) func(*outbound.Page) {
			return func(p *outbound.Page) {
				for i, d := range p.Doctors {
					bare := d.Snapshot()
					bare.SearchKeys = ""
					p.Doctors[i], _ = doctor.Restore(bare)
				}
			}
		})
	}},
	{store: "keys come back in small letters", caught: []string{"keys come back exactly"}, breaks: func(b *broken) {
		b.reads(func(s *doctor.Snapshot) { s.SearchKeys = doctor.SearchKeys(strings.ToLower(string(s.SearchKeys))) })
	}},
}

// keysAlone breaks updates that leave the version.
func (b *broken) keysAlone(update func(ctx context.Context, before, after *doctor.Doctor, change change) (*doctor.Doctor, error)) {
	b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
		before, after := b.dry(id, change)
		if before != nil && before.Version() == after.Version() && before.SearchKeys() != after.SearchKeys() {
			return update(ctx, before, after, change)
		}
		return b.Storage.Update(ctx, id, change)
	}
}

// rekey puts keys on a doctor behind everybody's back.
func (b *broken) rekey(id doctor.ID, keys doctor.SearchKeys) (*doctor.Doctor, error) {
	return b.Storage.Update(context.Background(), id, func(d *doctor.Doctor) error {
		s := d.Snapshot()
		s.SearchKeys = keys
		fresh, err := doctor.Restore(s)
		*d = *fresh
		return err
	})
}

var brokenKeys = []fault{
	{store: "a doctor is found by every key it ever had", caught: []string{"Add and Update store"}, breaks: func(b *broken) {
		b.add = func(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
			keys := d.SearchKeys()
			id, err := b.Storage.Add(ctx, d)
			b.known.Store(id, string(keys))
			return id, err
		}
		b.matches(func(d doctor.Snapshot, w string) bool {
			first, _ := b.known.Load(d.ID)
			return d.SearchKeys.Match(keyword(w)) || doctor.SearchKeys(first.(string)).Match(keyword(w))
		})
	}},
	{store: "a login loses the keys", caught: []string{"a change that moves no keys"}, breaks: func(b *broken) {
		b.concludes(func(_ *outbound.Attempt, o *outbound.Outcome) told {
			return func(wait time.Duration) time.Duration { _, _ = b.rekey(o.Doctor, ""); return wait }
		})
	}},
	{store: "keys alone are no change", caught: []string{"a change of the keys alone is"}, breaks: func(b *broken) {
		b.keysAlone(func(_ context.Context, before, _ *doctor.Doctor, _ change) (*doctor.Doctor, error) {
			return before, nil
		})
	}},
	{store: "a change of the keys is an event", caught: []string{"a change of the keys alone is"}, breaks: func(b *broken) {
		b.keysAlone(func(ctx context.Context, before, _ *doctor.Doctor, change change) (*doctor.Doctor, error) {
			b.note(doctor.Note(before.ID(), doctor.ProfileChanged, now()))
			return b.Storage.Update(ctx, before.ID(), change)
		})
	}},
	{store: "a change of the keys ends sessions", caught: []string{"a change of the keys alone is"}, breaks: func(b *broken) {
		b.keysAlone(func(ctx context.Context, before, _ *doctor.Doctor, change change) (*doctor.Doctor, error) {
			b.hooks.Late(nil, outbound.Revocation{Doctor: before.ID(), Generation: 2, Expires: inAnHour()})()
			return b.Storage.Update(ctx, before.ID(), change)
		})
	}},
	{store: "what came with the keys seems to be stored", caught: []string{"what else changed"}, breaks: func(b *broken) {
		b.keysAlone(func(ctx context.Context, before, after *doctor.Doctor, change change) (*doctor.Doctor, error) {
			_, err := b.Storage.Update(ctx, before.ID(), change)
			return after, err
		})
	}},
	{store: "keys are stored before the change is over", caught: []string{"keys that came with an error"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			d, err := b.Storage.Update(ctx, id, change)
			if err != nil {
				_, after := b.dry(id, change)
				_, _ = b.rekey(id, after.SearchKeys())
			}
			return d, err
		}
	}},
	{store: "keys alone are stored whatever became of the profile", caught: []string{"keys that were computed"}, breaks: func(b *broken) {
		b.keysAlone(func(_ context.Context, before, after *doctor.Doctor, _ change) (*doctor.Doctor, error) {
			return b.rekey(before.ID(), after.SearchKeys())
		})
	}},
	{store: "updates at once all leave their keys", caught: []string{"of twenty updates of name and keys"}, breaks: func(b *broken) {
		b.update = func(ctx context.Context, id doctor.ID, change change) (*doctor.Doctor, error) {
			b.count.Add(1)
			defer b.count.Add(-1)
			meet()
			d, err := b.Storage.Update(ctx, id, change)
			if err == nil && b.count.Load() > 1 {
				b.known.Store(d.SearchKeys(), id)
			}
			return d, err
		}
		b.matches(func(d doctor.Snapshot, w string) bool {
			left := d.SearchKeys.Match(keyword(w))
			b.known.Range(func(keys, id any) bool {
				left = left || id == d.ID && keys.(doctor.SearchKeys).Match(keyword(w))
				return !left
			})
			return left
		})
	}},
}

func keyword(folded string) doctor.Keyword {
	w, _ := doctor.ParseKeyword(folded)
	return w
}

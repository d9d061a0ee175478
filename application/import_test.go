package application_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

var operator = inbound.Caller{Operator: true}

// line is a row as these tests write it: "1 王小明 H3 D-7" is the phone 13800000001, the name, the hospital and the staff
// number; "H-" and "D-" clear them, and what is not there is no column. "!" is a fault.
func line(n int, text string) inbound.StaffRow {
	words := strings.Fields(text)
	row := inbound.StaffRow{Line: n}
	row.Edit.Phone = must(doctor.ParsePhone(fmt.Sprintf("138%08s", words[0])))
	row.Edit.Name = must(doctor.ParseName(words[1]))
	for _, w := range words[2:] {
		switch value := w[1:]; {
		case w == "!":
			row.Faults = append(row.Faults, doctor.Invalid{Field: doctor.FieldGender, Rule: doctor.RuleGender})
		case w == "H-":
			row.Edit.HospitalID = doctor.SetTo(doctor.Reference{})
		case w == "D-":
			row.Edit.InternalID = doctor.SetTo(doctor.StaffNumber{})
		case w[0] == 'H':
			row.Edit.HospitalID = doctor.SetTo(must(doctor.ParseReference("", int64(value[0]-'0'))))
		case w[0] == 'D':
			row.Edit.InternalID = doctor.SetTo(must(doctor.ParseStaffNumber(value)))
		case w[0] == 'S':
			row.Edit.Speciality = doctor.SetTo(must(doctor.ParseSpeciality(value)))
		}
	}
	return row
}

func rowsOf(texts ...string) iter.Seq2[inbound.StaffRow, error] {
	return func(yield func(inbound.StaffRow, error) bool) {
		for i, text := range texts {
			if !yield(line(i+2, text), nil) { // line 1 is the header
				return
			}
		}
	}
}

// imported runs an import and tells the outcomes as "line: what".
func (w *world) imported(cmd inbound.ImportCommand) ([]string, inbound.ImportResult, error) {
	var told []string
	cmd.Caller = operator
	cmd.Tell = func(o inbound.RowOutcome) {
		what := []string{"added", "updated", "equal", "faulty"}[o.Done]
		for _, f := range o.Faults {
			what += fmt.Sprintf(" %s %s", f.Field, f.Rule)
			if f.Earlier > 0 {
				what += fmt.Sprintf(" %d", f.Earlier)
			}
		}
		told = append(told, fmt.Sprintf("%d: %s", o.Line, what))
	}
	result, err := w.ImportDoctors(context.Background(), cmd)
	return told, result, err
}

// all is every doctor, but for its id and its times.
func (w *world) all() []string {
	w.t.Helper()
	var all []string
	_, err := w.ExportDoctors(context.Background(), inbound.ExportCommand{Caller: operator, Each: func(d *doctor.Doctor) error {
		p := d.Profile()
		all = append(all, strings.Join([]string{p.Phone.String(), p.Name.String(), p.HospitalID.String(), p.InternalID.String(), p.Speciality.String()}, " "))
		return nil
	}})
	require.NoError(w.t, err)
	slices.Sort(all)
	return all
}

func TestEachRowOfAListIsJudgedByWhatIsStoredAndByTheRowsBefore(t *testing.T) {
	for name, c := range map[string]struct {
		stored string // rows that were imported before
		rows   string
		update bool
		want   string
	}{
		"nobody has the phone":             {"", "1 王", false, "2: added"},
		"as stored":                        {"1 王 H3 D7", "1 王 H3 D7", false, "2: equal"},
		"as stored, in the columns there":  {"1 王 H3 D7 Sx", "1 王 D7", true, "2: equal"},
		"differs":                          {"1 王 H3 Sx", "1 李 H- Sy", false, "2: faulty name row_differs hospital_id row_differs speciality row_differs"},
		"differs, and may":                 {"1 王 H3 Sx", "1 李 H- Sy", true, "2: updated"},
		"a fault of its own":               {"", "1 王 !; 2 李", false, "2: faulty gender gender; 3: added"},
		"the phone twice":                  {"", "1 王; 2 王; 1 李", true, "2: added; 3: added; 4: faulty phone row_repeats 2"},
		"the same row twice":               {"", "1 王 H3 D7; 1 王 H3 D7", false, "2: added; 3: equal"},
		"a stored doctor twice":            {"1 王", "1 王; 1 李", true, "2: equal; 3: faulty phone row_repeats 2"},
		"the phone of a faulty row":        {"", "1 王 !; 1 王", false, "2: faulty gender gender; 3: faulty phone row_repeats 2"},
		"a faulty row with a phone of one": {"", "1 王; 1 王 !", false, "2: added; 3: faulty gender gender phone row_repeats 2"},
		"a staff number twice":             {"", "1 王 H3 D7; 2 李 H3 D7", false, "2: added; 3: faulty internal_id row_repeats 2"},
		"of other hospitals":               {"", "1 王 H3 D7; 2 李 H4 D7; 3 周 D7; 4 吴 H-", false, "2: added; 3: added; 4: added; 5: added"},
		"staff numbers in other letters":   {"", "1 王 H3 Da; 2 李 H3 DA", false, "2: added; 3: added"},
		"the staff number of a faulty row": {"", "1 王 H3 D7 !; 2 李 H3 D7", false, "2: faulty gender gender; 3: faulty internal_id row_repeats 2"},
		"the staff number of a stored doctor": {
			"1 王 H3 D7", "2 李 H3 D7", false, "2: faulty internal_id row_taken",
		},
		"a hospital that is not in the list": {
			"1 王 H3; 2 李 H3", "1 王 D7; 2 李 D7", true, "2: updated; 3: faulty internal_id row_repeats 2",
		},
		"a hospital alone": {"1 王 H3 D7; 2 李 H4 D7", "2 李 H3", true, "2: faulty internal_id row_taken"},
		"a staff number that was left": {
			"1 王 H3 D7; 2 李 H3 D8", "1 王 D9; 2 李 D7; 3 周 H3 D8", true, "2: updated; 3: updated; 4: added",
		},
		"a staff number that is still there": {
			"1 王 H3 D7; 2 李 H3 D8", "2 李 D7; 1 王 D9", true, "2: faulty internal_id row_taken; 3: updated",
		},
		"a staff number that was left, and asked for before in vain": {
			"1 王 H3 D7", "2 李 H3 D7; 1 王 D9; 3 周 H3 D7", true,
			"2: faulty internal_id row_taken; 3: updated; 4: faulty internal_id row_repeats 2",
		},
		"exchanged staff numbers": {
			"1 王 H3 D7; 2 李 H3 D8", "1 王 D8; 2 李 D7", true,
			"2: faulty internal_id row_taken; 3: faulty internal_id row_taken",
		},
		"a row that may not change its doctor leaves no staff number": {
			"1 王 H3 D7", "1 王 D8; 2 李 H3 D7", false,
			"2: faulty internal_id row_differs; 3: faulty internal_id row_taken",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.stored != "" {
				_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf(strings.Split(c.stored, "; ")...)})
				require.NoError(t, err)
			}
			before := w.all()
			rows := rowsOf(strings.Split(c.rows, "; ")...)

			told, dry, err := w.imported(inbound.ImportCommand{Rows: rows, Update: c.update, DryRun: true})
			require.NoError(t, err)
			require.Equal(t, c.want, strings.Join(told, "; "), "dry run")
			require.Equal(t, before, w.all(), "a dry run stores nothing")

			told, wet, err := w.imported(inbound.ImportCommand{Rows: rows, Update: c.update})
			require.NoError(t, err)
			require.Equal(t, c.want, strings.Join(told, "; "))
			require.Equal(t, dry, wet)
			require.Equal(t, strings.Count(c.want, "faulty"), wet.Faulty)
			require.Equal(t, strings.Count(c.want, "added"), wet.Added)
			require.Equal(t, strings.Count(c.want, "updated"), wet.Updated)
			require.Equal(t, strings.Count(c.want, "equal"), wet.Equal)
		})
	}
}

// Any list, in whichever batches, by however many at once: the same is told and stored as by one that takes row after row.
func TestAListIsImportedAsIfRowByRow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(label string, most int) []string {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
				text := fmt.Sprintf("%d %s", rapid.IntRange(1, 6).Draw(t, "phone"), rapid.SampledFrom([]string{"王", "李"}).Draw(t, "name"))
				text += rapid.SampledFrom([]string{"", " H3", " H4", " H-"}).Draw(t, "hospital")
				return text + rapid.SampledFrom([]string{"", " D7", " D8", " D9", " D-"}).Draw(t, "number") +
					rapid.SampledFrom([]string{"", "", "", "", " !"}).Draw(t, "fault")
			}), 0, most).Draw(rt, label)
		}
		before, rows, update := draw("before", 6), draw("rows", 12), rapid.Bool().Draw(rt, "update")

		at, alone := newWorld(t), newWorld(t)
		for _, w := range []*world{at, alone} {
			_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf(before...), Update: true})
			require.NoError(rt, err)
		}
		dry, _, err := at.imported(inbound.ImportCommand{Rows: rowsOf(rows...), Update: update, DryRun: true})
		require.NoError(rt, err)
		told, _, err := at.imported(inbound.ImportCommand{Rows: rowsOf(rows...), Update: update})
		require.NoError(rt, err)
		require.Equal(rt, dry, told, "a dry run tells what the import tells")

		// One import a row knows nothing of the rows before it: those that repeat one are left out.
		for i, text := range rows {
			if strings.Contains(told[i], "row_repeats") || slices.Index(rows, text) < i {
				continue
			}
			one, _, err := alone.imported(inbound.ImportCommand{Rows: rowsOf(text), Update: update})
			require.NoError(rt, err)
			_, want, _ := strings.Cut(told[i], ": ")
			_, got, _ := strings.Cut(one[0], ": ")
			require.Equal(rt, want, got, "row %d", i)
		}
		require.Equal(rt, alone.all(), at.all())

		if slices.ContainsFunc(told, func(s string) bool { return strings.Contains(s, "row_taken") }) {
			return // a later row may have left the staff number
		}
		stored := at.all()
		again, result, err := at.imported(inbound.ImportCommand{Rows: rowsOf(rows...)})
		require.NoError(rt, err)
		require.Zero(rt, result.Added+result.Updated, "%q", again)
		require.Equal(rt, stored, at.all(), "a second time changes nothing")
	})
}

func TestAnImportedDoctorIsWholeAndWaitsForAPassword(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf("1 王小明 H3 D7 S心脏")})
	require.NoError(t, err)
	d := must(w.Storage.ByPhone(context.Background(), must(doctor.ParsePhone("13800000001"))))
	require.True(t, d.Credential().IsZero())
	require.Equal(t, doctor.Ordinary, d.Role())
	require.Equal(t, int64(1), d.Version())
	require.True(t, d.SearchKeys().Match(must(doctor.ParseKeyword("wxm"))), "who was imported can be found")
	events := w.store.History(d.ID())
	require.Len(t, events, 1)
	require.Equal(t, doctor.CommandLine, events[0].Actor)
	require.Equal(t, []string{"phone", "name", "hospital_id", "internal_id", "speciality", "role"}, events[0].Fields)

	_, err = w.login("13800000001", "")
	require.ErrorIs(t, err, doctor.ErrWrongCredentials)

	reset, err := w.ResetPassword(context.Background(), inbound.DoctorCommand{Caller: operator, ID: d.ID()})
	require.NoError(t, err)
	_, err = w.login("13800000001", reset.Password.Reveal())
	require.NoError(t, err)

	_, _, err = w.imported(inbound.ImportCommand{Rows: rowsOf("1 王大明 H3 D7 S心脏"), Update: true})
	require.NoError(t, err)
	last := w.store.History(d.ID())[len(w.store.History(d.ID()))-1]
	require.Equal(t, doctor.ProfileChanged, last.Type)
	require.Equal(t, doctor.CommandLine, last.Actor)
	require.Equal(t, []string{"name"}, last.Fields)
}

func TestOnlyOperatorsAndAdministratorsImportAndExport(t *testing.T) {
	w := newWorld(t)
	d := w.doctor("13800000001", doctor.Ordinary)
	by := inbound.Caller{ID: d.ID(), Role: doctor.Ordinary, Generation: d.Generation()}
	_, err := w.ImportDoctors(context.Background(), inbound.ImportCommand{Caller: by, Rows: rowsOf("2 王")})
	require.ErrorIs(t, err, inbound.ErrForbidden)
	_, err = w.ExportDoctors(context.Background(), inbound.ExportCommand{Caller: by})
	require.ErrorIs(t, err, inbound.ErrForbidden)
}

func TestManyRowsAreToldInTheirOrder(t *testing.T) {
	w := newWorld(t)
	var rows, want []string
	for i := range 1500 {
		rows = append(rows, fmt.Sprintf("%d 王 H3 D%d", i+1, i))
		want = append(want, fmt.Sprintf("%d: added", i+2))
	}
	rows, want = append(rows, "7 李", "9999 李 H3 D0"), append(want, "1502: faulty phone row_repeats 8", "1503: faulty internal_id row_repeats 2")
	told, result, err := w.imported(inbound.ImportCommand{Rows: rowsOf(rows...)})
	require.NoError(t, err)
	require.Equal(t, want, told)
	require.Equal(t, inbound.ImportResult{Added: 1500, Faulty: 2}, result)
	require.Len(t, w.all(), 1500)
}

func TestRowsBeforeAListBreaksAreImported(t *testing.T) {
	w, broken := newWorld(t), errors.New("the disk is gone")
	_, result, err := w.imported(inbound.ImportCommand{Rows: func(yield func(inbound.StaffRow, error) bool) {
		_ = yield(line(2, "1 王"), nil) && yield(inbound.StaffRow{}, broken)
	}})
	require.ErrorIs(t, err, broken)
	require.Equal(t, inbound.ImportResult{Added: 1}, result)
	require.Len(t, w.all(), 1)
}

func TestAnImportThatIsStoppedHasStoredWhatItCounts(t *testing.T) {
	w := newWorld(t)
	var rows []string
	for i := range 1500 {
		rows = append(rows, fmt.Sprintf("%d 王", i+1))
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.Storage = &meddler{Storage: w.store, add: func() error { cancel(); return nil }} // while others are being stored
	result, err := w.ImportDoctors(ctx, inbound.ImportCommand{
		Caller: operator, Rows: rowsOf(rows...), Tell: func(inbound.RowOutcome) {},
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Positive(t, result.Added)
	require.Less(t, result.Added, 1500)
	require.Len(t, w.all(), result.Added)
}

func TestAStorageThatGoesAwayEndsTheImportAtALine(t *testing.T) {
	w := newWorld(t)
	w.Storage = &meddler{Storage: w.store, add: func() error { return outbound.ErrUnavailable }}
	told, result, err := w.imported(inbound.ImportCommand{Rows: rowsOf("1 王 !", "2 李", "3 周 !")})
	require.ErrorIs(t, err, outbound.ErrUnavailable)
	require.ErrorContains(t, err, "line 3")
	require.Equal(t, inbound.ImportResult{Faulty: 1}, result)
	require.Len(t, told, 1)
}

func TestWhoeverIsFasterThanTheImportWins(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf("3 周 H3 D3", "4 吴 H3 D4")})
	require.NoError(t, err)
	meddle := &meddler{Storage: w.store}
	w.Storage = meddle
	for _, c := range []struct {
		meanwhile func() error
		row, want string
	}{
		{func() error { return doctor.ErrPhoneTaken }, "1 王", "2: faulty phone row_meanwhile"},
		{func() error { return doctor.ErrStaffNumberTaken }, "1 王 H3 D7", "2: faulty internal_id row_meanwhile"},
		{func() error { return doctor.ErrNotFound }, "3 郑", "2: faulty phone row_meanwhile"},
		{func() error {
			d := must(w.store.ByPhone(context.Background(), line(0, "4 吴").Edit.Phone))
			_, err := w.store.Update(context.Background(), d.ID(), func(d *doctor.Doctor) error {
				d.ChangeProfile(doctor.ProfileEdit{Phone: line(0, "5 吴").Edit.Phone}, doctor.SessionID{}, doctor.Occasion{At: time.Now()})
				return nil
			})
			return err
		}, "4 冯", "2: faulty phone row_meanwhile"},
	} {
		meddle.add = c.meanwhile
		told, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf(c.row), Update: true})
		require.NoError(t, err)
		require.Equal(t, []string{c.want}, told)
	}
}

func TestADamagedDoctorIsAFaultOfItsRowAndLeftOutOfAnExport(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf("1 王 H3 D7", "2 李")})
	require.NoError(t, err)
	damaged := must(w.store.ByPhone(context.Background(), line(0, "1 王").Edit.Phone)).ID()
	w.store.Damage(damaged)
	told, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf("1 王 H3 D7", "3 周 H3 D7", "2 李")})
	require.NoError(t, err)
	require.Equal(t, []string{"2: faulty phone row_damaged", "3: faulty internal_id row_taken", "4: equal"}, told)

	exported, err := w.ExportDoctors(context.Background(), inbound.ExportCommand{Caller: operator, Each: func(*doctor.Doctor) error { return nil }})
	require.NoError(t, err)
	require.Equal(t, inbound.ExportResult{Exported: 1, Damaged: []doctor.ID{damaged}}, exported)
}

func TestAnExportHandsOverEverybodyInTheOrderOfIDs(t *testing.T) {
	w := newWorld(t)
	var rows []string
	for i := range 1001 {
		rows = append(rows, fmt.Sprintf("%d 王", i+1))
	}
	_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf(rows...)})
	require.NoError(t, err)
	var ids []doctor.ID
	_, err = w.ExportDoctors(context.Background(), inbound.ExportCommand{Caller: operator, Each: func(d *doctor.Doctor) error {
		ids = append(ids, d.ID())
		return nil
	}})
	require.NoError(t, err)
	require.Len(t, ids, 1001)
	require.True(t, slices.IsSorted(ids))
	require.Len(t, slices.Compact(ids), 1001)

	enough := errors.New("enough")
	exported, err := w.ExportDoctors(context.Background(), inbound.ExportCommand{Caller: operator, Each: func(*doctor.Doctor) error { return enough }})
	require.ErrorIs(t, err, enough)
	require.Zero(t, exported.Exported)
}

func TestARowWaitsForTheOneThatLeavesItsStaffNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf("1 王 H3 D7", "2 李 H3 D8")})
		require.NoError(t, err)
		w.Storage = slowly{w.store, must(w.store.ByPhone(context.Background(), line(0, "1 王").Edit.Phone)).ID()}
		told, _, err := w.imported(inbound.ImportCommand{Rows: rowsOf("1 王 D9", "2 李 D7", "3 周 H3 D8"), Update: true})
		require.NoError(t, err)
		require.Equal(t, []string{"2: updated", "3: updated", "4: added"}, told)
	})
}

// slowly takes its time with one doctor.
type slowly struct {
	outbound.Storage
	with doctor.ID
}

func (s slowly) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	if id == s.with {
		time.Sleep(time.Second)
	}
	return s.Storage.Update(ctx, id, change)
}

// meddler does something before the storage stores a doctor; an error is what the storage says instead.
type meddler struct {
	outbound.Storage
	add func() error
}

func (m *meddler) Add(ctx context.Context, d *doctor.Doctor) (doctor.ID, error) {
	if err := m.add(); err != nil {
		return 0, err
	}
	return m.Storage.Add(ctx, d)
}

func (m *meddler) Update(ctx context.Context, id doctor.ID, change func(*doctor.Doctor) error) (*doctor.Doctor, error) {
	if err := m.add(); err != nil {
		return nil, err
	}
	return m.Storage.Update(ctx, id, change)
}

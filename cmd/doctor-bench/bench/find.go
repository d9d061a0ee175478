package bench

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"hospital.example/doctor-service/cmd/doctor-bench/bench/store"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/outbound"
)

// find measures single searches in a filled storage, as the service sends them: how many came on the page, the median
// and the longest time.
func find(ctx context.Context, args []string, stdout, _ io.Writer) (err error) {
	set := flag.NewFlagSet("doctor-bench find", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	var (
		location = set.String("storage", "", "`URL` of a storage that was filled: sqlite:PATH or postgres://…")
		times    = set.Int("times", 21, "`number` of times that each search is done, after a first one that is not counted")
		page     = set.Int("page", 50, "`number` of doctors on a page")
	)
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		_, err := fmt.Fprint(stdout, "Usage: doctor-bench find --storage URL [flags] [keyword …]\n\n"+
			"Looks for invented doctors in a storage, past the service, and tells how long each search takes.\n\n")
		set.SetOutput(stdout)
		set.PrintDefaults()
		return err
	case err != nil:
		return misuse{err}
	case *location == "" || *times < 1 || *page < 1:
		return misuse{errors.New("--storage is required, --times and --page must be at least 1")}
	}
	s, err := store.Open(ctx, *location)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	searches, err := searchesOf(ctx, s, set.Args())
	if err != nil {
		return err
	}
	directory, err := s.Serve(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, directory.Close()) }()
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "search\tfound\tleast\tms\tmost\t") // Flush tells what went wrong
	for _, search := range searches {
		search.query.Limit = *page
		found, took, err := search.measure(ctx, directory, *times)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%.2f\t%.2f\t%.2f\t\n", search.name, found,
			milliseconds(quantile(took, 0)), milliseconds(quantile(took, 0.5)), milliseconds(quantile(took, 1)))
	}
	return w.Flush()
}

// probe is one search, and how it is called.
type probe struct {
	name  string
	query outbound.Query
}

func (s probe) measure(ctx context.Context, in outbound.Directory, times int) (found int, took []time.Duration, err error) {
	for i := range times + 1 {
		began := time.Now()
		page, err := in.Find(ctx, s.query)
		if err != nil {
			return 0, nil, fmt.Errorf("looking for %s: %w", s.name, err)
		}
		if found = len(page.Doctors); i > 0 {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	return found, took, nil
}

// searchesOf are searches of every kind: what many share and what one has, beginnings and parts, pages at both ends.
func searchesOf(ctx context.Context, s *store.Store, words []string) ([]probe, error) {
	last, err := s.Count(ctx)
	if err != nil {
		return nil, err
	}
	somebody := store.PersonOf(last * 2 / 3)
	hospital, err := doctor.ParseReference(doctor.FieldHospitalID, somebody.Hospital)
	if err != nil {
		return nil, err
	}
	honour, err := doctor.ParsePositionRank(store.Honour)
	if err != nil {
		return nil, err
	}
	searches := []probe{
		{"everybody", outbound.Query{}},
		{"everybody, the last page", outbound.Query{After: doctor.ID(last - 10)}},
		{"a hospital", outbound.Query{HospitalID: hospital}},
		{"a rare rank", outbound.Query{PositionRank: honour}},
		{"disabled", outbound.Query{Status: doctor.Disabled}},
		{"a rare rank, disabled", outbound.Query{PositionRank: honour, Status: doctor.Disabled}},
	}
	if len(words) == 0 {
		words = []string{
			"王", "张", "王小明", "wang", "zhang", "wxm", "wangxiaoming", "138", somebody.Phone, somebody.StaffNumber, "doc", "w", "z", "1",
			"欧阳无名", "q9",
		}
	}
	for i, word := range words {
		keyword, err := doctor.ParseKeyword(word)
		if err != nil {
			return nil, err
		}
		searches = append(searches, probe{word, outbound.Query{Keyword: keyword}})
		if i == 0 {
			searches = append(searches,
				probe{word + ", the last page", outbound.Query{Keyword: keyword, After: doctor.ID(last - 1000)}},
				probe{word + ", a hospital", outbound.Query{Keyword: keyword, HospitalID: hospital}},
				probe{word + ", a rare rank", outbound.Query{Keyword: keyword, PositionRank: honour}},
				probe{word + ", disabled", outbound.Query{Keyword: keyword, Status: doctor.Disabled}},
				probe{word + ", active", outbound.Query{Keyword: keyword, Status: doctor.Active}},
			)
		}
	}
	return searches, nil
}

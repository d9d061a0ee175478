package httpapi

import (
	"net/http"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// entry is a doctor as the other services see it: nothing by which it logs in, or that is its own affair.
type entry struct {
	ID           doctor.ID `json:"id"`
	Name         string    `json:"name"`
	Gender       *string   `json:"gender"`
	HospitalID   *int64    `json:"hospital_id"`
	DepartmentID *int64    `json:"department_id"`
	PositionRank *string   `json:"position_rank"`
	Speciality   *string   `json:"speciality"`
	AvatarURL    *string   `json:"avatar_url"`
	Status       string    `json:"status"`
	Version      int64     `json:"version"`
}

func entryOf(d *doctor.Doctor) entry {
	p := profileOf(d)
	return entry{
		ID: p.ID, Name: p.Name, Gender: p.Gender, HospitalID: p.HospitalID, DepartmentID: p.DepartmentID,
		PositionRank: p.PositionRank, Speciality: p.Speciality, AvatarURL: p.AvatarURL, Status: p.Status,
		Version: p.Version,
	}
}

// entries are all of those who were asked for and are there, so there is no next page.
type entries struct {
	Items []entry `json:"items"`
}

func (a *api) lookUpDoctors(r *http.Request, by inbound.Caller) (answer, error) {
	q := readQuery(r, parameterIDs)
	ids := q.ids()
	if err := q.done(); err != nil {
		return answer{}, err
	}
	found, err := a.LookUpDoctors(r.Context(), inbound.LookUpDoctorsCommand{Caller: by, IDs: ids})
	if err != nil {
		return answer{}, err
	}
	items := make([]entry, len(found.Doctors))
	for i, d := range found.Doctors {
		items[i] = entryOf(d)
	}
	return answer{data: entries{items}, tag: tagOfAll(found.Doctors)}, nil
}

func (a *api) lookUpDoctor(r *http.Request, by inbound.Caller, id doctor.ID) (answer, error) {
	found, err := a.LookUpDoctors(r.Context(), inbound.LookUpDoctorsCommand{Caller: by, IDs: []doctor.ID{id}})
	switch {
	case err != nil:
		return answer{}, err
	case len(found.Doctors) == 0:
		return answer{}, doctor.ErrNotFound
	}
	return answer{data: entryOf(found.Doctors[0]), tag: tagOf(found.Doctors[0])}, nil
}

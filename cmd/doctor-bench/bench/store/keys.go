package store

import (
	"hospital.example/doctor-service/adapters/pinyin"
	"hospital.example/doctor-service/domain/doctor"
)

// SearchKeys are what the service would find an invented doctor by. Each could have registered, so nothing is refused.
func (p Person) SearchKeys() string {
	phone, _ := doctor.ParsePhone(p.Phone)
	name, _ := doctor.ParseName(p.Name)
	number, _ := doctor.ParseStaffNumber(p.StaffNumber)
	rest := doctor.ProfileEdit{InternalID: doctor.SetTo(number)}
	d := doctor.Register(doctor.Registration{Phone: phone, Name: name, Rest: rest}, doctor.Occasion{})
	d.Index(pinyin.Syllables)
	return string(d.SearchKeys())
}

// Adding doctors past the service leaves it to us to store their keys one by one: of all whose ids are greater.
const (
	indexPostgres = `INSERT INTO doctor_keys (band, key, doctor_id)
		SELECT id >> 12, key, id FROM doctors, unnest(string_to_array(search_keys, E'\n')) AS key WHERE id > $1 ORDER BY 1, 2, 3`
	indexSQLite = `INSERT INTO doctor_keys (band, key, doctor_id)
		SELECT doctors.id / 4096, value, doctors.id
		FROM doctors, json_each('["' || replace(search_keys, char(10), '","') || '"]') WHERE doctors.id > ?1 ORDER BY 1, 2, 3`
)

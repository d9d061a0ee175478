package postgres

import "unicode/utf8"

// The keys of 4096 neighbouring ids are a band: looking through the bands of a million doctors one by one for something
// rare costs as much as looking through all of one band for something that everybody has. The last band goes on for ever:
// nobody's id comes there, but a page may be asked for that begins behind any number.
func bandOf(id string) string { return "least(" + id + " >> 12, 2147483647)::integer" }

// keying is the part of a statement that stores keys, one by one, of the doctor that is the row of gate.
func keying(gate, keys string) string {
	return `keyed AS (
		INSERT INTO doctor_keys (band, key, doctor_id)
		SELECT ` + bandOf("id") + `, key, id FROM ` + gate + `, unnest(` + keys + `::text[]) AS key
		ON CONFLICT DO NOTHING
	), `
}

// unkeying is the part that deletes them.
func unkeying(gate, keys string) string {
	return `unkeyed AS (
		DELETE FROM doctor_keys USING ` + gate + `
		WHERE band = ` + bandOf(gate+".id") + ` AND key = ANY (` + keys + `) AND doctor_id = ` + gate + `.id
	), `
}

// beyond is the least text that is greater than all that begin with a keyword, in the order of their bytes. A keyword is
// made of letters, marks and digits, and none of these is the last of all characters.
func beyond(keyword string) string {
	runes := []rune(keyword)
	last := len(runes) - 1
	if runes[last]++; !utf8.ValidRune(runes[last]) {
		runes[last] = '\uE000' // behind those that are no characters by themselves
	}
	return string(runes)
}

package inbound

import (
	"iter"

	"hospital.example/doctor-service/domain/doctor"
)

// ImportCommand brings in a hospital's staff list, row by row. A row's phone says whose it is:
//   - nobody has it: the doctor is added, with no password, so nobody can log in until an administrator resets it;
//   - the stored doctor is as the row says: nothing is done;
//   - it differs: the doctor is changed if Update says so, else that is a fault of the row.
//
// Good rows are imported, whatever is wrong with others. Doing it all again changes nothing, but that a row may now have
// the staff number that a row after it left. With DryRun nothing is stored, and Tell hears just what it would hear without.
//
// Errors: that of Rows, which ends the import; ErrForbidden.
type ImportCommand struct {
	Caller Caller
	Rows   iter.Seq2[StaffRow, error]
	Update bool
	DryRun bool
	Tell   func(RowOutcome) // of each row, in their order
	Origin Origin
}

// StaffRow is what a staff list says of one doctor.
type StaffRow struct {
	Line   int // where the row begins in the list
	Edit   doctor.ProfileEdit
	Faults []doctor.Invalid // what cannot be understood; the rest of Edit holds nevertheless
}

// RowOutcome is what became of a row.
type RowOutcome struct {
	Line   int
	Done   RowVerb
	Faults []RowFault // of RowFaulty
}

// RowVerb says what was done.
type RowVerb int

// The verbs.
const (
	RowAdded RowVerb = iota
	RowUpdated
	RowEqual // to the stored doctor, or to a row before it
	RowFaulty
)

// RowFault is one thing that is wrong with a row.
type RowFault struct {
	doctor.Invalid     // Field is empty where it is the row as a whole
	Earlier        int // the line that RowRepeats speaks of
}

// The rules of staff lists, beside those of the values in them: of a row among others,
const (
	RuleRowRepeats   doctor.Rule = "row_repeats"   // an earlier row has the same value, which only one doctor may have
	RuleRowTaken     doctor.Rule = "row_taken"     // a stored doctor has it
	RuleRowDiffers   doctor.Rule = "row_differs"   // from the stored doctor
	RuleRowMeanwhile doctor.Rule = "row_meanwhile" // somebody changed the stored doctor at the same time
	RuleRowDamaged   doctor.Rule = "row_damaged"   // the stored doctor cannot be read
)

// of how a row is written,
const (
	RuleRowQuotes doctor.Rule = "row_quotes" // a quotation mark stands where none may, or is not followed by its partner
	RuleRowLength doctor.Rule = "row_length" // too long to be a row of such a list
	RuleRowCells  doctor.Rule = "row_cells"  // it has Min cells, and the header Max
	RuleRowText   doctor.Rule = "row_text"   // it holds bytes that are no text
)

// and of the list as a whole.
const (
	RuleListUTF16    doctor.Rule = "list_utf16"
	RuleListWorkbook doctor.Rule = "list_workbook" // it is a spreadsheet's own file
	RuleListEmpty    doctor.Rule = "list_empty"
	RuleListUnknown  doctor.Rule = "list_unknown" // a column that nobody knows
	RuleListTwice    doctor.Rule = "list_twice"   // a column is there twice
	RuleListMissing  doctor.Rule = "list_missing" // a column is not there
	RuleListPassword doctor.Rule = "list_password"
)

// ImportResult counts what became of the rows.
type ImportResult struct{ Added, Updated, Equal, Faulty int }

// ExportCommand hands every doctor to Each, in the order of their ids, as they are when their turn comes. An error of
// Each ends it.
type ExportCommand struct {
	Caller Caller
	Each   func(*doctor.Doctor) error
}

// ExportResult tells how many doctors were handed over, and which could not be, since they are damaged.
type ExportResult struct {
	Exported int
	Damaged  []doctor.ID
}

package wording

import (
	"strconv"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
)

// listReasons say what is wrong with a staff list and its rows.
var listReasons = map[doctor.Rule]Text{
	inbound.RuleRowRepeats:   {"{field}与第 {line} 行重复", "{field} is that of line {line} too"},
	inbound.RuleRowTaken:     {"{field}已被其他医生使用", "{field} is that of another doctor"},
	inbound.RuleRowDiffers:   {"{field}与已有资料不同", "{field} differs from what is stored"},
	inbound.RuleRowMeanwhile: {"{field}刚被他人更改，请再次导入", "{field} was changed by somebody else meanwhile: please import again"},
	inbound.RuleRowDamaged:   {"{field}所属医生的已有资料已损坏", "{field} is that of a doctor whose stored data are damaged"},

	inbound.RuleRowQuotes: {"引号位置不对或没有成对", "a quotation mark is misplaced or has no partner"},
	inbound.RuleRowLength: {"此行过长", "the row is too long"},
	inbound.RuleRowCells:  {"此行有 {min} 个单元格，表头有 {max} 个", "the row has {min} cells, and the header {max}"},
	inbound.RuleRowText:   {"此行含有无法识别的字符", "the row holds bytes that are no text"},

	inbound.RuleListUTF16:    {"文件采用 UTF-16 编码，请另存为 CSV UTF-8", "the list is in UTF-16: please save it as CSV UTF-8"},
	inbound.RuleListWorkbook: {"文件是电子表格，请另存为 CSV UTF-8", "the list is a workbook: please save it as CSV UTF-8"},
	inbound.RuleListEmpty:    {"文件是空的", "the list is empty"},
	inbound.RuleListUnknown:  {"{field}不是可识别的列", "{field} is not a column of a staff list"},
	inbound.RuleListTwice:    {"{field}出现在多个列中", "{field} has more than one column"},
	inbound.RuleListMissing:  {"缺少{field}列", "{field} has no column"},
	inbound.RuleListPassword: {"{field}不能导入：密码由管理员重置", "{field} cannot be imported: administrators reset passwords"},
}

// Row says what is wrong with a row: the field, where it is about one, and the reason.
func Row(f inbound.RowFault, l Language) string {
	said := strings.ReplaceAll(Reason(f.Invalid, l), "{line}", strconv.Itoa(f.Earlier))
	if f.Field == "" {
		return said
	}
	return f.Field + ": " + said
}

package wording

import (
	"strconv"
	"strings"

	"hospital.example/doctor-service/domain/doctor"
)

// The fields and the rules of forms and addresses, which the domain does not know.
const (
	FieldOldPassword = "old_password"
	FieldNewPassword = "new_password"
	FieldLimit       = "limit"
	FieldCursor      = "cursor"
	FieldIDs         = "ids"

	RuleText        doctor.Rule = "text"
	RuleUnknown     doctor.Rule = "unknown"
	RuleNoParameter doctor.Rule = "no_parameter"
	RuleRepeated    doctor.Rule = "repeated"
	RuleEncoding    doctor.Rule = "encoding"
	RuleLimit       doctor.Rule = "limit"
	RuleIDs         doctor.Rule = "ids"
	RuleCursor      doctor.Rule = "cursor"
)

// labels are what people call the fields.
var labels = map[string]Text{
	doctor.FieldPhone:        {"手机号", "the phone number"},
	doctor.FieldPassword:     {"密码", "the password"},
	FieldOldPassword:         {"原密码", "the old password"},
	FieldNewPassword:         {"新密码", "the new password"},
	doctor.FieldName:         {"姓名", "the name"},
	doctor.FieldGender:       {"性别", "the gender"},
	doctor.FieldBirthDate:    {"出生日期", "the date of birth"},
	doctor.FieldHospitalID:   {"所属医院", "the hospital id"},
	doctor.FieldInternalID:   {"院内工号", "the staff number"},
	doctor.FieldDepartmentID: {"所属科室", "the department id"},
	doctor.FieldPositionRank: {"职称等级", "the position rank"},
	doctor.FieldSpeciality:   {"擅长方向", "the speciality"},
	doctor.FieldAvatarURL:    {"头像地址", "the avatar URL"},
	doctor.FieldRole:         {"角色", "the role"},
	doctor.FieldStatus:       {"账号状态", "the status"},
	doctor.FieldKeyword:      {"关键字", "the keyword"},
	FieldLimit:               {"每页条数", "the limit"},
	FieldCursor:              {"分页游标", "the cursor"},
	FieldIDs:                 {"医生编号", "the list of ids"},
}

// reasons say what a field must be.
var reasons = map[doctor.Rule]Text{
	doctor.RuleRequired: {"{field}不能为空", "{field} is required"},
	doctor.RuleLength:   {"{field}应为 {min}–{max} 个字符", "{field} must be {min} to {max} characters long"},
	doctor.RulePhone:    {"{field}应为 11 位手机号码", "{field} must be an 11-digit mobile number of mainland China"},
	doctor.RuleNameCharacters: {
		"{field}只能包含文字、数字、空格和 · - ' ’ .", "{field} may hold letters, digits, spaces and · - ' ’ . only",
	},
	doctor.RuleNameLetter: {"{field}至少应包含一个文字", "{field} must hold at least one letter"},
	doctor.RuleNoControl:  {"{field}不能包含控制字符", "{field} must not hold control characters"},
	doctor.RuleGender:     {"{field}应为男、女、未知或其他", "{field} must be male, female, unknown or other"},
	doctor.RuleRole:       {"{field}应为 doctor 或 admin", "{field} must be doctor or admin"},
	doctor.RuleStatus:     {"{field}应为 active 或 disabled", "{field} must be active or disabled"},
	doctor.RuleDate:       {"{field}应为真实的日期，格式为 YYYY-MM-DD", "{field} must be a real day, written YYYY-MM-DD"},
	doctor.RuleDateRange:  {"{field}应在 1900-01-01 与今天之间", "{field} must lie between 1900-01-01 and today"},
	doctor.RuleReference: {
		"{field}应为 1 到 9007199254740991 之间的整数", "{field} must be an integer from 1 to 9007199254740991",
	},
	doctor.RuleStaffNumber:      {"{field}只能包含字母、数字和 - _ . /", "{field} may hold letters, digits and - _ . / only"},
	doctor.RuleURL:              {"{field}应为完整的 https 或 http 网址", "{field} must be a complete https or http address"},
	doctor.RuleKeyword:          {"{field}至少应包含一个文字或数字", "{field} must hold at least one letter or digit"},
	doctor.RulePasswordCommon:   {"{field}过于常见，请换一个", "{field} is among the most common ones: please choose another"},
	doctor.RulePasswordPersonal: {"{field}不能由手机号或姓名构成", "{field} must not be made of the phone number or the name"},
	doctor.RulePasswordRepeated: {"{field}不能由同一个字符重复构成", "{field} must not be one repeated character"},
	doctor.RulePasswordSame:     {"{field}不能与原密码相同", "{field} must differ from the old one"},
	RuleText:                    {"{field}应为文本", "{field} must be text"},
	RuleUnknown:                 {"{field}不是可填写的字段", "{field} is not a field of this form"},
	RuleNoParameter:             {"{field}不是可用的查询参数", "{field} is not a parameter of this request"},
	RuleRepeated:                {"{field}只能出现一次", "{field} may be given only once"},
	RuleEncoding:                {"{field}应为百分号编码的 UTF-8 文本", "{field} must be percent-encoded UTF-8"},
	RuleLimit:                   {"{field}应为 1 到 100 之间的整数", "{field} must be an integer from 1 to 100"},
	RuleIDs:                     {"{field}应为 1–100 个以逗号分隔的正整数", "{field} must be 1 to 100 positive integers with commas between them"},
	RuleCursor:                  {"{field}不适用于此列表，请从第一页重新开始", "{field} does not fit this list: please begin with the first page"},
}

// Reason says what a field must be.
func Reason(f doctor.Invalid, l Language) string {
	label := labels[f.Field][l]
	if f.Rule == RuleUnknown || f.Rule == RuleNoParameter || label == "" {
		label = Text{"“" + f.Field + "”", `"` + f.Field + `"`}[l]
	}
	text, ok := reasons[f.Rule]
	if !ok {
		text = listReasons[f.Rule]
	}
	said := strings.NewReplacer(
		"{field}", label,
		"{min}", strconv.Itoa(f.Min),
		"{max}", strconv.Itoa(f.Max),
	).Replace(text[l])
	if l == English {
		said = strings.ToUpper(said[:1]) + said[1:]
	}
	return said
}

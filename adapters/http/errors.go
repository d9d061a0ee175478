package httpapi

import (
	"context"
	"errors"

	"hospital.example/doctor-service/adapters/http/wording"
	"hospital.example/doctor-service/domain/doctor"
	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

// What can be wrong with a request before a use case sees it.
var (
	errNoSuchPath   = errors.New("no such path")
	errNoSuchMethod = errors.New("the path does not know this method")
	errNotServing   = errors.New("not serving yet")
	errMediaType    = errors.New("the body is not application/json")
	errBodyTooLarge = errors.New("the body is too large")
	errBodyTooSlow  = errors.New("the body came too slowly")
	errNotJSON      = errors.New("the body is not one JSON object")
)

// notReady says what is missing.
type notReady struct {
	Missing []inbound.Missing `json:"missing"`
}

func (notReady) Error() string { return "not ready" }

// problem is how an error is told to clients.
type problem struct {
	status, n int // code = status × 100 + n, stable for ever
	text      text
}

func (p problem) code() int { return p.status*100 + p.n }

// problems has a row for every error that is known, in the order in which the contract lets them come first.
var problems = []struct {
	match func(error) bool
	problem
}{
	{is(errNoSuchPath), problem{404, 0, text{"没有此路径", "no such path"}}},
	{is(doctor.ErrNotFound), problem{404, 0, wording.NoSuchDoctor}},
	{is(errNoSuchMethod), problem{405, 0, text{"不支持该请求方法", "this path does not support the method"}}},
	{is(inbound.ErrUnauthenticated), problem{401, 0, text{"登录已失效，请重新登录", "please log in again"}}},
	{is(doctor.ErrPasswordChangeNeeded), problem{403, 2, text{
		"密码已被重置，请先修改密码", "the password was reset: please change it first",
	}}},
	{is(inbound.ErrForbidden), problem{403, 0, text{"没有权限执行此操作", "you are not allowed to do this"}}},
	{is(errMediaType), problem{415, 0, text{"请求体必须为 application/json", "the body must be application/json"}}},
	{is(errBodyTooLarge), problem{413, 0, text{"请求体过大", "the body is too large"}}},
	{is(errBodyTooSlow), problem{408, 0, text{"请求体到达太慢", "the body came too slowly"}}},
	{is(errNotJSON), problem{400, 0, text{"请求体不是有效的 JSON 对象", "the body is not a valid JSON object"}}},
	{isFault, problem{400, 1, text{"提交的内容有误", "a field is invalid"}}},
	{as[inbound.Throttled], problem{429, 0, text{
		"尝试次数过多，请稍后再试", "too many attempts: please try again later",
	}}},
	{is(doctor.ErrWrongCredentials), problem{400, 10, text{"手机号或密码错误", "wrong phone number or password"}}},
	{is(doctor.ErrDisabled), problem{403, 1, text{"账号已停用", "the account is disabled"}}},
	{is(doctor.ErrLoginTooOld), problem{403, 3, text{
		"登录时间过久，请重新登录", "the login is too old for this change: please log in again",
	}}},
	{is(inbound.ErrMatchNeeded), problem{428, 0, text{
		"此操作需要 If-Match，请先读取最新资料", "this change needs If-Match: please read the profile first",
	}}},
	{is(doctor.ErrVersionMismatch), problem{412, 0, wording.Changed}},
	{is(doctor.ErrPhoneTaken), problem{409, 0, wording.PhoneTaken}},
	{is(doctor.ErrStaffNumberTaken), problem{409, 1, wording.StaffNumberTaken}},
	{is(doctor.ErrLastAdministrator), problem{409, 2, wording.LastAdministrator}},
	{as[notReady], problem{503, 0, text{"服务未就绪", "the service is not ready"}}},
	{is(outbound.ErrUnavailable, outbound.ErrBusy, context.DeadlineExceeded, errNotServing), problem{503, 0, text{
		"服务暂不可用，请稍后再试", "the service is unavailable: please try again later",
	}}},
	// Known, but nobody who asks over HTTP should ever meet them.
	{is(doctor.ErrDamaged, doctor.ErrAdministratorExists), ourFault},
	{is(outbound.ErrTokenInvalid, outbound.ErrTokenExpired), ourFault},
	{as[panicked], ourFault},
}

var ourFault = problem{500, 0, text{"服务内部错误", "an internal error"}}

func problemOf(err error) problem {
	for _, row := range problems {
		if row.match(err) {
			return row.problem
		}
	}
	return ourFault
}

func is(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

func isFault(err error) bool { return len(doctor.Faults(err)) > 0 }

// What a front end would write against the generated types. Types that lost the shape of the answers (everything
// optional, everything unknown) would still generate, but this file would not compile.
import type { paths } from "./generated";

type Operation<P extends keyof paths, M extends keyof paths[P]> = paths[P][M];
type Body<O> = O extends { requestBody?: infer B } ? NonNullable<B> extends { content: { "application/json": infer J } } ? J : never : never;
type Answer<O> = O extends { responses: { 200: { content: { "application/json": infer J } } } } ? J : never;

type Login = Operation<"/doctor/login", "post">;

export const credentials: Body<Login> = { phone: "13800000000", password: "correct horse" };

// @ts-expect-error A login without a password is no login.
export const incomplete: Body<Login> = { phone: "13800000000" };

// @ts-expect-error Phones are text: a number would lose a leading +86.
export const numeric: Body<Login> = { phone: 13800000000, password: "correct horse" };

export function tokenOf(answer: Answer<Login>): string {
  const code: number = answer.code;
  const role: "doctor" | "admin" = answer.data.role;
  return `${code} ${role} ${answer.data.token}`;
}

type Profile = Answer<Operation<"/doctor/doctor_manage", "get">>;

export function birthday(profile: Profile): string | null {
  return profile.data.birth_date;
}

// @ts-expect-error What may be unset must be handled.
export const careless = (profile: Profile): string => profile.data.birth_date;

type Doctors = Operation<"/doctor/admin/doctors", "get">;

export const search: Doctors["parameters"]["query"] = { keyword: "wxm", status: "active", limit: 50 };

export function neverSeen(page: Answer<Doctors>): { names: string[]; next: string | null } {
  const never = page.data.items.filter((doctor) => doctor.last_login_at === null);
  return { names: never.map((doctor) => doctor.name), next: page.data.next_cursor };
}

type Erasing = Operation<"/doctor/admin/doctors/{id}", "delete">["parameters"];

// @ts-expect-error Nobody is erased without a condition.
export const hasty: Erasing["header"] = {};

type Entry = Answer<Operation<"/doctor/directory/{id}", "get">>["data"];

// @ts-expect-error Other services see no phone.
export const phoneOf = (entry: Entry): string => entry.phone;

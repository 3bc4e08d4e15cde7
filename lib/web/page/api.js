// The methods of administration. The operator's token is kept in this variable and nowhere else.
let token = '';
let grants = [];

export function useToken(text) {
  token = text;
}

// tokend has answered, and refused.
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

// tokend has not answered.
export class Unreachable extends Error {}

// Another operator has signed in, or nobody is signed in, since the question.
export class Outdated extends Error {}

// Returns the data of the answer. Throws Refused, Unreachable or Outdated.
export async function ask(verb, path, body, seconds = 60) {
  const asker = token;
  const headers = {};
  if (token !== '') headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  let answer;
  try {
    response = await fetch(`/admin/v1/${path}`, {
      method: verb,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(1000 * seconds),
    });
    answer = await response.json();
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (asker !== token) throw new Outdated();
  if (!response.ok) throw new Refused(response.status, answer.status?.code, answer.status?.message ?? 'It is refused.');
  return answer.data;
}

// The query of these terms, without those that are empty. A space is %20.
export function query(terms) {
  const given = Object.entries(terms).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  return text === '' ? '' : `?${text}`;
}

// What the operator may do, as the last status has it.
const ranks = {viewer: 0, operator: 1, admin: 2};
const areOne = (a, b) => a.toLowerCase() === b.toLowerCase();  // names of organisations, in whatever case
export function useGrants(all) {
  grants = all;
}
export const may = (role, organisation) =>
  grants.some((grant) => ranks[grant.role] >= ranks[role] &&
    (grant.organisations.length === 0 || grant.organisations.some((one) => areOne(one, organisation))));
export const mayEverywhere = (role) =>
  grants.some((grant) => ranks[grant.role] >= ranks[role] && grant.organisations.length === 0);
export const maySomewhere = (role) => grants.some((grant) => ranks[grant.role] >= ranks[role]);
// "admin", "operator of ACME, viewer"
export const rolesInWords = () =>
  grants.map(({role, organisations}) => (organisations.length === 0 ? role : `${role} of ${organisations.join(', ')}`))
    .join(', ');

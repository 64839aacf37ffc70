// The data of the people at the authorization server: visits per page and day, always the same ones.

const DAY_MS = 86_400_000;
const DAYS_PER_ANSWER = 3;
const PAGES = ["/", "/prices", "/contact"];

// What the API has for a person from day to day, both included.
export function visitsOf(login, since, until) {
  return daysOf(since, until).flatMap((day) => PAGES.map((page) => ({ page, day, visits: countOf(`${login} ${page} ${day}`) })));
}

export class ResourceServer {
  answered = 0;
  #provider;

  constructor(provider) {
    this.#provider = provider;
  }

  async answer(request, response) {
    const token = await this.#provider.AccessToken.find(request.headers.authorization?.replace(/^Bearer /, ""));
    if (!token) return refuse(response, 401, "invalid_token");
    if (!token.scopes.has("visits.read")) return refuse(response, 403, "insufficient_scope");
    this.answered += 1;
    const query = new URL(request.url, this.#provider.issuer).searchParams;
    const days = daysOf(query.get("cursor") ?? query.get("since"), query.get("until"));
    const data = visitsOf(token.accountId, days[0], days[Math.min(DAYS_PER_ANSWER, days.length) - 1]);
    return send(response, 200, { data, next: days[DAYS_PER_ANSWER] ?? null });
  }
}

// RFC 6750, section 3.
function refuse(response, status, error) {
  response.setHeader("www-authenticate", `Bearer error="${error}"`);
  send(response, status, { error });
}

function send(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function daysOf(since, until) {
  const days = [];
  for (let at = Date.parse(since); at <= Date.parse(until); at += DAY_MS) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

function countOf(text) {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 1_000, 7);
}

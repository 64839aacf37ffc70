// The control page: draws /_sim/state every two seconds and posts a command for each button.

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") node.addEventListener("click", value);
    else if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function command(path, body, told) {
  const answer = await fetch(`/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const result = await answer.json();
  byId("message").textContent = answer.ok ? told : result.error;
  await draw();
}

function nameOf(trouble) {
  const whom = [trouble.who, trouble.account].filter(Boolean).join(", ") || "everybody";
  return `${trouble.provider}: ${whom}`;
}

// A subject is { provider, who, account, field } where field is "login" or "key".
function bodyOf(subject) {
  const body = { provider: subject.provider };
  if (subject.who) body[subject.field] = subject.who;
  if (subject.account) body.account = subject.account;
  return body;
}

function isInForce(state, subject, fault) {
  return state.troubles.some(
    (trouble) =>
      trouble.provider === subject.provider &&
      trouble.fault === fault.fault &&
      (trouble.who ?? null) === (subject.who ?? null) &&
      (trouble.account ?? null) === (subject.account ?? null),
  );
}

function faultButton(state, subject, fault, key) {
  const told = `${fault.label}: ${nameOf(subject)}`;
  return element(
    "button",
    {
      type: "button",
      "data-key": `${key}/${fault.fault}`,
      "aria-pressed": String(isInForce(state, subject, fault)),
      onclick: () => command("fault", { ...bodyOf(subject), fault: fault.fault, params: fault.params }, told),
    },
    fault.label,
  );
}

function buttons(state, subject, faults, extra = []) {
  const key = [subject.provider, subject.who, subject.account].filter(Boolean).join("/");
  const make = (fault) => faultButton(state, subject, fault, key);
  const people = faults.filter((fault) => !fault.weather).map(make);
  const weather = faults.filter((fault) => fault.weather).map(make);
  const heal = element(
    "button",
    {
      type: "button",
      "data-key": `${key}/heal`,
      onclick: () => command("heal", bodyOf(subject), `Healed: ${nameOf(subject)}`),
    },
    "Heal",
  );
  return element(
    "div",
    {},
    element("div", { class: "actions" }, ...people, heal, ...extra),
    details(`${key}/weather`, "Network and provider troubles", element("div", { class: "actions" }, ...weather)),
  );
}

function details(key, title, ...content) {
  return element("details", { "data-key": key }, element("summary", {}, title), ...content);
}

function drawLogin(state, provider, login) {
  const subject = { provider: provider.id, who: login.login, field: "login" };
  const accounts = login.accounts.map((account) =>
    element(
      "article",
      {},
      element("h3", {}, `${account.name} `, element("code", {}, account.id)),
      buttons(state, { ...subject, account: account.id }, account.faults),
    ),
  );
  const facts = `${login.name}, ${login.live_grants} live consents, ${login.live_access_tokens} access tokens, ${login.live_refresh_tokens} refresh tokens`;
  return element(
    "article",
    { "data-login": login.login },
    element("h3", {}, login.login),
    element("p", { class: "facts" }, facts),
    buttons(state, subject, login.faults),
    accounts.length ? details(`${provider.id}/${login.login}/accounts`, `${accounts.length} accounts`, ...accounts) : null,
  );
}

function drawKey(state, provider, key) {
  const subject = { provider: provider.id, who: key.name, field: "key" };
  const fresh = element(
    "button",
    {
      type: "button",
      "data-key": `${provider.id}/${key.name}/new-key`,
      onclick: () => command("keys", { provider: provider.id, key: key.name }, `New key for ${key.name}`),
    },
    "Make a new key",
  );
  return element(
    "article",
    { "data-api-key": key.name },
    element("h3", {}, key.name),
    element("p", { class: "facts" }, `${key.email}, `, element("code", {}, key.secret), key.alive ? "" : ", deleted"),
    buttons(state, subject, key.faults, [fresh]),
  );
}

function drawProvider(state, provider) {
  const counts = provider.counts;
  const facts = `${counts.api} API calls, ${counts.refresh} refreshes, ${counts.exchange} exchanges`;
  return element(
    "section",
    { id: `provider-${provider.id}`, "aria-labelledby": `title-${provider.id}` },
    element("h2", { id: `title-${provider.id}` }, provider.name),
    element("p", { class: "facts" }, facts),
    details(
      `${provider.id}/whole`,
      `Everybody at ${provider.name}`,
      buttons(state, { provider: provider.id }, provider.faults),
    ),
    ...provider.logins.map((login) => drawLogin(state, provider, login)),
    ...provider.keys.map((key) => drawKey(state, provider, key)),
  );
}

function drawTrouble(trouble) {
  const subject = {
    provider: trouble.provider,
    who: trouble.who,
    account: trouble.account,
    field: trouble.who?.includes("@") ? "login" : "key",
  };
  const told = `${trouble.fault}${trouble.times ? `, ${trouble.times} more times` : ""}${trouble.reach === "everywhere" ? "" : `, ${trouble.reach} only`}`;
  const heal = element(
    "button",
    { type: "button", onclick: () => command("heal", bodyOf(subject), `Healed: ${nameOf(trouble)}`) },
    "Heal",
  );
  return element("li", {}, element("strong", {}, nameOf(trouble)), told, heal);
}

function drawRequest(entry) {
  const failed = entry.status === null || entry.status >= 400;
  return element(
    "tr",
    {},
    element("td", {}, new Date(entry.at).toLocaleTimeString()),
    element("td", {}, entry.provider),
    element("td", {}, entry.endpoint),
    element("td", {}, element("code", {}, `${entry.method} ${entry.host}${entry.path}`)),
    element("td", {}, entry.who ?? ""),
    element("td", failed ? { class: "bad" } : {}, [entry.status ?? "none", entry.trouble].filter(Boolean).join(", ")),
  );
}

let drawn = "";

async function draw() {
  const text = await (await fetch("/_sim/state")).text();
  if (text === drawn) return;
  drawn = text;
  const state = JSON.parse(text);
  const opened = [...document.querySelectorAll("details[open]")].map((node) => node.dataset.key);
  const focused = document.activeElement?.dataset?.key;
  const troubles = state.troubles.map(drawTrouble);
  byId("troubles").replaceChildren(...(troubles.length ? troubles : [element("li", {}, "Nothing. All is well.")]));
  byId("providers").replaceChildren(...state.providers.map((provider) => drawProvider(state, provider)));
  byId("recent").replaceChildren(...state.recent.map(drawRequest));
  for (const node of document.querySelectorAll("details")) node.open = opened.includes(node.dataset.key);
  if (focused) document.querySelector(`button[data-key="${CSS.escape(focused)}"]`)?.focus();
}

async function drawSafely() {
  try {
    await draw();
  } catch {
    byId("message").textContent = "The simulator does not answer.";
  }
}

byId("heal-all").addEventListener("click", () => command("heal", {}, "Everything is healed."));
byId("reset").addEventListener("click", () => {
  if (confirm("Forget every consent, token and key?")) command("reset", {}, "Started over.");
});

await drawSafely();
setInterval(drawSafely, 2000);

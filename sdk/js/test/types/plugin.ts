// What the types must accept, and the mistakes that they must find.

import { Auth, Column, Fetch, Flow, Items, Pages, definePlugin, each, get, post, report, rule, table } from "@relink/sdk";
import type { Context } from "@relink/sdk";
// The tests and the build refuse it, with a reason; tsc would tell people to install types for Node.
import { readFileSync } from "node:fs";

const things = table({ name: "things", label: "Things", columns: { id: Column.text("/id", { key: true }), day: Column.day("/day") }, daily: "day" });
const others = table({ name: "others", label: "Others", columns: { id: Column.text("/id", { key: true }) } });

const basis = {
  id: "toy",
  displayName: "Toy",
  version: "1.0.0",
  hosts: ["toy.example"],
  auth: [Auth.bearerKey()],
  probe: () => Fetch.probe(get("https://toy.example/me")),
  identify: () => Fetch.identity(get("https://toy.example/me"), (me) => ({ subject: me.id, label: me.name })),
};

definePlugin(basis);
readFileSync("notes.txt");

definePlugin({
  ...basis,
  tables: [things, others],
  errors: [rule("plan", "provider-specific", { json: { "/code": "PLAN" }, when: (failure) => failure.facts.consecutive > 1 })],
  sync: {
    things: (context: Context, { since, until }) =>
      Fetch.rows(things, get("https://toy.example/things", { query: { since, until, of: context.account } }), Items.at("/data"), {
        pages: Pages.token("/next", { query: "cursor" }),
      }),
    others: () =>
      each({
        list: get("https://toy.example/groups"),
        items: Items.at(),
        keep: (group) => group.id,
        run: (ids) => Flow.sequence(ids.map(() => Flow.nothing())),
      }),
  },
  throttle: (answer) => ({ budget: "requests", remaining: Number(answer.header("x-left")) }),
  classify: (failure, usual) => ({ ...usual(), message: failure.text() }),
});

report({
  create: post("https://toy.example/reports", { form: { type: "CLICKS" } }),
  id: "/id",
  poll: (id) => get(`https://toy.example/reports/${id}`),
  status: { ready: ["done"] },
  download: ({ location }) => Fetch.rows(others, get(location, { credential: null }), Items.csv(), { inChunks: 1024 }),
});

// @ts-expect-error A table without a function that fetches it.
definePlugin({ ...basis, tables: [things, others], sync: { things: () => Flow.nothing() } });

// @ts-expect-error A column that the table does not have.
table({ name: "a", label: "A", columns: { id: Column.text("/id") }, daily: "date" });

// @ts-expect-error A JSON pointer without its slash.
Column.text("id");

// @ts-expect-error A JSON pointer without its slash.
rule("plan", "provider-specific", { json: { "error/code": 7 } });

Auth.secrets({
  slots: [{ name: "user", label: "User" }, { name: "key", label: "Key" }],
  appSecrets: [{ name: "app", label: "App" }],
  uses: [{ headers: { "x-user": "user", "x-app": "app" }, basic: { user: "user", password: "key" } }],
});
Auth.oauth2({ authorizeUrl: "", tokenUrl: "", appSecrets: [{ name: "developer", label: "Token" }], uses: [{ bearer: "access_token", headers: { "x-developer": "developer" } }] });
Auth.bearerKey({ uses: [{ headers: { "x-key": "api_key" } }] });

// @ts-expect-error A secret that nobody gives.
Auth.secrets({ slots: [{ name: "key", label: "Key" }], uses: [{ bearer: "kei" }] });

// @ts-expect-error A secret that nobody gives.
Auth.bearerKey({ uses: [{ headers: { "x-key": "key" } }] });

// @ts-expect-error A reason that does not exist.
rule("plan", "plan-too-small");

// @ts-expect-error A condition that does not exist.
rule("plan", "provider-specific", { stats: 403 });

// @ts-expect-error An identity needs a label.
Fetch.identity(get(""), () => ({ subject: "u1" }));

// What the errors of Ahrefs mean.
//
// An error is `{"error": "text"}` or `["Error", "text"]`; there are no codes beside the status. Only
// owners and admins of a workspace can make keys or change the plan, so they are the ones to act. See
// <https://docs.ahrefs.com/api/docs/introduction>.

import { rule } from "@relink/sdk";

const BILLING_HELP = "https://ahrefs.com/pricing";
const LIMITS_HELP = "https://docs.ahrefs.com/api/docs/limits-consumption";
const KEYS_HELP = "https://docs.ahrefs.com/api/docs/api-keys-creation-and-management";
/** Tokens of Ahrefs Connect live for a year; a refusal after that needs no other explanation. */
const TOKEN_DAYS = 364;

export const errors = [
  rule("units-used-up", "provider-specific", {
    api: true,
    statuses: [400, 499],
    contains: ["units limit reached", "api units left: 0", "not enough units", "out of units"],
    remedy: "fix-billing",
    cause: "units-used-up",
    message:
      "The API units of the Ahrefs workspace are used up. Data comes again when they are renewed with the next billing month; an Ahrefs admin can also buy more or raise the limit of this key. The key stays the same.",
    help: LIMITS_HELP,
  }),
  rule("plan-lacks-access", "provider-specific", {
    api: true,
    statuses: [400, 499],
    contains: ["insufficient plan", "upgrade your plan", "not available on your plan", "not included in your plan"],
    remedy: "fix-billing",
    cause: "plan-lacks-access",
    message:
      "The plan of the Ahrefs workspace does not include this data. An Ahrefs admin must choose a plan that does; the key stays the same.",
    help: BILLING_HELP,
  }),
  // There is no text of its own for a lapsed subscription: a good key is answered with a bare
  // "Forbidden". A key that is not good is answered with 401.
  rule("subscription-lapsed", "provider-specific", {
    api: true,
    status: 403,
    jsonPresent: "",
    contains: ["forbidden", "subscription"],
    remedy: "fix-billing",
    cause: "subscription-inactive",
    message:
      "Ahrefs gives access to its API only with an active subscription, and the subscription of this workspace is not active. An Ahrefs admin must renew it. The key stays the same, and the data comes back by itself.",
    help: BILLING_HELP,
  }),
  rule("payment-required", "provider-specific", {
    api: true,
    status: 402,
    remedy: "fix-billing",
    cause: "payment-required",
    message: "Ahrefs asks for a payment before it gives data again. An Ahrefs admin must see to it; the key stays the same.",
    help: BILLING_HELP,
  }),
  rule("key-refused", "invalid-credentials", {
    api: true,
    status: 401,
    grant: "secret",
    actor: "account-admin",
    message:
      "Ahrefs no longer accepts this API key: it was deleted, is older than one year, or the person who made it left the workspace. An owner or admin of the Ahrefs workspace must create a new key and enter it here.",
    help: KEYS_HELP,
  }),
  rule("token-year-over", "expired-token", {
    api: true,
    status: 401,
    grant: "not-refreshable",
    tokenOlderThanDays: TOKEN_DAYS,
    cause: "token-lifetime-1y",
    message: "Ahrefs gives access for one year, and the year is over. Please reconnect.",
  }),
];

// What a person reads when the author of the plugin wrote nothing better: what happened, and who must
// do what next.

/** Longest quotation of the provider's own words. */
const MAX_QUOTE_CHARS = 240;
/** The engine in the sandbox does not know `\p{Cc}`. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const RENEWED = "The access to {provider} has run out and is being renewed. Nothing needs to be done.";
const KEY_REFUSED =
  "{provider} no longer accepts the key of this connection. Create a new key at {provider} and enter it here.";

/** By reason, and by reason and remedy where the remedy makes a difference. */
const MESSAGES = {
  "expired-token refresh": RENEWED,
  "expired-token replace-secret": KEY_REFUSED,
  "invalid-credentials replace-secret": KEY_REFUSED,
  "expired-token": "The access to {provider} has run out. Please reconnect to renew it.",
  "invalid-credentials":
    "{provider} no longer accepts the login of this connection, as happens after a change of password or when access was withdrawn. Please reconnect.",
  "invalid-refresh-token":
    "{provider} no longer lets us renew the access, as happens when access was withdrawn, the password was changed or the access was not used for long. Please reconnect.",
  "insufficient-privileges reauthorize":
    "{provider} did not give all the permissions that this connection needs. Please reconnect and leave all permissions ticked.",
  "insufficient-privileges":
    "The login of this connection may not see this data at {provider}. Ask an admin of the {provider} account to give it access, or reconnect with another login.",
  "account-action-required":
    "{provider} wants something to be done on its own pages before it gives access again. Log in at {provider}, follow its instructions, then reconnect.",
  "provider-specific fix-billing":
    "The {provider} plan or balance does not allow this. An admin of the {provider} account must renew or extend it; afterwards the connection heals by itself.",
  "provider-specific": "{provider} refuses access for a reason of its own. Check the account at {provider}.",
  "app-misconfigured":
    "{provider} does not accept our application. Our operators have to repair this; you need not do anything.",
  "rate-limited": "{provider} asked us to slow down. The data catches up by itself.",
  "provider-outage":
    "{provider} cannot be reached or answers with errors of its own. We keep trying; nothing needs to be done.",
  "request-rejected":
    "{provider} rejected our request as wrong. Our operators have to look at this; reconnecting does not help.",
  "not-a-failure": "{provider} answered as it should.",
  unknown:
    "{provider} refused access, and we cannot tell exactly why. Reconnecting is the best thing to try.",
};

export function usualMessage(reason, remedy) {
  return MESSAGES[`${reason} ${remedy}`] ?? MESSAGES[reason];
}

/** Puts names into a message. */
export function fill(message, provider, failure) {
  return message.replaceAll("{provider}", () => provider).replaceAll("{account}", () => failure.account ?? "the account");
}

/** Appends the provider's own words, shortened, on one line and without markup. */
export function quote(message, words) {
  const shown = [...words.replace(/[<>{}]/g, "")].slice(0, MAX_QUOTE_CHARS).join("").replace(CONTROL, " ");
  return `${message} {provider} says: “${shown.trim()}”`;
}

// Saying how people authorize, and where the host puts the credential.

import { PLACES } from "./names.js";
import { oauth2Kind, OAUTH2_OPTIONS } from "./oauth2.js";
import { checkOptions, requireOneOf, requireOptions } from "./options.js";
import { DEFAULT_CREDENTIAL, fields } from "./request.js";

/** What the host itself obtains under these names, nobody can type. */
const RESERVED_SECRETS = ["access_token", "refresh_token"];
const METHOD_OPTIONS = ["id", "label", "appSecrets", "uses"];

export const Auth = {
  /** An OAuth 2 code grant, with the token as `Authorization: Bearer`. */
  oauth2(options) {
    checkOptions("Auth.oauth2", options, [...OAUTH2_OPTIONS, ...METHOD_OPTIONS]);
    requireOptions("Auth.oauth2", options, ["authorizeUrl", "tokenUrl"]);
    const clientSecrets = [
      { name: "client_id", label: "Client ID", public: true },
      { name: "client_secret", label: "Client secret" },
    ];
    return method(options, {
      id: "oauth",
      label: "Log in",
      kind: { tag: "oauth2-code", val: oauth2Kind(options) },
      appSecrets: clientSecrets,
      userSecrets: [],
      uses: [{ bearer: "access_token" }],
    });
  },

  /** A key that a person types, sent as `Authorization: Bearer`. */
  bearerKey(options = {}) {
    checkOptions("Auth.bearerKey", options, ["help", ...METHOD_OPTIONS]);
    return secrets(options, [{ name: "api_key", label: "API key", help: options.help }], [{ bearer: "api_key" }]);
  },

  /** Secrets that a person types; `uses` says where they go. */
  secrets(options) {
    checkOptions("Auth.secrets", options, ["slots", ...METHOD_OPTIONS]);
    requireOptions("Auth.secrets", options, ["slots"]);
    return secrets(options, options.slots, []);
  },
};

function secrets(options, slots, uses) {
  const kind = { tag: "static-secret" };
  return method(options, { id: "api-key", label: "API key", kind, appSecrets: [], userSecrets: slots, uses });
}

function method(options, usual) {
  const appSecrets = [...usual.appSecrets, ...(options.appSecrets ?? [])].map(slot);
  const userSecrets = usual.userSecrets.map(slot);
  requireDistinct([...appSecrets, ...userSecrets]);
  return {
    id: options.id ?? usual.id,
    label: options.label ?? usual.label,
    kind: usual.kind,
    appSecrets,
    userSecrets,
    uses: uses([...usual.uses, ...(options.uses ?? [])].map(credentialUse)),
  };
}

/** Of two uses with the same name, the later one takes the place of the other. */
function uses(all) {
  return all.filter(({ name }, index) => !all.slice(index + 1).some((later) => later.name === name));
}

function requireDistinct(slots) {
  const names = slots.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new TypeError(`there are two secrets "${twice}"`);
}

function slot(options) {
  checkOptions(`secret "${options.name}"`, options, ["name", "label", "help", "public", "optional"]);
  requireOptions(`secret "${options.name}"`, options, ["name", "label"]);
  const { name, label, help } = options;
  if (RESERVED_SECRETS.includes(name)) {
    throw new TypeError(`secret "${name}" has a name that belongs to what the host obtains by itself; call it "api_key", for example`);
  }
  return { name, label, helpUrl: help, public: options.public === true, optional: options.optional === true };
}

function credentialUse(options) {
  const { name = DEFAULT_CREDENTIAL, bearer, headers = {}, query = {}, basic, placed = [], signer, onlyTo = [] } = options;
  checkOptions(`credential use "${name}"`, options, ["name", "bearer", "headers", "query", "basic", "placed", "signer", "onlyTo"]);
  const placements = [
    ...(bearer === undefined ? [] : [{ secret: bearer, where: "header", name: "authorization", prefix: "Bearer " }]),
    ...Object.entries(headers).map(([header, secret]) => ({ secret, where: "header", name: header })),
    ...Object.entries(query).map(([parameter, secret]) => ({ secret, where: "query", name: parameter })),
    ...(basic === undefined ? [] : [{ secret: basic.user, where: "basic-user" }, { secret: basic.password, where: "basic-password" }]),
    ...placed,
  ];
  return {
    name,
    placements: placements.map(placement),
    signer: signer && { name: signer.name, params: fields(signer.params) },
    hosts: onlyTo,
  };
}

function placement({ secret, where, name = "", prefix = "", suffix = "" }) {
  requireOneOf(`the place of secret "${secret}"`, where, PLACES);
  return { secret, where, name, prefix, suffix };
}

// Saying how people authorize, and where the host puts the credential.

declare const made: unique symbol;

/** A way to authorize; made by `Auth`. */
export interface AuthMethod {
  readonly [made]: "auth method";
}

/** `Slot` are the names of the secrets that are declared here, `Known` those that are there besides. */
interface MethodOptions<Slot extends string = string, Known extends string = string> {
  /** Needed where there are two of a kind. */
  id?: string | undefined;
  label?: string | undefined;
  /** Secrets that the operator supplies once, such as a developer token. */
  appSecrets?: SecretSlot<Slot>[] | undefined;
  /** The named ways in which a request may use the secrets; one replaces the usual one of its name. */
  uses?: CredentialUse<NoInfer<Slot> | Known>[] | undefined;
}

export interface SecretSlot<Name extends string = string> {
  name: Name;
  label: string;
  /** Where the person finds the value. */
  help?: string | undefined;
  /** The value is no secret (an e-mail address) and may be shown again. */
  public?: boolean | undefined;
  /** Nobody has to give it; requests go without it then. */
  optional?: boolean | undefined;
}

/** Each value is the name of a secret: "access_token", or that of a slot. */
export interface CredentialUse<Secret extends string = string> {
  /** "default", which requests take by themselves, unless another is named. */
  name?: string | undefined;
  /** `Authorization: Bearer` and this secret. */
  bearer?: Secret | undefined;
  headers?: Record<string, Secret> | undefined;
  query?: Record<string, Secret> | undefined;
  basic?: { user: Secret; password: Secret } | undefined;
  placed?: Placement<Secret>[] | undefined;
  /** A signer of the host. */
  signer?: { name: string; params?: Record<string, string> | undefined } | undefined;
  /** The hosts that may receive it; every host of the plugin otherwise. */
  onlyTo?: string[] | undefined;
}

export interface Placement<Secret extends string = string> {
  secret: Secret;
  where: "header" | "query" | "form-field" | "json-pointer" | "basic-user" | "basic-password";
  name?: string | undefined;
  prefix?: string | undefined;
  suffix?: string | undefined;
}

/** RFC 6749 as written, unless an option says where the provider deviates. */
export interface Oauth2Options<Slot extends string = string>
  extends MethodOptions<Slot, "access_token" | "client_id" | "client_secret"> {
  authorizeUrl: string;
  tokenUrl: string;
  /** `label` says what it allows, in the words of the provider's consent page. */
  scopes?: { name: string; label: string; optional?: boolean | undefined }[] | undefined;
  /** What stands between two scopes, if that is no space. */
  scopeSeparator?: string | undefined;
  /** Where tokens are revoked (RFC 7009). */
  revokedAt?: string | undefined;
  /** There is a refresh token, and this becomes of the old one when it is used. */
  refreshed?: "none" | "stays-valid" | "strict" | { graceS: number } | undefined;
  /** There is no refresh token; a living access token is exchanged for a longer one. */
  extended?: boolean | undefined;
  /** False only where the provider refuses PKCE. */
  pkce?: boolean | undefined;
  /** How the client proves itself at the token endpoint: in the body unless another way is named. */
  tokenAuth?: "body" | "basic" | "none" | undefined;
  tokenBody?: "form" | "json" | undefined;
  authorizeParams?: Record<string, string> | undefined;
  /** In addition, when an authorization is renewed: `{ prompt: "consent" }`. */
  reconnectParams?: Record<string, string> | undefined;
  tokenParams?: Record<string, string> | undefined;
  refreshParams?: Record<string, string> | undefined;
  /** The provider's names for parameters: `{ client_id: "client_key" }`. */
  paramNames?: Record<string, string> | undefined;
  /** Where the values of the token answer lie: `{ access_token: "/data/token" }`. */
  tokenPointers?: Record<string, string> | undefined;
  /** The parameter that preselects the account: "login_hint". */
  loginHint?: string | undefined;
  /** Values of the callback or the token answer that are no secret and become settings. */
  keep?: { from: "callback-query" | "token-answer"; name: string; setting: string }[] | undefined;
  /** The lifetime of the access token in seconds when the provider does not say it. */
  assumedLifetimeS?: number | undefined;
  /**
   * What the provider sends as `iss` when it sends the person back (RFC 9207). Whoever comes back without
   * it is refused, so name it only if the provider always sends it.
   */
  issuer?: string | undefined;
  /** After so many days a person must authorize again, whatever happens. */
  reauthorizeDays?: number | undefined;
}

export const Auth: {
  /** An OAuth 2 code grant, with the token as `Authorization: Bearer`. */
  oauth2<const Slot extends string = never>(options: Oauth2Options<Slot>): AuthMethod;
  /** A key that a person types, sent as `Authorization: Bearer`. */
  bearerKey<const Slot extends string = never>(options?: MethodOptions<Slot, "api_key"> & { help?: string | undefined }): AuthMethod;
  /** Secrets that a person types; `uses` says where they go. */
  secrets<const Slot extends string>(options: MethodOptions<Slot, never> & { slots: SecretSlot<Slot>[] }): AuthMethod;
};

// Only what is marked is exported.
export {};

// An OpenID provider that this project did not write, as strict as it can be: PKCE from everybody, and
// refresh tokens of which one that comes a second time ends the whole grant. Its pages are its own.

import { createServer } from "node:http";
import { createHash, generateKeyPairSync, randomUUID } from "node:crypto";
import Provider from "oidc-provider";
import { ResourceServer } from "./resource-server.js";

// Who the server says it is, as the descriptor of `plugins/_oidc` has it; the route to it is another address.
export const ISSUER = "https://login.oidc.example";
const ACCESS_TOKEN_S = 4;
const HOUR_S = 3_600;

// With what RFC 6749, section 2.3.1, wants encoded before it becomes a user and a password.
export const CLIENT = { id: "relink: tests", secret: "a+b/c=d%20e&f: g?h" };

// What a client is told in place of the login (OpenID Connect Core, section 8.1).
export const subjectOf = (login) => createHash("sha256").update(login).digest("base64url");

export class AuthorizationServer {
  requests = 0;
  challengeMethods = [];
  consumed = [];
  refusals = [];
  #grants = new Map();

  // The address must be known before the client is, since the client's settings name it.
  static async listen() {
    const server = new AuthorizationServer();
    server.http = createServer((request, response) => server.#answer(request, response));
    await new Promise((resolve) => server.http.listen(0, "127.0.0.1", resolve));
    // Another site than Relink's 127.0.0.1, as providers are.
    server.address = `http://localhost:${server.http.address().port}`;
    return server;
  }

  // What an operator does in the provider's console.
  register(redirectUri) {
    this.redirectUri = redirectUri;
    this.provider = new Provider(ISSUER, configuration(redirectUri));
    this.callback = this.provider.callback();
    this.data = new ResourceServer(this.provider);
    this.provider.on("authorization.success", (ctx) => this.challengeMethods.push(ctx.oidc.params.code_challenge_method));
    this.provider.on("refresh_token.consumed", (token) => this.consumed.push(token.jti));
    this.provider.on("grant.error", (_, error) => this.refusals.push(error.error_detail));
    this.provider.on("grant.saved", (grant) => this.#grants.set(grant.jti, grant));
    this.provider.on("server_error", (_, error) => console.error(error));
  }

  #answer(request, response) {
    this.requests += 1;
    if (!this.provider) response.writeHead(503).end();
    else if (request.url.startsWith("/api/")) this.data.answer(request, response);
    else this.callback(request, response);
  }

  // The person takes the access back on the provider's pages.
  async withdraw(login) {
    const { AccessToken, Grant, RefreshToken } = this.provider;
    for (const { jti } of [...this.#grants.values()].filter((grant) => grant.accountId === login)) {
      await Promise.all([AccessToken, RefreshToken].map((model) => model.revokeByGrantId(jti)));
      await (await Grant.find(jti))?.destroy();
      this.#grants.delete(jti);
    }
  }

  // What somebody does who found an old refresh token together with the client's secret.
  async refreshWith(token) {
    const encoded = [CLIENT.id, CLIENT.secret].map((part) => new URLSearchParams({ part }).toString().slice(5));
    const authorization = `Basic ${Buffer.from(encoded.join(":")).toString("base64")}`;
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
    return fetch(`${this.address}/token`, { method: "POST", headers: { authorization }, body });
  }

  // Where the server sends a browser that comes with these parameters.
  async authorize(parameters) {
    const url = `${this.address}/authorize?${new URLSearchParams({ client_id: CLIENT.id, ...parameters })}`;
    return new URL((await fetch(url, { redirect: "manual" })).headers.get("location"), this.address);
  }

  async stop() {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }
}

const configuration = (redirectUri) => ({
  clients: [{
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    client_name: "Relink",
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    subject_type: "pairwise",
  }],
  scopes: ["openid", "offline_access", "visits.read"],
  claims: { openid: ["sub"], email: ["email"] },
  findAccount: (_, login) => ({ accountId: login, claims: () => ({ sub: login, email: login }) }),
  subjectTypes: ["pairwise"],
  pairwiseIdentifier: (_, login) => subjectOf(login),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
  routes: { authorization: "/authorize", token: "/token", revocation: "/revoke", userinfo: "/userinfo" },
  ttl: {
    AccessToken: ACCESS_TOKEN_S, AuthorizationCode: 60, Grant: HOUR_S, IdToken: HOUR_S,
    Interaction: HOUR_S, RefreshToken: HOUR_S, Session: HOUR_S,
  },
  cookies: { keys: [randomUUID()] },
  jwks: { keys: [generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })] },
});

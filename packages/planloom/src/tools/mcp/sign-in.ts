// OAuth for remote MCP servers: authorization code with PKCE. In: a server and the file of its credentials. Out: a token for
// each request, which is renewed without a person; and the steps of a sign-in with one. The SDK does the protocol.
import { randomBytes } from "node:crypto";
import {
  auth,
  extractWWWAuthenticateParams,
  type AuthProvider,
  type FetchLike,
  type OAuthClientInformationContext,
  type OAuthClientMetadata,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { isRefused } from "./http-transport.js";
import type { HttpServer } from "./server-config.js";
import type { KeptCredentials, TokenFile } from "./token-file.js";

/** A person has to sign in. The name is that of the SDK's error for the same. */
class SignInNeeded extends Error {
  override readonly name = "UnauthorizedError";
}

interface Person {
  /** Where the authorization server sends the browser of the person. */
  readonly redirectUrl: string;
  /** Shows the person the address to open. */
  readonly show: (address: URL) => void;
}

/** Keeps what the SDK learns. Without a person it throws SignInNeeded where one is needed. */
class Credentials implements OAuthClientProvider {
  /** What the authorization server has to send back. */
  readonly expectedState = randomBytes(24).toString("base64url");
  #verifier = "";
  #handed: string | undefined;
  /** What a sign-in with a person has learnt. It replaces the file when it ends well. */
  #learnt: KeptCredentials = {};

  constructor(
    private readonly oauth: NonNullable<HttpServer["oauth"]>,
    private readonly file: TokenFile,
    private readonly person?: Person,
  ) {}

  get redirectUrl(): string {
    return this.person?.redirectUrl ?? "http://127.0.0.1/callback";
  }

  get clientMetadata(): OAuthClientMetadata {
    const { scope } = this.oauth;
    return {
      client_name: "Planloom",
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      ...(scope === undefined ? {} : { scope }),
    };
  }

  state(): string {
    return this.expectedState;
  }

  clientInformation(context?: OAuthClientInformationContext): StoredOAuthClientInformation | undefined {
    const { clientId } = this.oauth;
    if (clientId !== undefined) return { client_id: clientId, ...context };
    const { client } = this.#kept();
    // Without a client the SDK would register one, which is of no use without a person.
    if (client === undefined && this.person === undefined) throw new SignInNeeded();
    return client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#keep({ client });
  }

  tokens(): StoredOAuthTokens | undefined {
    const { tokens } = this.#kept();
    this.#handed = tokens?.refresh_token;
    return tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    const { refresh_token: before } = this.#kept().tokens ?? {};
    // A server that gives no other one means that the old one stays valid.
    this.#keep({ tokens: before === undefined ? tokens : { refresh_token: before, ...tokens } });
  }

  redirectToAuthorization(address: URL): void {
    if (this.person === undefined) throw new SignInNeeded();
    this.person.show(address);
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#kept().discovery;
  }

  saveDiscoveryState(discovery: OAuthDiscoveryState): void {
    this.#keep({ discovery });
  }

  invalidateCredentials(scope: "all" | "client" | "tokens" | "verifier" | "discovery"): void {
    const { tokens, client, discovery } = this.#kept();
    // Another process has renewed the tokens meanwhile.
    const isRenewed = scope === "tokens" && tokens !== undefined && tokens.refresh_token !== this.#handed;
    if (isRenewed || scope === "verifier" || scope === "discovery") return;
    this.#replace(scope === "tokens" ? { ...(client && { client }), ...(discovery && { discovery }) } : {});
  }

  #kept(): KeptCredentials {
    return this.person === undefined ? this.file.read() : this.#learnt;
  }

  #keep(part: KeptCredentials): void {
    this.#replace({ ...this.#kept(), ...part });
  }

  #replace(credentials: KeptCredentials): void {
    this.#learnt = credentials;
    if (this.person === undefined || credentials.tokens !== undefined) this.file.write(credentials);
  }
}

/** Gives the token to each request. Requests that are refused at the same time renew it once. */
export class KeptSignIn implements AuthProvider {
  readonly #credentials: Credentials;
  #renewing: Promise<void> | undefined;

  constructor(
    { oauth = {} }: HttpServer,
    private readonly file: TokenFile,
  ) {
    this.#credentials = new Credentials(oauth, file);
  }

  token(): Promise<string | undefined> {
    return Promise.resolve(this.file.read().tokens?.access_token);
  }

  async onUnauthorized(refused: Refused): Promise<void> {
    const now = this.file.read().tokens?.access_token;
    if (now === undefined) throw new SignInNeeded();
    // Another request, or another process, has renewed it.
    if (!isRefused(refused.response, now)) return;
    this.#renewing ??= this.#renew(refused).finally(() => (this.#renewing = undefined));
    await this.#renewing;
  }

  async #renew({ response, serverUrl, fetchFn }: Refused): Promise<void> {
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
    const hints = { ...(resourceMetadataUrl && { resourceMetadataUrl }), ...(scope && { scope }) };
    const end = await auth(this.#credentials, { serverUrl, fetchFn, ...hints });
    if (end !== "AUTHORIZED") throw new SignInNeeded();
  }
}

type Refused = Parameters<NonNullable<AuthProvider["onUnauthorized"]>>[0];

/** A sign-in with a person, from the first request to the tokens in the file. */
export class PersonSignIn {
  readonly #credentials: Credentials;
  #hints: { readonly resourceMetadataUrl?: URL; readonly scope?: string } = {};

  constructor(
    private readonly server: HttpServer,
    file: TokenFile,
    private readonly fetchFn: FetchLike,
    person: Person,
  ) {
    this.#credentials = new Credentials(server.oauth ?? {}, file, person);
  }

  get expectedState(): string {
    return this.#credentials.expectedState;
  }

  /** Shows the person the address. Returns false if the server wants no sign-in. */
  async begin(): Promise<boolean> {
    const response = await this.fetchFn(this.server.url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "server/discover", params: {} }),
    });
    await response.body?.cancel();
    if (response.status !== 401) return false;
    const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
    this.#hints = { ...(resourceMetadataUrl && { resourceMetadataUrl }), ...(scope && { scope }) };
    await auth(this.#credentials, this.#request());
    return true;
  }

  /** Trades the code for tokens, and keeps them. Rejects with the SDK's error. */
  async end(authorizationCode: string, iss: string | undefined): Promise<void> {
    await auth(this.#credentials, { ...this.#request(), authorizationCode, ...(iss === undefined ? {} : { iss }) });
  }

  #request() {
    return { serverUrl: this.server.url, fetchFn: this.fetchFn, ...this.#hints };
  }
}

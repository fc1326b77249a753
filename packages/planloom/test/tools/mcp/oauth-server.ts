// A remote MCP server that wants a sign-in, with its authorization server, on this machine. In: nothing. Out: its address,
// what it was asked, and a browser that follows the address of a sign-in.
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { serve } from "../local-server.js";
import { MODERN, type Asked } from "./raw-servers.js";

export interface OAuthServer {
  readonly url: string;
  /** What was done, in order: register, authorize, code, refresh, refused, call. */
  readonly log: string[];
  /** Ends the access tokens that it gave. */
  expire(): void;
  /** Forgets the refresh tokens, too. */
  revoke(): void;
  close(): Promise<void>;
}

export async function oauthServer(): Promise<OAuthServer> {
  const log: string[] = [];
  const codes = new Map<string, { readonly challenge: string; readonly redirect: string }>();
  const [access, refresh] = [new Set<string>(), new Set<string>()];
  const secret = (): string => randomBytes(16).toString("hex");

  const json = (response: ServerResponse, status: number, body: object): void =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const given = (response: ServerResponse): void => {
    const [token, renewal] = [secret(), secret()];
    access.add(token);
    refresh.add(renewal);
    json(response, 200, { access_token: token, token_type: "Bearer", expires_in: 3600, refresh_token: renewal });
  };

  function token(body: URLSearchParams, response: ServerResponse): void {
    if (body.get("grant_type") === "refresh_token") {
      log.push("refresh");
      if (refresh.delete(body.get("refresh_token") ?? "")) return given(response);
      return json(response, 400, { error: "invalid_grant" });
    }
    log.push("code");
    const code = codes.get(body.get("code") ?? "");
    codes.delete(body.get("code") ?? "");
    const proof = createHash("sha256")
      .update(body.get("code_verifier") ?? "")
      .digest("base64url");
    if (code?.challenge === proof && code.redirect === body.get("redirect_uri")) return given(response);
    json(response, 400, { error: "invalid_grant" });
  }

  function call(request: IncomingMessage, text: string, response: ServerResponse): void {
    const [, sent = ""] = (request.headers.authorization ?? "").split(" ");
    if (!access.has(sent)) {
      log.push("refused");
      const metadata = `${base()}/.well-known/oauth-protected-resource/mcp`;
      response.writeHead(401, { "www-authenticate": `Bearer resource_metadata="${metadata}"` }).end();
      return;
    }
    if (request.method !== "POST") return void response.writeHead(405).end();
    const message = JSON.parse(text) as Omit<Asked, "request">;
    if (message.method === "tools/call") log.push("call");
    const result = MODERN[message.method]?.({ ...message, request }, response);
    json(response, 200, { jsonrpc: "2.0", id: message.id, result: result ?? {} });
  }

  const local = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const { pathname, searchParams } = new URL(request.url!, base());
      switch (pathname) {
        case "/.well-known/oauth-protected-resource/mcp":
          return json(response, 200, { resource: `${base()}/mcp`, authorization_servers: [base()] });
        case "/.well-known/oauth-authorization-server":
          return json(response, 200, {
            issuer: base(),
            authorization_endpoint: `${base()}/authorize`,
            token_endpoint: `${base()}/token`,
            registration_endpoint: `${base()}/register`,
            response_types_supported: ["code"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["none"],
            authorization_response_iss_parameter_supported: true,
          });
        case "/register":
          log.push("register");
          return json(response, 201, { ...(JSON.parse(text) as object), client_id: "client-1" });
        case "/authorize": {
          log.push("authorize");
          const code = secret();
          const redirect = searchParams.get("redirect_uri")!;
          codes.set(code, { challenge: searchParams.get("code_challenge")!, redirect });
          const back = new URL(redirect);
          const sent = { code, state: searchParams.get("state")!, iss: base() };
          for (const [name, value] of Object.entries(sent)) back.searchParams.set(name, value);
          return response.writeHead(302, { location: back.href }).end();
        }
        case "/token":
          return token(new URLSearchParams(text), response);
        default:
          return call(request, text, response);
      }
    });
  });
  function base(): string {
    return local.url;
  }
  return {
    url: `${local.url}/mcp`,
    log,
    expire: () => access.clear(),
    revoke: () => (access.clear(), refresh.clear()),
    close: () => local.close(),
  };
}

// The credentials of this user at one remote MCP server. In: the address of the server. Out: a private file in the user's
// configuration folder. It is bound to the address: another server never gets what is in it.
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { ownershipFault } from "../../files/ownership.js";
import { makePrivate, makePrivateFolder, replacePrivateFile } from "../../files/private.js";
import { userFolder, type Environment } from "../../files/user-folder.js";
import { isObject, type Json } from "../../plan/json.js";

export interface KeptCredentials {
  readonly tokens?: StoredOAuthTokens;
  /** The client as which the tokens were given. */
  readonly client?: StoredOAuthClientInformation;
  /** The authorization server that gave them. */
  readonly discovery?: OAuthDiscoveryState;
}

/** Where the files are. Tools cannot read them. */
export const tokenFolder = (env?: Environment): string => join(userFolder(env), "mcp-tokens");

export class TokenFile {
  readonly path: string;
  readonly #address: string;

  constructor(url: string, folder: string = tokenFolder()) {
    const { href, host } = new URL(url);
    this.#address = href;
    const hash = createHash("sha256").update(href).digest("hex").slice(0, 16);
    this.path = join(folder, `${host.replace(/[^\w.-]/gu, "_")}-${hash}.json`);
  }

  /** A file that is damaged, of another server, or that others may have written counts as empty. */
  read(): KeptCredentials {
    try {
      if (ownershipFault(this.path) !== undefined) return {};
      const found = JSON.parse(readFileSync(this.path, "utf8")) as Json;
      return isObject(found) && found["server"] === this.#address ? found : {};
    } catch {
      return {};
    }
  }

  /** Throws the system's error. */
  write(credentials: KeptCredentials): void {
    const folder = dirname(this.path);
    makePrivateFolder(folder);
    makePrivate(folder);
    replacePrivateFile(this.path, `${JSON.stringify({ server: this.#address, ...credentials }, null, 2)}\n`);
  }

  /** Returns whether there was one. */
  remove(): boolean {
    const was = this.read().tokens !== undefined;
    rmSync(this.path, { force: true });
    return was;
  }
}

// The words around a question that an MCP server asks a person. The question itself is text of the server.

interface Asked {
  readonly server: string;
  /** In the words of the server, which nobody has checked. */
  readonly message: string;
}

export const formQuestionText = ({ server, message }: Asked): string => `The server "${server}" asks: ${message}`;

export const confirmQuestionText = ({ server, message }: Asked): string =>
  `The server "${server}" asks: ${message}\nAnswer true to confirm, false to cancel.`;

/** The host stands alone, because a long address can hide it. */
export const addressQuestionText = ({ server, message, url }: Asked & { readonly url: URL }): string =>
  `The server "${server}" wants you to open an address of ${url.host}, and says: ${message}\n${url.href}\n` +
  "Open it only if you know this host. Answer true when you have done what the page asks, false to cancel.";

// Words of the page that a browser shows after a sign-in to an MCP server.

export const SIGNED_IN_TEXT = "You can close this page and go back to the terminal.";

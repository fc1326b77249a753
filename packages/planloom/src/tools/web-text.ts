// The text of bytes from the network. In: bytes and the charset that was told. Out: text. A wrong charset is no error.

/**
 * The charset of a byte order mark, else of the header, else the one that a page of HTML or XML declares near its start,
 * else UTF-8.
 */
export function webText(body: Buffer, charset: string | undefined): string {
  const start = body.toString("latin1", 0, 1_024);
  try {
    return new TextDecoder(markOf(start) ?? charset ?? declaredIn(start) ?? "utf-8").decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function declaredIn(start: string): string | undefined {
  const declared = /<meta[^>]{1,200}charset\s*=\s*["']?([\w-]+)|^\s*<\?xml[^>]{1,200}encoding\s*=\s*["']([\w-]+)/i.exec(
    start,
  );
  return declared?.[1] ?? declared?.[2];
}

function markOf(start: string): string | undefined {
  if (start.startsWith("\xEF\xBB\xBF")) return "utf-8";
  if (start.startsWith("\xFF\xFE")) return "utf-16le";
  return start.startsWith("\xFE\xFF") ? "utf-16be" : undefined;
}

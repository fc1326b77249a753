// Writes a text as one word of a shell. In: an id, a path. Out: the word, in quotes if it needs them. People copy the
// commands that Planloom prints, and an id may come from a store or a program of others.

export const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) || process.platform === "win32" ? text : `'${text.replaceAll("'", "'\\''")}'`;

// Words for deeds that undo each other. In: the words of two names. Out: whether they ask for opposite deeds. A tool
// that cancels is never suggested for one that books.

/** Beginnings of words: what does, and what undoes. */
const PAIRS: readonly (readonly [does: RegExp, undoes: RegExp])[] = [
  pair("book reserv schedul order", "cancel void revok abort delet remov"),
  pair("creat add insert make generat register", "delet remov eras destroy drop purg clear unregister cancel"),
  pair("open", "clos"),
  pair("start begin launch resum", "stop halt paus suspend terminat"),
  pair("send submit", "receiv unsend recall"),
  pair("buy purchas", "sell"),
  pair("pay charg", "refund reimburs"),
  pair("upload", "download"),
  pair("import", "export"),
  pair("encrypt", "decrypt"),
  pair("encod compress zip", "decod decompress unzip"),
  pair("lock", "unlock"),
  pair("enabl activat", "disabl deactivat"),
  pair("subscrib follow", "unsubscrib unfollow"),
  pair("login signin", "logout signout"),
  pair("accept approv allow grant", "reject deny denie refus declin block"),
  pair("deposit", "withdraw"),
  pair("publish", "unpublish"),
  pair("install", "uninstall"),
  pair("connect attach mount", "disconnect detach unmount"),
  pair("increas rais", "decreas reduc lower"),
  pair("archiv", "restor unarchiv"),
  pair("mute", "unmute"),
  pair("invit", "uninvit kick ban"),
];

function pair(does: string, undoes: string): readonly [RegExp, RegExp] {
  const begins = (words: string): RegExp => new RegExp(`^(?:${words.replaceAll(" ", "|")})`);
  return [begins(does), begins(undoes)];
}

export type Deeds = readonly (-1 | 0 | 1)[];

/** For each pair: 1 for a deed, -1 for the deed that undoes it, 0 for neither. Undoing wins: `cancel_booking`. */
export function deedsIn(words: ReadonlySet<string>): Deeds {
  const all = [...words];
  const says = (deed: RegExp): boolean => all.some((word) => deed.test(word));
  return PAIRS.map(([does, undoes]) => (says(undoes) ? -1 : says(does) ? 1 : 0));
}

/** Whether one undoes what the other does. */
export const areOpposite = (a: Deeds, b: Deeds): boolean => a.some((side, at) => side * b[at]! === -1);

// Parts of a page that a token must have a right for. In: the right, and what it is for. Out: the parts, or a sentence that
// says why they are not there. The server decides again.
import type { ComponentChildren } from "preact";
import { useCell } from "../api/cell.js";
import { caller, type Caller } from "../api/session.js";

type Right = Caller["right"];

const ORDER: readonly Right[] = ["read", "approve", "all"];

const HAS: { readonly [right in Right]: string } = {
  read: "may only read",
  approve: "may only read and answer what waits",
  all: "may do everything",
};

/** Whether the person who is signed in has this right. */
export function useMay(needed: Right): boolean {
  const { right = "all" } = useCell(caller) ?? {};
  return ORDER.indexOf(right) >= ORDER.indexOf(needed);
}

interface AllowedProps {
  readonly needs: Right;
  /** What is not offered: `start runs`. */
  readonly to: string;
  readonly children: ComponentChildren;
}

export function Allowed({ needs, to, children }: AllowedProps) {
  const who = useCell(caller);
  if (useMay(needs) || who === undefined) return <>{children}</>;
  return (
    <p class="soft small">
      Your token {who.name} {HAS[who.right]}. To {to}, it needs the right <span class="mono">{needs}</span>.
    </p>
  );
}

// Labels of tools and values: a mark and a word. In: an effect, or the origin of a value. Out: labels.
import type { JSX } from "preact";

const pen = { fill: "none", stroke: "currentColor", "stroke-width": 1.4 };

/** Drawn in a square of 12 by 12. */
const MARKS = {
  leaves: <path d="M1.5 2.5v8h8V7M6 1.5h4.5V6M10.2 1.8 5 7" {...pen} />,
  repeats: <path d="M2 8.5h6.5a2 2 0 0 0 0-5H3M5 1 2.5 3.5 5 6" {...pen} />,
  untrusted: (
    <>
      <circle cx="6" cy="6" r="4.5" {...pen} stroke-dasharray="2.2 1.4" />
      <circle cx="6" cy="6" r="1.3" fill="currentColor" />
    </>
  ),
  private: (
    <>
      <rect x="2" y="5.2" width="8" height="5.3" fill="currentColor" />
      <path d="M3.8 5V3.8a2.2 2.2 0 0 1 4.4 0V5" {...pen} />
    </>
  ),
  yes: <path d="m1.8 6.4 2.8 2.8 5.6-6.4" {...pen} stroke-width="1.6" />,
  no: <path d="m2 2 8 8M10 2l-8 8" {...pen} stroke-width="1.8" />,
  note: <path d="M6 1v6.5M6 9.2v1.6" {...pen} stroke-width="1.8" />,
} satisfies { readonly [mark: string]: JSX.Element };

/** A small mark in ink: yes, no and note belong to checks and findings. */
export function SmallMark({ mark }: { readonly mark: keyof typeof MARKS }) {
  return (
    <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
      {MARKS[mark]}
    </svg>
  );
}

interface TagProps {
  readonly kind?: "effect" | "untrusted" | "private" | "reads";
  readonly mark?: keyof typeof MARKS;
  readonly title?: string;
  readonly children: string;
}

export function Tag({ kind, mark, title, children }: TagProps) {
  return (
    <span class={`tag ${kind ?? ""}`} title={title}>
      {mark !== undefined && <SmallMark mark={mark} />}
      {children}
    </span>
  );
}

export type Effect = "none" | "acts-once" | "acts-repeatable";

/** The label of a tool. */
export function EffectTag({ effect }: { readonly effect: Effect }) {
  if (effect === "none") return <Tag kind="reads">reads only</Tag>;
  if (effect === "acts-once")
    return (
      <Tag kind="effect" mark="leaves">
        acts once
      </Tag>
    );
  return (
    <Tag kind="effect" mark="repeats">
      acts, safe to repeat
    </Tag>
  );
}

/** The labels of a value. Nothing for a value that is trusted and public. */
export function OriginTags({ trusted, private: isPrivate }: { readonly trusted: boolean; readonly private: boolean }) {
  return (
    <>
      {!trusted && (
        <Tag kind="untrusted" mark="untrusted">
          untrusted
        </Tag>
      )}
      {isPrivate && (
        <Tag kind="private" mark="private">
          private
        </Tag>
      )}
    </>
  );
}

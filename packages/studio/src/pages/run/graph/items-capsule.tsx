// The mark of a step with items. In: the items' counts. Out: a capsule, with a dot for each of up to four items, else
// with the number and a bar that is split by state.
import type { RowStatus, RowView } from "../../../api/run-view.js";

type Items = NonNullable<RowView["items"]>;

const ORDER: readonly RowStatus[] = [
  "done",
  "skipped",
  "running",
  "retrying",
  "waiting",
  "unknown",
  "unusable",
  "failed",
  "queued",
  "planned",
  "cancelled",
  "paused",
];

const colourOf = (status: RowStatus): string =>
  status === "planned" || status === "queued" || status === "cancelled" || status === "paused"
    ? "var(--rule-strong)"
    : `var(--${status === "unusable" ? "unknown" : status})`;

export function ItemsCapsule({ items }: { readonly items: Items }) {
  const { total } = items;
  return total <= 4 ? <Dots items={items} /> : <Bar items={items} />;
}

function Dots({ items: { total, shown } }: { readonly items: Items }) {
  const width = Math.max(22, total * 12 + 10);
  const ordered = shown.toSorted((a, b) => a.index - b.index);
  return (
    <svg class="capsule" width={width} height="20" viewBox={`0 0 ${width} 20`} aria-hidden="true">
      <rect x="1" y="2" width={width - 2} height="16" rx="8" fill="var(--paper)" stroke="var(--ink)" stroke-width="2" />
      {ordered.map(({ index, status }, at) => (
        <circle key={index} cx={11 + at * 12} cy="10" r="3.6" {...dotPaint(status)} />
      ))}
    </svg>
  );
}

/** An item that has not begun is a ring, so the dots differ without colour, too. */
const dotPaint = (status: RowStatus) =>
  status === "planned" || status === "queued"
    ? { fill: "none", stroke: colourOf(status), "stroke-width": 1.4 }
    : { fill: colourOf(status) };

const BAR = 72;

function Bar({ items: { total, counts } }: { readonly items: Items }) {
  let left = 9;
  const pieces = ORDER.flatMap((status) => {
    const count = counts[status] ?? 0;
    if (count === 0) return [];
    const width = Math.max(2, (count / total) * (BAR - 18));
    const piece = { status, x: left, width };
    left += width;
    return [piece];
  });
  return (
    <svg class="capsule" width={BAR} height="20" viewBox={`0 0 ${BAR} 20`} aria-hidden="true">
      <rect x="1" y="1" width={BAR - 2} height="18" rx="9" fill="var(--paper)" stroke="var(--ink)" stroke-width="2" />
      <text x={BAR / 2} y="10.5" text-anchor="middle" font-size="9" font-weight="600" fill="var(--ink)">
        {total.toLocaleString("en-US")}
      </text>
      {pieces.map(({ status, x, width }) => (
        <rect key={status} x={x} y="12.5" width={Math.min(width, BAR - 9 - x)} height="3" fill={colourOf(status)} />
      ))}
    </svg>
  );
}

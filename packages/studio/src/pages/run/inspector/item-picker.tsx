// Chooses one item of a fan-out, or the step as a whole. In: the items. Out: a list of them, or a number field if there
// are many; and buttons to the item before and after.
import type { RowView, RunView } from "../../../api/run-view.js";
import { go } from "../../../app/router.js";
import { runAddress, type RunPlace } from "../run-place.js";

interface ItemPickerProps {
  readonly view: RunView;
  readonly place: RunPlace;
  readonly row: RowView;
  readonly items: NonNullable<RowView["items"]>;
  readonly item: number | undefined;
}

/** More items than this are not a list that a person can choose from. */
export const LONGEST_LIST = 100;

export function ItemPicker({ view, place, row, items, item }: ItemPickerProps) {
  const { total } = items;
  const pick = (index: number | undefined) => {
    const to = index === undefined ? undefined : Math.min(Math.max(index, 0), total - 1);
    go(runAddress(view.runId, place, { step: row.key, item: to }), { replace: true });
  };
  if (total === 0) return null;
  return (
    <div class="item-pick">
      {total > LONGEST_LIST ? (
        <NumberField total={total} item={item} pick={pick} />
      ) : (
        <ItemList items={items} item={item} pick={pick} />
      )}
      <button type="button" class="btn small" aria-label="Item before" onClick={() => pick((item ?? 1) - 1)}>
        ‹
      </button>
      <button
        type="button"
        class="btn small"
        aria-label="Next item"
        onClick={() => pick(item === undefined ? 0 : item + 1)}
      >
        ›
      </button>
    </div>
  );
}

interface PickProps {
  readonly item: number | undefined;
  readonly pick: (index: number | undefined) => void;
}

function ItemList({ items: { total, shown, rounds }, item, pick }: PickProps & Pick<ItemPickerProps, "items">) {
  const word = rounds === undefined ? "item" : "round";
  const labels = new Map(
    shown.map(({ index, label, status }) => [index, `${label}${status === "done" ? "" : `, ${status}`}`]),
  );
  return (
    <select
      class="field"
      aria-label={rounds === undefined ? "Item" : "Round"}
      value={item === undefined ? "" : String(item)}
      onChange={({ currentTarget: { value } }) => pick(value === "" ? undefined : Number(value))}
    >
      <option value="">{`The step: ${total} ${total === 1 ? word : `${word}s`}`}</option>
      {Array.from({ length: total }, (_, index) => (
        <option key={index} value={String(index)}>
          {`${index + 1} of ${total}: ${labels.get(index) ?? word}`}
        </option>
      ))}
    </select>
  );
}

function NumberField({ total, item, pick }: PickProps & { readonly total: number }) {
  return (
    <input
      class="field"
      type="number"
      min="1"
      max={total}
      aria-label={`Item, 1 to ${total}`}
      placeholder={`Item, 1 to ${total.toLocaleString("en-US")}`}
      value={item === undefined ? "" : String(item + 1)}
      onChange={({ currentTarget: { value } }) => pick(value === "" ? undefined : Number(value) - 1)}
    />
  );
}

// The keyboard map that `?` opens. In: the keys of the shell and of the page. Out: a dialog with one table a group.
import { useCell } from "../api/cell.js";
import { Dialog } from "../parts/dialog.js";
import { keyGroups } from "./keys.js";

const WORD: { readonly [key: string]: string } = { Escape: "Esc", Enter: "Enter" };

export function KeyMap({ onClose }: { readonly onClose: () => void }) {
  const groups = useCell(keyGroups);
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      {groups.toReversed().map((group) => (
        <section class="key-group" key={group.title}>
          <h3>{group.title}</h3>
          <dl>
            {group.keys().map(({ keys, does }) => (
              <div key={keys}>
                <dt>
                  {keys.split(" ").map((key) => (
                    <kbd key={key}>{WORD[key] ?? key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p class="hint">Ctrl Enter sends the form that has the focus. No key approves, denies or cancels.</p>
    </Dialog>
  );
}

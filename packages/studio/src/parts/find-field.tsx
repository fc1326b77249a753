// A search field whose text stands in the address. In: the text of the address. Out: the text that was typed, after a
// short rest.
import { useEffect, useRef, useState } from "preact/hooks";

interface FindFieldProps {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}

const REST_MS = 200;

export function FindField({ id, label, text, onText }: FindFieldProps) {
  const [typed, setTyped] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: string) => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onText(next.trim()), REST_MS);
  };
  return (
    <div class="find">
      <label class="vh" for={id}>
        {label}
      </label>
      <input
        class="field"
        id={id}
        type="search"
        placeholder={label}
        value={typed}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

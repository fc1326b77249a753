// When an approval expires. In: a moment. Out: the moment, and how long that is.
import { durationText } from "../../parts/time-text.js";
import { Time, useNow } from "../../parts/time.js";

export function Expires({ at }: { readonly at: string }) {
  const left = Date.parse(at) - useNow();
  return (
    <span>
      {left > 0 ? "Expires " : "Expired "}
      <Time at={at} />
      {left > 60_000 && `, in ${durationText(Math.floor(left / 60_000) * 60_000)}`}
    </span>
  );
}

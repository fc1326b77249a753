// What identifies the run of a card. In: a card. Out: hashes, models, tokens and cost. What is not known says so.
import type { EvidenceCard } from "../../api/evidence.js";
import { countText } from "../../parts/money.js";

const count = (value: number | null): string => (value === null ? "not known" : countText(value));

export function Identity({ card: { runId, identity } }: { readonly card: EvidenceCard }) {
  const { planHash, strategy, lastHash, events, roles, costText } = identity;
  const asked = roles.filter(({ calls }) => calls > 0);
  const rows: readonly (readonly [name: string, text: string, hash?: true])[] = [
    ["Run", runId, true],
    ["Log", `${countText(events)} events, the last one ${lastHash}`, true],
    ["Strategy", strategy],
    ["Plan", planHash === null ? "none" : planHash, true],
    ["Models", asked.map(({ role, model }) => `${role}: ${model ?? "none"}`).join(" · ") || "none was asked"],
    [
      "Tokens",
      asked
        .map(({ role, inputTokens, outputTokens }) => `${role} ${count(inputTokens)} in, ${count(outputTokens)} out`)
        .join(" · ") || "none",
    ],
    ["Cost", costText],
  ];
  return (
    <section>
      <h2>Identity</h2>
      <table class="kv">
        <tbody>
          {rows.map(([name, text, hash]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class={hash === true ? "mono hash" : undefined}>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

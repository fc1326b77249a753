// Tools that are not what they were when the plan was made. In: their differences. Out: a table: what it was, what it is.
import type { CallReview } from "../../api/people.js";
import { Change } from "../../parts/diff.js";

export function ToolChanges({ changes }: { readonly changes: CallReview["changes"] }) {
  if (changes.length === 0) return null;
  return (
    <section>
      <h3>What changed in the tool since the plan was made</h3>
      {changes.map(({ tool, differences }) => (
        <table key={tool} class="kv">
          <caption>{tool}</caption>
          <tbody>
            {differences.map(({ field, was, is }) => (
              <tr key={field}>
                <th scope="row">{field}</th>
                <td>
                  <Change before={textOf(was)} after={textOf(is)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </section>
  );
}

const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);

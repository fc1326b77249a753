// The library's names for actions: calls of a Loom (`loom`) or of one of its runs (`run`), and settings of the
// configuration.
import type { Action, Surface } from "./action.js";
import { byCase } from "./by-case.js";

/** The sentence around it names the run. */
const onRun = (call: string): string => `\`run.${call}\``;

/** The given fields of an options object, or nothing. */
function options(fields: { readonly [name: string]: string | number | true | undefined }): string {
  const given = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [name] : [`${name}: ${JSON.stringify(value)}`];
  });
  return given.length === 0 ? "" : `{ ${given.join(", ")} }`;
}

const list = (...args: readonly string[]): string => args.filter((arg) => arg !== "").join(", ");

export const librarySurface: Surface = byCase<Action, "action", string>("action", {
  retry: ({ from, feedback, plan, inputs, model }) =>
    `${onRun(`retry(${options({ from, feedback, plan, inputs })})`)}${model === undefined ? "" : ` with another \`models.${model}\``}`,
  resume: ({ takeOver }) => onRun(takeOver ? "resume(listener, { takeOver: true })" : "resume()"),
  cancel: () => onRun("cancel()"),
  show: () => onRun("document()"),
  watch: () => onRun("events({ follow: true })"),
  record: () => onRun("recording()"),
  edit: () => onRun("edit(plan)"),
  events: () => onRun("events()"),
  export: () => onRun("export()"),
  diff: () => onRun("document()"),
  answer: ({ partial }) => onRun(partial ? "answerPartly()" : "document()"),
  trace: () => onRun("journal()"),
  approve: ({ hash }) => onRun(`approve(${hash === undefined ? "hash" : JSON.stringify(hash)})`),
  reject: ({ hash }) => onRun(`reject(${list("comment", options({ hash }))})`),
  respond: ({ step, item }) => onRun(`respond(${list(stepText(step), "value", options({ item }))})`),
  compensate: () => onRun("compensate()"),
  settle: ({ step, item, unusable, undoing }) => {
    const verdicts = undoing
      ? '"again" | "undone" | "leave"'
      : unusable
        ? '"use" | "skip" | "fail" | "again"'
        : "verdict";
    return onRun(`settle(${list(stepText(step), verdicts, options({ item }))})`);
  },
  fork: ({ at }) => onRun(`fork({ at: ${stepText(at)} })`),
  "list-runs": () => "`loom.list()`",
  "list-tools": () => "`loom.inventory`",
  "list-playbooks": () => "`loom.playbooks.list()`",
  "back-up-store": () => "`loom.maintenance.backup(file)`",
  "accept-loss": () => "`openSqliteStore({ path, acceptLoss: true })`",
  "save-playbook": ({ playbook = "NAME", force, proposed }) =>
    onRun(`savePlaybook(${options({ as: playbook, inputs: proposed && "proposed", force })})`),
  start: ({ plan, inputs, strategy, playbook, input, value }) =>
    playbook === undefined
      ? `\`loom.start(${list("goal", options({ plan, inputs, strategy }))})\``
      : `\`loom.start("", { playbook: ${JSON.stringify(playbook)}${input === undefined ? "" : `, inputs: { ${input}: ${value ?? "…"} }`} })\``,
  "check-plan": () => "`loom.check(plan)`",
  update: () => "`npm install planloom@latest`",
  install: (action) => `\`npm install ${action.package}\``,
  "set-model": ({ role }) => `\`models.${role ?? "default"}\` in the configuration`,
  trust: ({ folder = "FOLDER" }) => `\`PLANLOOM_TRUST=${folder}\``,
  "sign-in": ({ server = "NAME" }) => `\`mcp login ${server}\` of the command line`,
  set: ({ setting }) =>
    setting === "store" ? "`store` in the configuration or PLANLOOM_STORE" : `\`${setting}\` in the configuration`,
});

const stepText = (step: string | undefined): string => (step === undefined ? "step" : JSON.stringify(step));

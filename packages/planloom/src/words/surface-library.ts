// How the library names actions: as calls of a Loom (`loom`) or of one of its runs (`run`), and as settings of the configuration.
import type { Action, Surface } from "./action.js";

/** The sentence around it names the run. */
const onRun = (call: string): string => `\`run.${call}\``;

/** The fields of an options object that are given, or nothing. */
function options(fields: { readonly [name: string]: string | number | true | undefined }): string {
  const given = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [name] : [`${name}: ${JSON.stringify(value)}`];
  });
  return given.length === 0 ? "" : `{ ${given.join(", ")} }`;
}

const list = (...args: readonly string[]): string => args.filter((arg) => arg !== "").join(", ");

export const librarySurface: Surface = (action: Action): string => {
  switch (action.action) {
    case "retry": {
      const { from, plan, inputs } = action;
      return onRun(`retry(${options({ from, plan, inputs })})`);
    }
    case "resume":
    case "cancel":
      return onRun(`${action.action}()`);
    case "show":
      return onRun("document()");
    case "watch":
      return onRun("events({ follow: true })");
    case "record":
      return onRun("recording()");
    case "edit":
      return onRun("edit(plan)");
    case "events":
      return onRun("events()");
    case "trace":
      return onRun("journal()");
    case "approve":
      return onRun(`approve(${action.hash === undefined ? "hash" : JSON.stringify(action.hash)})`);
    case "reject":
      return onRun(`reject(${list("comment", options({ hash: action.hash }))})`);
    case "respond":
      return onRun(`respond(${list(stepText(action.step), "value", options({ item: action.item }))})`);
    case "settle":
      return onRun(`settle(${list(stepText(action.step), "verdict", options({ item: action.item }))})`);
    case "fork":
      return onRun(`fork({ at: ${stepText(action.at)} })`);
    case "list-runs":
      return "`loom.list()`";
    case "list-tools":
      return "`loom.inventory`";
    case "start":
      return `\`loom.start(${list("goal", options({ plan: action.plan, inputs: action.inputs }))})\``;
    case "check-plan":
      return "`loom.check(plan)`";
    case "update":
      return "`npm install planloom@latest`";
    case "install":
      return `\`npm install ${action.package}\``;
    case "set-model":
      return `\`models.${action.role ?? "default"}\` in the configuration`;
    case "set":
      return action.setting === "store"
        ? "`store` in the configuration or PLANLOOM_STORE"
        : `\`${action.setting}\` in the configuration`;
  }
};

const stepText = (step: string | undefined): string => (step === undefined ? "step" : JSON.stringify(step));

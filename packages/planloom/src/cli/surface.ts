// How the command line names actions: as the command to type. In: an action. Out: its command, in backticks.
// Separate from the catalogue of words, which every surface shares.
import type { Action, Surface } from "../words/action.js";
import { PROGRAM } from "./output.js";

/** The surface of a program that is called by this name. */
export const surfaceOf =
  (program: string): Surface =>
  (action) =>
    settingText(action) ?? `\`${program} ${commandOf(action).filter(isWord).join(" ")}\``;

export const cliSurface: Surface = surfaceOf(PROGRAM);

type Words = readonly (string | undefined | false)[];

const isWord = (word: string | undefined | false): boolean => word !== undefined && word !== false;

/** Actions outside of this program: packages to install, and settings. */
function settingText(action: Action): string | undefined {
  switch (action.action) {
    case "update":
      return "`npm install planloom@latest`";
    case "install":
      return `\`npm install ${action.package}\``;
    case "set-model":
      return action.role === undefined ? "`--model NAME`" : `\`--model NAME\` or \`--${action.role}-model NAME\``;
    case "set":
      return action.setting === "store"
        ? "`--store PATH` or PLANLOOM_STORE=PATH"
        : `\`${action.setting}\` in the configuration`;
    default:
      return undefined;
  }
}

/** RUN, STEP and FILE stand for what the reader has to put there. */
function commandOf(action: Action): Words {
  switch (action.action) {
    case "retry": {
      const { runId, from, plan, inputs } = action;
      return ["retry", run(runId), option("--from", from), inputs && "--input name=value", plan && "--plan FILE"];
    }
    case "resume":
    case "show":
    case "watch":
    case "cancel":
    case "events":
      return [action.action, run(action.runId)];
    case "record":
      return ["replay", run(action.runId), "--record FILE"];
    case "edit":
      return ["edit", run(action.runId), "--plan FILE"];
    case "trace":
      return ["show", run(action.runId), "--trace"];
    case "approve":
      return ["approve", run(action.runId), option("--hash", action.hash)];
    case "reject":
      return ["reject", run(action.runId), '-m "what should be different"', option("--hash", action.hash)];
    case "respond":
      return ["respond", run(action.runId), action.step ?? "STEP", "VALUE", option("--item", action.item)];
    case "settle": {
      const { runId, step = "STEP", item } = action;
      return ["respond", run(runId), step, option("--item", item), "--happened JSON | --not-happened | --abort"];
    }
    case "fork":
      return ["fork", run(action.runId), `--at ${action.at ?? "STEP"}`];
    case "list-runs":
      return ["runs"];
    case "list-tools":
      return ["tools"];
    case "start":
      return [
        "run",
        action.plan === true ? (action.file ?? "FILE") : '"your goal"',
        action.inputs && "--input name=value",
      ];
    case "check-plan":
      return ["check", action.file ?? "FILE"];
    default:
      return [];
  }
}

const run = (runId: string | undefined): string => runId ?? "RUN";

const option = (name: string, value: string | number | undefined): string | undefined =>
  value === undefined ? undefined : `${name} ${value}`;

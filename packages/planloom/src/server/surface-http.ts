// The names of actions for a program that speaks HTTP: a route, or what to change where the server runs. In: an action.
// Out: its text inside a sentence.
import type { Action, Surface } from "../words/action.js";
import { byCase } from "../words/by-case.js";
import { ON_SERVER } from "./surface-machine.js";

const onRun = (runId = "{id}", rest = ""): string => `/v1/runs/${runId}${rest}`;

const command = (runId: string | undefined, fields: string): string => `POST ${onRun(runId, "/commands")} ${fields}`;

const startText = (strategy: string | undefined): string =>
  `POST /v1/runs${strategy === undefined ? "" : ` { "strategy": "${strategy}" }`}`;

export const httpSurface: Surface = byCase<Action, "action", string>("action", {
  retry: ({ runId, from, feedback, plan, inputs, model }) => {
    const fields = [
      '"type": "retry"',
      from && `"from": ${JSON.stringify(from)}`,
      feedback && '"feedback": "…"',
      plan && '"plan": …',
      inputs && '"inputs": …',
    ];
    const told = model === undefined ? "" : `, with another model for the ${model}`;
    return `${command(runId, `{ ${fields.filter(Boolean).join(", ")} }`)}${told}`;
  },
  resume: ({ runId, takeOver }) => command(runId, `{ "type": "resume"${takeOver ? ', "takeOver": true' : ""} }`),
  cancel: ({ runId }) => command(runId, '{ "type": "cancel" }'),
  show: ({ runId }) => `GET ${onRun(runId)}`,
  watch: ({ runId }) => `GET ${onRun(runId, "/events")}`,
  record: ({ runId }) => `GET ${onRun(runId, "/export")}`,
  edit: ({ runId }) => command(runId, '{ "type": "edit", "plan": … }'),
  events: ({ runId }) => `GET ${onRun(runId, "/events")}`,
  diff: ({ runId }) => `GET ${onRun(runId, "/diff")}`,
  answer: ({ runId, partial }) => (partial ? command(runId, '{ "type": "answer" }') : `GET ${onRun(runId)}`),
  export: ({ runId }) => `GET ${onRun(runId, "/export")}`,
  trace: ({ runId }) => `GET ${onRun(runId, "/journal")}`,
  approve: ({ runId, hash }) => command(runId, `{ "type": "approve", "hash": ${JSON.stringify(hash ?? "…")} }`),
  reject: ({ runId, hash }) =>
    command(runId, `{ "type": "reject", "comment": "…"${hash === undefined ? "" : `, "hash": "${hash}"`} }`),
  respond: ({ runId, step = "…", item }) =>
    command(
      runId,
      `{ "type": "respond", "step": ${JSON.stringify(step)}, "value": …${item === undefined ? "" : `, "item": ${item}`} }`,
    ),
  settle: ({ runId, step = "…", item }) =>
    command(
      runId,
      `{ "type": "settle", "step": ${JSON.stringify(step)}, "verdict": "…"${item === undefined ? "" : `, "item": ${item}`} }`,
    ),
  compensate: ({ runId }) => command(runId, '{ "type": "compensate" }'),
  fork: ({ runId, at = "…" }) => `POST ${onRun(runId, "/fork")} { "at": ${JSON.stringify(at)} }`,
  "list-runs": () => "GET /v1/runs",
  "list-tools": () => "GET /v1/tools",
  "list-playbooks": () => "GET /v1/playbooks",
  "back-up-store": () => "the command `store backup FILE`",
  "accept-loss": () => "the command `store accept-loss`",
  "save-playbook": ({ runId, force }) => `POST ${onRun(runId, "/playbook")}${force ? ' { "force": true }' : ""}`,
  start: ({ strategy, playbook, input, value }) =>
    playbook === undefined
      ? startText(strategy)
      : `POST /v1/runs { "playbook": ${JSON.stringify(playbook)}${input === undefined ? "" : `, "inputs": { "${input}": ${value ?? "…"} }`} }`,
  "check-plan": () => "POST /v1/plans/check",
  ...ON_SERVER,
});

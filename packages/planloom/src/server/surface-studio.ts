// The names of actions on the pages of the Studio, and who is answered with them. In: an action, or a request. Out: its
// text inside a sentence.
import type { Action, Surface } from "../words/action.js";
import { byCase } from "../words/by-case.js";
import { httpSurface } from "./surface-http.js";
import { ON_SERVER } from "./surface-machine.js";

const AGAIN = '"Again from a step" on the page of the run';

const studioSurface: Surface = byCase<Action, "action", string>("action", {
  // No page takes a plan for a retry.
  retry: ({ model, plan }) =>
    plan
      ? "the command `retry` of the HTTP API"
      : model === undefined
        ? AGAIN
        : `${AGAIN}, with another model for the ${model}`,
  resume: () => '"Resume" on the page of the run',
  cancel: () => '"Cancel the run" on its page',
  show: () => "the page of the run",
  watch: () => "the page of the run",
  record: () => '"Export" on the page of the run',
  edit: () => '"Edit the plan as YAML" on the page of its approval',
  events: () => 'the tab "Events" of each step',
  diff: () => '"what changed" on the page of the run',
  answer: () => "the page of the run",
  export: () => '"Export" on the page of the run',
  trace: () => '"Steps" on the page of the run',
  approve: () => 'the page "Waiting"',
  reject: () => 'the page "Waiting"',
  respond: () => 'the page "Waiting"',
  settle: () => 'the page "Waiting"',
  compensate: () => '"Undo" on the page of the run',
  fork: () => `${AGAIN}, as a new run`,
  "list-runs": () => 'the page "Runs"',
  "list-tools": () => 'the page "Tools"',
  "list-playbooks": () => 'the page "Playbooks"',
  "back-up-store": () => "the command `store backup FILE`",
  "accept-loss": () => "the command `store accept-loss`",
  "save-playbook": () => '"Save as a playbook" on the page of the run',
  start: () => 'the page "Runs"',
  "check-plan": () => '"Run a plan file" on the page "Runs"',
  ...ON_SERVER,
});

/** A page asks for its own words. Every other program reads routes. */
export const surfaceFor = ({ headers }: Request): Surface =>
  headers.get("planloom-words") === "studio" ? studioSurface : httpSurface;

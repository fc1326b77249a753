// Actions that a person can take next, as data. Each surface words them: the command line prints a command, the library
// a method call, a web page a link or a button.

import type { Strategy } from "../plan/strategy.js";

/**
 * One action. `runId` is absent if the reader has to choose the run. `feedback` means with a
 * text for the planner, `plan` with another plan, `inputs` with
 * other inputs,
 * `model` with another model for that role.
 */
export type Action =
  | {
      readonly action: "retry";
      readonly runId?: string;
      readonly from?: string;
      readonly feedback?: true;
      readonly plan?: true;
      readonly inputs?: true;
      readonly model?: ActionRole;
    }
  /** `takeOver`: also from a process that is alive. */
  | { readonly action: "resume"; readonly runId?: string; readonly takeOver?: true }
  | {
      readonly action: "show" | "watch" | "cancel" | "record" | "edit" | "events" | "diff" | "export";
      readonly runId?: string;
    }
  /** Undo the calls of a run that acted. */
  | { readonly action: "compensate"; readonly runId?: string }
  /** Read the answer, or (`partial`) write one from what a failed run has done. */
  | { readonly action: "answer"; readonly runId?: string; readonly partial?: true }
  | { readonly action: "trace"; readonly runId?: string; readonly step?: string }
  | { readonly action: "approve" | "reject"; readonly runId?: string; readonly hash?: string }
  | { readonly action: "respond"; readonly runId?: string; readonly step?: string; readonly item?: number }
  /**
   * Answer about a call in doubt, (`unusable`) about one that acted with an unusable output, or (`undoing`) about one
   * that could not be undone.
   */
  | {
      readonly action: "settle";
      readonly runId?: string;
      readonly step?: string;
      readonly item?: number;
      readonly unusable?: true;
      readonly undoing?: true;
    }
  | { readonly action: "fork"; readonly runId?: string; readonly at?: string }
  | { readonly action: "list-runs" | "list-tools" | "list-playbooks" | "update" }
  /** Starts a run: from a goal, (`plan`) from a plan, which may be in a file, or from a playbook with an input. */
  | {
      readonly action: "start";
      readonly plan?: true;
      readonly file?: string;
      readonly inputs?: true;
      readonly strategy?: Strategy;
      readonly playbook?: string;
      readonly input?: string;
      /** The value of that input, as a person writes it. */
      readonly value?: string;
    }
  | { readonly action: "check-plan"; readonly file?: string }
  /** Save the plan of a run as a playbook. proposed: with all inputs that the rule proposes. */
  | {
      readonly action: "save-playbook";
      readonly runId?: string;
      readonly playbook?: string;
      readonly force?: true;
      readonly proposed?: true;
    }
  /** Copy the whole store into one file, or use a store without the log that it has lost. */
  | { readonly action: "back-up-store" | "accept-loss" }
  /** Install a package of the registry. */
  | { readonly action: "install"; readonly package: string }
  /** Name the model of a role; without a role, of all of them. */
  | { readonly action: "set-model"; readonly role?: ActionRole }
  /** Trust a folder, so that its configuration counts as the user's own. */
  | { readonly action: "trust"; readonly folder?: string }
  /** Sign in to an MCP server, by its name in the configuration. */
  | { readonly action: "sign-in"; readonly server?: string }
  /** Change a setting of the configuration, by its path: `limits.fanOut`, `budget.tokens`. */
  | { readonly action: "set"; readonly setting: string };

type ActionRole = "planner" | "executor" | "synthesizer";

/** A sentence in parts: literal text, and actions that the surface words. Never holds a command line. */
export type Sentence = readonly (string | Action)[];

/** How one surface names an action, as it stands inside a sentence. */
export type Surface = (action: Action) => string;

export function sentenceText(sentence: Sentence, surface: Surface): string {
  return sentence.map((part) => (typeof part === "string" ? part : surface(part))).join("");
}

/** The first action of a sentence: what a program, a button or a link can offer. */
export function firstAction(sentence: Sentence): Action | undefined {
  return sentence.find((part) => typeof part !== "string");
}

/** The surface for sentences about one run: its actions name the run. */
export const inRun =
  (runId: string, surface: Surface): Surface =>
  (action) =>
    surface({ runId, ...action } as Action);

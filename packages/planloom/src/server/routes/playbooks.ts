// Playbooks over HTTP: the list, the proposed inputs of a run, and saving one. In: nothing. Out: routes. A standing
// approval is given on the machine of the user whose list it stands in, so no route gives one.
import { z } from "zod";
import { playbookDocumentOf, playbookNoteText } from "../../loom/playbooks/playbook-document.js";
import type { PlaybookInput } from "../../loom/playbooks/saving.js";
import { FIELD, onlyGiven } from "../api/parts.js";
import { route } from "../api/route.js";
import { jsonAnswer } from "../api/routed.js";

const list = route({
  method: "get",
  path: "/v1/playbooks",
  id: "listPlaybooks",
  summary: "List the playbooks",
  description:
    "The playbooks of the server's project: inputs, last runs, standing approval, and whether each passes check now.",
  answers: { 200: { description: "The playbooks, in alphabetical order." } },
  handle: async (loom) => jsonAnswer({ playbooks: (await loom.playbooks.list()).map(playbookDocumentOf) }),
});

const propose = route({
  method: "get",
  path: "/v1/runs/{id}/playbook",
  id: "proposePlaybook",
  summary: "Propose the inputs of a playbook",
  description: "What a rule proposes as inputs if the plan of the run is saved: names, types, defaults and places.",
  answers: { 200: { description: "The proposed inputs." } },
  problems: [404, 409],
  handle: async (loom, { params: { id } }) => jsonAnswer({ inputs: await loom.playbooks.propose(id) }),
});

const saved = z.strictObject({
  from: FIELD.text,
  name: FIELD.text.optional(),
  type: z.union([FIELD.text, FIELD.record]).optional(),
  description: FIELD.text.optional(),
  default: FIELD.anyJson.optional(),
});

const save = route({
  method: "post",
  path: "/v1/runs/{id}/playbook",
  id: "savePlaybook",
  summary: "Save a run as a playbook",
  description:
    "Saves the approved or completed plan of the run in the server's project. `inputs` are those that a person has confirmed: proposals by name, or literals by their place in the plan.",
  body: z.strictObject({
    as: FIELD.text,
    inputs: z.union([z.literal("proposed"), z.array(saved)]).optional(),
    force: z.boolean().optional(),
  }),
  example: { as: "weekly-report", inputs: [{ from: "week" }] },
  answers: { 201: { description: "The playbook, its text and notes." } },
  problems: [404, 409, 422],
  handle: async (loom, { params: { id }, body: { as, inputs, force } }) => {
    const confirmed = inputs === "proposed" ? inputs : inputs?.map((input): PlaybookInput => onlyGiven(input));
    const { notes, plan, ...made } = await loom.playbooks.save(id, { as, ...onlyGiven({ inputs: confirmed, force }) });
    return jsonAnswer({ ...made, inputs: plan.inputs, notes: notes.map(playbookNoteText) }, 201);
  },
});

export const PLAYBOOK_ROUTES = [list, propose, save] as const;

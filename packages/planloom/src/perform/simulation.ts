// The tools of simulated runs: those with effects are not called. In: the services of a process. Out: the same, with
// such tools. A process performs every effect of a simulated run with these services, so no call of it can act.
import { messageOf } from "../error.js";
import { madeUpOutput, simulatedSpec } from "../plan/simulated.js";
import type { Json } from "../plan/json.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { failWith } from "../run/failure.js";
import { failureText } from "../words/failures.js";
import { cutPreview } from "../tools/preview.js";
import type { ToolInventory } from "../tools/inventory.js";
import { ToolError, type Tool } from "../tools/tool.js";
import type { Services } from "./services.js";

export const simulatedServices = (services: Services): Services => ({
  ...services,
  inventory: simulatedInventory(services.inventory),
});

/** Reads the inventory anew each time: it grows when a server is opened. */
function simulatedInventory(real: ToolInventory): ToolInventory {
  const known = new WeakMap<Tool, Tool>();
  const simulated = (tool: Tool): Tool => {
    const made = known.get(tool) ?? simulatedTool(tool);
    known.set(tool, made);
    return made;
  };
  return {
    get tools() {
      return new Map([...real.tools].map(([name, tool]) => [name, simulated(tool)]));
    },
    get specs() {
      return real.specs.map(specOf);
    },
    get inventory() {
      return { ...real.inventory, tools: real.inventory.tools.map(specOf) };
    },
    get hash() {
      return real.hash;
    },
    get: (name) => {
      const tool = real.get(name);
      return tool && simulated(tool);
    },
    ...(real.sources && { sources: real.sources }),
    ...(real.open && { open: (names, signal) => real.open!(names, signal) }),
    ...(real.ask && { ask: (signal) => real.ask!(signal) }),
  };
}

const specs = new WeakMap<ToolSpec, ToolSpec>();

/** The same object for the same definition: comparisons of definitions are remembered. */
function specOf(spec: ToolSpec): ToolSpec {
  const made = specs.get(spec) ?? simulatedSpec(spec);
  specs.set(spec, made);
  return made;
}

/** The tool without what acts. Its own line about an output would tell of a call that was not made. */
function simulatedTool(tool: Tool): Tool {
  const spec = specOf(tool.spec);
  if (spec.simulated === undefined) return tool;
  const { precheck, makes, preview } = tool;
  const call: Tool["call"] = async (args, { signal, context }) => {
    const shown = preview && (await preview(args, { signal, context }).then(({ text }) => text, previewFailed));
    return outputOf(spec, shown && cutPreview(shown));
  };
  return { spec, call, ...(precheck && { precheck }), ...(makes && { makes }), ...(preview && { preview }) };
}

const previewFailed = (thrown: unknown): string => messageOf(thrown);

function outputOf(spec: ToolSpec, preview: string | undefined): Json {
  const output = madeUpOutput(spec, preview);
  if (output !== undefined) return output;
  const failure = failWith("NOT_SIMULATED", { tool: spec.name });
  throw new ToolError(failureText(failure), { failure, code: failure.code, retryable: false });
}

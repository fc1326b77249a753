// A call with effects returned, and its output cannot be used: it acted, so nothing repeats it, and a person decides.
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import type { RunEvent } from "../../src/run/event.js";
import { replay } from "../../src/run/log/replay.js";
import { endOf, isWaiting, statusOf } from "../../src/run/status.js";
import { retryPreview } from "../../src/run/decide/retry.js";
import type { Settings } from "../../src/run/settings.js";
import { start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { KeptStory } from "./kept-story.js";
import { call, checked, ended, fails, keysOwed, returned, spec, TOOLS, USAGE } from "./parts.js";
import { NO_USAGE } from "../../src/plan/usage.js";

const LABEL = { type: "object", properties: { label: { type: "string" } }, required: ["label"] } as const;
const ALL = [...TOOLS, spec("ship", "once", { output: LABEL }), spec("book", "idempotent"), spec("scan", "none")];
const RAW = { label: 815 };

const ship = (more: object = {}) => ({ id: "s", tool: "ship", with: { x: 1 }, ...more });
const pay = (more: object = {}) => ({ id: "s", tool: "pay", with: { x: 1 }, ...more });
const book = (more: object = {}) => ({ id: "s", tool: "book", with: { x: 1 }, ...more });
const next = call("n", { with: { x: "${{ s }}" } });

const story = (steps: readonly object[], settings: Partial<Settings> = {}): KeptStory =>
  new KeptStory().given(start({ plan: { steps, answer: { value: "done" } }, tools: ALL, settings }));

function unusable(key: string, output: Json = RAW, more: { readonly at?: number; readonly partial?: true } = {}) {
  const error = { code: "BAD_OUTPUT", params: { tool: "ship", problem: "label: wrong" }, retryable: false };
  return { type: "ended", key, ending: "unusable", error, output, usage: USAGE, ...more } satisfies LooseInput;
}

type Verdict = (LooseInput & { readonly type: "settle" })["verdict"];
const says = (verdict: Verdict, more: object = {}): LooseInput => ({ type: "settle", step: "s", verdict, ...more });
const cancel: LooseInput = { type: "cancel", reason: "enough" };
const retry = (more: object = {}): LooseInput => {
  const begun = start({});
  if (begun.type !== "start") throw new Error("start makes a start");
  return { type: "retry", settings: begun.started.settings, models: begun.started.models, ...more };
};
const plan = (steps: readonly object[]) => checked(steps, { tools: ALL });

const statuses = ({ run }: Story) =>
  Object.fromEntries([...run.execution.steps].map(([id, { work }]) => [id, work.status]));
const keyIn = (event: RunEvent | undefined) => (event?.data as { readonly key?: string } | undefined)?.key;
const sameAgain = ({ log }: KeptStory) => replay(JSON.parse(JSON.stringify(log)) as typeof log).differences;

describe("a call that returned an unusable output", () => {
  it.each([
    ["once", ship()],
    ["idempotent", book()],
  ])("and acts %s waits for a person, whatever onFailure says", (_class, step) => {
    for (const onFailure of ["fail", "patch", "replan"] as const) {
      const told = story([{ ...step, retry: { attempts: 3 } }, next], { onFailure, replan: "on-failure" });
      const key = keyIn(told.log.at(-1));
      told
        .when(unusable("call/s/1", "??", { partial: true, at: 7 }))
        .then(["step.unusable", { attempt: 1, key, output: "??", partial: true, ending: "unusable", usage: USAGE }]);
      expect((told.events[0]!.data as { error: object }).error).toMatchObject({
        code: "BAD_OUTPUT",
        params: { acted: true },
        retryable: false,
      });
      expect([statusOf(told.run), isWaiting(told.run), keysOwed(told)]).toEqual([
        "needs-attention",
        true,
        ["unknown/s/"],
      ]);
      expect(sameAgain(told)).toEqual([]);
    }
  });

  it("and has no effects fails as it would by an error of the tool", () => {
    story([{ ...book(), tool: "scan" }])
      .when(unusable("call/s/1"))
      .then(["step.failed", { ending: "tool-error", output: undefined }], "execution.completed", "run.failed");
  });

  it("is also one whose output the step's own type refuses", () => {
    for (const step of [pay({ output: "string" }), book({ output: "string" })]) {
      const told = story([step]).when(returned("call/s/1", 7, [step.tool]));
      told.then(["step.unusable", { output: 7, ending: undefined }]);
      expect((told.events[0]!.data as { error: object }).error).toMatchObject({ code: "OUTPUT_MISMATCH" });
      expect(sameAgain(told)).toEqual([]);
    }
    story([call("s", { output: "string" })])
      .when(returned("call/s/1", 7))
      .then("step.failed", "execution.completed", "run.failed");
  });

  it("is skipped by the policy alone, without a person", () => {
    for (const more of [{ onFailure: "skip" }, { optional: true }]) {
      const told = story([ship(more), call("n", { dependsOn: ["s"] })]);
      told
        .when(unusable("call/s/1"))
        .then(
          "step.unusable",
          ["step.failed", { decision: "skip", usage: NO_USAGE }],
          ["step.skipped", { cause: "failure" }],
          ["step.started", { step: "n" }],
        );
      expect(sameAgain(told)).toEqual([]);
    }
  });

  it("leaves the others running, and what needs it waiting", () => {
    const told = story([ship(), next, call("o"), call("p", { dependsOn: ["o"] })]).given(unusable("call/s/1"));
    told.when(returned("call/o/1")).then("step.completed", ["step.started", { step: "p" }]);
    told.when(returned("call/p/1")).then("step.completed");
    expect(statuses(told)).toEqual({ s: "unusable", n: "pending", o: "completed", p: "completed" });
  });

  it("is of one item of a list; the others go on", () => {
    const step = { ...ship({ with: { x: "${{ item }}" } }), forEach: "${{ [1, 2] }}" };
    const told = story([step]).given(returned("call/s/0/1", { label: "a" }, ["ship"]), unusable("call/s/1/1"));
    expect(statuses(told)).toEqual({ s: "pending" });
    told
      .when(says("use", { item: 1, output: { label: "b" } }))
      .then(
        "step.resolved",
        ["step.completed", { item: 1 }],
        ["step.completed", { item: undefined }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    expect(told.run.execution.steps.get("s")!.work.output).toEqual([{ label: "a" }, { label: "b" }]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("may be two calls of one plan that are the same: each is made once", () => {
    const told = story([ship(), ship({ id: "t", dependsOn: ["o"] }), call("o")]).given(unusable("call/s/1"));
    told.when(returned("call/o/1")).then("step.completed", ["step.started", { step: "t" }]);
  });
});

describe("the person", () => {
  const asked = (steps: readonly object[] = [ship(), next], settings: Partial<Settings> = {}) =>
    story(steps, settings).given(unusable("call/s/1"));

  it("gives the value to go on with", () => {
    const told = asked();
    told
      .when(says("use", { output: { label: "815" }, doubt: 1 }))
      .then(
        ["step.resolved", { verdict: "use" }],
        ["step.completed", { output: { label: "815" }, from: { steps: [], tools: ["ship"] } }],
        ["step.started", { step: "n" }],
      );
    expect(sameAgain(told)).toEqual([]);
  });

  it("gives one of another type, and is told which is wanted", () => {
    asked()
      .when(says("use", { output: RAW }))
      .then(["input.refused", { code: "ANSWER_TYPE" }]);
    asked([pay({ output: "number" })])
      .when(says("use", { output: { label: "815" } }))
      .then(["input.refused", { code: "ANSWER_TYPE" }]);
    asked([pay({ output: "number" })])
      .when(says("use", { output: 815 }))
      .then("step.resolved", "step.completed", "execution.completed", "answer.written", "run.completed");
  });

  it("gives one that `expect` refuses: no call follows from that", () => {
    const told = asked([{ ...book({ expect: "${{ output == 2 }}", retry: { attempts: 2 } }) }]);
    told
      .when(says("use", { output: 1 }))
      .then("step.resolved", ["step.failed", { decision: "retry" }], "step.retrying");
    told
      .when({ type: "clock", at: 60_000 })
      .then(["step.failed", { decision: "fail", output: 1 }], "execution.completed", "run.failed");
  });

  it("skips it", () => {
    const told = asked([ship(), call("n", { dependsOn: ["s"] })]);
    told
      .when(says("skip"))
      .then("step.resolved", ["step.failed", { decision: "skip", reason: { code: "PERSON_SKIPS" } }], "step.skipped", [
        "step.started",
        { step: "n" },
      ]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("lets it fail, by its policy", () => {
    const told = asked();
    told
      .when(says("fail"))
      .then("step.resolved", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    expect(sameAgain(told)).toEqual([]);
    asked([ship(), next], { onFailure: "patch", replan: "on-failure" })
      .when(says("fail"))
      .then("step.resolved", ["step.failed", { decision: "patch" }], "replan.requested");
  });

  it("orders it again: the same key, another attempt, and it may be unusable again", () => {
    const told = asked();
    const key = keyIn(told.events[0]);
    told.when(says("again")).then(["step.resolved", { key }], ["step.started", { attempt: 2, key }]);
    told.when(unusable("call/s/2")).then(["step.unusable", { attempt: 2, key }]);
    told.when(says("again", { doubt: 1 })).then(["input.refused", { code: "STALE_DOUBT" }]);
    told.when(says("again", { doubt: 2 })).then("step.resolved", ["step.started", { attempt: 3 }]);
    told.when(returned("call/s/3", { label: "815" }, ["ship"])).then("step.completed", ["step.started", { step: "n" }]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("is refused the answers to a doubt, and the other way round", () => {
    for (const verdict of ["happened", "not-happened", "abort"] as const) {
      asked()
        .when(says(verdict))
        .then(["input.refused", { code: "WRONG_VERDICT" }]);
    }
    for (const verdict of ["use", "skip", "fail", "again"] as const) {
      const doubt = story([ship()]).given(ended("call/s/1", "timeout"));
      doubt.when(says(verdict)).then(["input.refused", { code: "WRONG_VERDICT" }]);
      story([ship()])
        .when(says(verdict))
        .then(["input.refused", { code: "NOT_UNKNOWN" }]);
    }
  });
});

describe("a run that has ended goes on", () => {
  const failed = () => story([ship(), next]).given(unusable("call/s/1"), says("fail"));

  it("with the same question, and not with the call", () => {
    const told = failed();
    expect(endOf(told.run)?.how).toBe("failed");
    expect(retryPreview(told.run, {})).toMatchObject({ ok: true, unusable: ["s"], actAgain: [], unknown: [] });
    told.when(retry()).then("run.reopened");
    expect([statusOf(told.run), statuses(told)]).toEqual(["needs-attention", { s: "unusable", n: "pending" }]);
    told.when(says("use", { output: { label: "b" } })).then("step.resolved", "step.completed", "step.started");
    expect(sameAgain(told)).toEqual([]);
  });

  it("the same after a cancel, during the call and after it", () => {
    for (const inputs of [
      [cancel, unusable("call/s/1")],
      [unusable("call/s/1"), cancel],
    ]) {
      const told = story([ship(), next]).given(...inputs);
      expect([endOf(told.run)?.how, statuses(told)["s"]]).toEqual(["cancelled", "unusable"]);
      told.when(retry()).then("run.reopened");
      expect(statusOf(told.run)).toBe("needs-attention");
      expect(sameAgain(told)).toEqual([]);
    }
  });

  it("the same after another step has failed the run", () => {
    const told = story([ship(), call("o")])
      .given(unusable("call/s/1"))
      .when(fails("call/o/1"));
    told.then("step.failed", "execution.completed", "run.failed");
    told.when(retry()).then("run.reopened", ["step.started", { step: "o" }]);
    expect(statuses(told)["s"]).toBe("unusable");
  });

  it("the same where a person names the step, skipped or not", () => {
    const skipped = story([ship(), call("n")]).given(unusable("call/s/1"), says("skip"), fails("call/n/1"));
    for (const told of [failed(), skipped]) {
      told.when(retry({ from: "s" }));
      expect(told.events.map(({ type }) => type).slice(0, 2)).toEqual(["run.reopened", "step.unusable"]);
      expect(told.events[1]!.data).toMatchObject({ earlier: { step: "s" }, args: { x: 1 }, output: RAW });
      expect(sameAgain(told)).toEqual([]);
      const key = keyIn(told.events[1]);
      told.when(says("again")).then("step.resolved", ["step.started", { step: "s", key }]);
    }
  });

  it("with another plan: the same call under another name is not made either, another call is", () => {
    const told = failed();
    told.when(retry({ plan: plan([ship({ id: "t" }), call("n")]) }));
    expect(told.events.map(({ type }) => type)).toEqual([
      "run.reopened",
      "plan.proposed",
      "step.unusable",
      "step.started",
    ]);
    expect(told.events[2]!.data).toMatchObject({ step: "t", earlier: { step: "s" }, tool: "ship" });
    told.when({ ...says("again"), step: "t" } as LooseInput).then("step.resolved", ["step.started", { step: "t" }]);
    const other = failed();
    other
      .when(retry({ plan: plan([ship({ with: { x: 2 } })]) }))
      .then("run.reopened", "plan.proposed", ["step.started", { args: { x: 2 } }]);
  });

  it("with a plan whose type the output has: it is taken as it is", () => {
    const told = story([pay({ output: "string" })]).given(returned("call/s/1", { label: "a" }, ["pay"]), says("fail"));
    told
      .when(retry({ plan: plan([pay()]) }))
      .then(
        "run.reopened",
        "plan.proposed",
        ["step.completed", { output: { label: "a" }, carried: "story" }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    expect(sameAgain(told)).toEqual([]);
  });
});

describe("a planner that is asked again", () => {
  const settings = { onFailure: "patch", replan: "on-failure", replanContext: "codes" } as const;
  const asked = (inputs: readonly LooseInput[], steps: readonly object[] = [ship(), next, call("o")]) =>
    story(steps, settings).given(...inputs);
  const writes = (told: Story, steps: readonly object[]): LooseInput => {
    const key = keysOwed(told).find((owed) => owed.startsWith("plan/"))!;
    return { type: "planned", key, plan: plan(steps), usage: NO_USAGE };
  };
  const failed = () => asked([returned("call/o/1"), unusable("call/s/1"), says("fail")]);
  const findings = ({ events }: Story) => (events.at(-1)!.data as { findings: readonly { params: object }[] }).findings;

  it.each([
    ["the step as it was", [ship(), next, call("o")], { step: "s", why: "repeats", by: "s" }],
    [
      "its call in other words",
      [ship({ title: "Once more", timeout: "9s" }), next, call("o")],
      { why: "repeats", by: "s" },
    ],
    [
      "its call in another step",
      [ship({ id: "t" }), call("n", { with: { x: "${{ t }}" } }), call("o")],
      { why: "repeats", by: "t" },
    ],
  ])("may not write %s", (_what, steps, params) => {
    const told = failed();
    told.when(writes(told, steps)).then("plan.invalid");
    expect(findings(told)[0]).toMatchObject({ code: "ACTED_UNUSABLE", params });
    expect(sameAgain(told)).toEqual([]);
  });

  it("may plan a step that reads what came of the call", () => {
    const told = failed();
    told.when(writes(told, [call("s"), next, call("o")])).then("plan.proposed", ["step.started", { step: "s" }]);
  });

  it("may not order the call by arguments that are known only later either: a person is asked", () => {
    const told = failed();
    const steps = [call("s"), ship({ id: "t", with: { x: "${{ s }}" } }), call("o")];
    told.when(writes(told, steps)).then("plan.proposed", ["step.started", { step: "s" }]);
    told
      .when(returned(keysOwed(told)[0]!, 1))
      .then("step.completed", ["step.unusable", { step: "t", earlier: { step: "s" } }]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("may neither drop it nor refer to its output while a person is asked", () => {
    const told = asked([unusable("call/s/1"), fails("call/o/1")]);
    told.when(writes(told, [call("o", { title: "Another" }), next, call("s")])).then("plan.invalid");
    expect(findings(told).map(({ params }) => params)).toContainEqual({ step: "s", why: "asked" });
    told
      .when(writes(told, [ship(), next, { ...call("o"), tool: "book", with: { x: "${{ s }}" } }]))
      .then("plan.invalid");
    expect(findings(told).map(({ params }) => params)).toContainEqual({ step: "s", why: "refers", by: "o" });
    told.when(writes(told, [ship(), next, { ...call("o"), tool: "book" }]));
    told.then("plan.proposed", ["step.started", { step: "o" }]);
    expect(statuses(told)).toMatchObject({ s: "unusable", n: "pending" });
    told
      .when(says("use", { output: { label: "a" } }))
      .then("step.resolved", "step.completed", ["step.started", { step: "n" }]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("may not refer to the output of one that was skipped", () => {
    const told = asked([unusable("call/s/1"), says("skip"), fails("call/o/1")], [ship(), call("o")]);
    told.when(writes(told, [ship(), { ...call("o"), tool: "book", with: { x: "${{ s }}" } }])).then("plan.invalid");
    expect(findings(told)).toMatchObject([{ params: { step: "s", why: "refers", by: "o" } }]);
  });
});

describe("a call that acted and whose output `expect` refuses", () => {
  const refusing = (step: object) =>
    story([{ ...step, expect: "${{ output == 'ok' }}", retry: { attempts: 1 } }], {
      onFailure: "replan",
      replan: "on-failure",
      replanContext: "codes",
    }).given(returned("call/s/1", "no", ["pay"]));
  const planned = (told: KeptStory, steps: readonly object[]): LooseInput => {
    const asked = told.owed().find(({ kind }) => kind === "plan");
    return { type: "planned", key: asked?.key ?? "", plan: plan(steps), usage: USAGE };
  };

  it.each([
    ["once", pay()],
    ["idempotent", book()],
  ])("%s is not made again by a step of a later plan with another id", (_class, step) => {
    const told = refusing(step);
    told.when(planned(told, [{ ...step, id: "again" }])).then(["plan.invalid", { decision: "repair" }]);
    const { findings } = told.events[0]!.data as { readonly findings: readonly { readonly code: string }[] };
    expect(findings.map(({ code }) => code)).toContain("ACTED_UNUSABLE");
    expect(sameAgain(told)).toEqual([]);
  });

  it("is asked about where the arguments are known only when the step begins", () => {
    const told = refusing(pay());
    const again = { ...pay(), id: "again", with: { x: "${{ n }}" } };
    told.given(planned(told, [call("n"), again]), returned("call/n/1", 1));
    expect(statuses(told)).toMatchObject({ again: "unusable" });
    expect(keysOwed(told)).toEqual(["unknown/again/"]);
    expect(sameAgain(told)).toEqual([]);
  });

  it("may be made with other arguments, and again with its own key if it is idempotent", () => {
    const told = refusing(pay());
    told.given(planned(told, [{ ...pay(), id: "other", with: { x: 2 } }]));
    expect(keysOwed(told)).toEqual(["call/other/1"]);
    const own = story([{ ...book(), expect: "${{ output == 'ok' }}", retry: { attempts: 1 } }]);
    own.given(returned("call/s/1", "no", ["book"]), retry());
    expect(keysOwed(own)).toEqual(["call/s/2"]);
  });
});

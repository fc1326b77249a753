// Our own sound plans with known truth, and the tools that they call. In: nothing. Out: documents in canonical form.
// They hold text that is sensitive to damage: quotes, brackets, backslashes, line breaks, prices, names of steps in
// plain text, other scripts.
const text = { type: "string" };
const tool = (name, properties, required, output) => ({
  name,
  description: `Does ${name}.`,
  input: { type: "object", properties, required },
  effects: "none",
  ...(output === undefined ? {} : { output }),
});

export const INVENTORY = {
  tools: [
    tool("search", { query: text, limit: { type: "number" } }, ["query"], {
      type: "object",
      properties: { results: { type: "array", items: { type: "object", properties: { title: text, url: text } } } },
      required: ["results"],
    }),
    tool("fetch_url", { url: text }, ["url"], text),
    tool("calculate", { expression: text, variables: { type: "object" } }, ["expression"], { type: "number" }),
    tool("send_email", { to: text, subject: text, body: text }, ["to", "body"], text),
    tool("query_db", { sql: text, params: { type: "array" }, options: { type: "object" } }, ["sql"], { type: "array" }),
    tool("write_file", { path: text, text }, ["path", "text"], text),
    tool("resize", { image: text, box: { type: "object" } }, ["image", "box"], text),
  ],
};

const one = (goal, ...steps) => ({ planloom: 1, goal, steps });

export const PLANS = [
  one(
    "Compare three companies.",
    { id: "find", title: "Search", tool: "search", with: { query: "top AI companies 2026", limit: 10 } },
    {
      id: "names",
      agent: "List the three names that come most often.",
      with: { results: "${{ find.results }}" },
      output: "string[]",
    },
    {
      id: "facts",
      forEach: "${{ names }}",
      as: "company",
      agent: "Find its revenue.",
      tools: ["search"],
      with: { company: "${{ company }}" },
    },
    { id: "text", agent: "Write one paragraph.", with: { facts: "${{ facts }}" } },
  ),
  one(
    "Buy a present under $15 & wrap it, for “Zoë”.",
    {
      id: "look",
      title: 'Look for a "mug"',
      tool: "search",
      with: { query: 'a "blue" mug under $15, not $1 or #1 of the list' },
    },
    {
      id: "pick",
      agent: "Pick the one at $9.99; never the one at $15. Say which #1 it was.",
      with: { found: "${{ look.results }}", most: "$15" },
    },
    {
      id: "mail",
      tool: "send_email",
      with: { to: "zoe@example.com", subject: "#1", body: "It is ${{ pick }}, and costs less than $15." },
    },
  ),
  one(
    "Größenangaben prüfen 🎈",
    { id: "suche", title: "Maße suchen – ß, é, 漢字", tool: "search", with: { query: "größe 漢字 🎈 naïve" } },
    {
      id: "antwort",
      agent: "Antworte auf Deutsch: «ja» oder ‚nein‘; don't explain, it's enough.",
      with: { treffer: "${{ suche.results }}" },
    },
  ),
  one(
    "Report late orders.",
    {
      id: "rows",
      tool: "query_db",
      with: {
        sql: "SELECT * FROM orders WHERE state = 'late' AND note <> \"none\"",
        params: [1, 2.5, -3e2, true, null],
        options: { deep: { deeper: [[], {}, [{ a: 1 }]] } },
      },
    },
    { id: "sum", tool: "calculate", with: { expression: "a * 0.3 + b", variables: { a: "${{ size(rows) }}", b: 7 } } },
    {
      id: "mail",
      when: "${{ sum > 3 }}",
      tool: "send_email",
      with: { to: "a@b.c", body: "Sum: ${{ sum }}\nRows: ${{ size(rows) }}\n\nBye" },
      dependsOn: ["rows"],
    },
  ),
  one(
    "Write code.",
    {
      id: "draft",
      agent: "Write a function `f(x) { return {x: [x]}; }` // with a comment\nand one test, # as well.",
      output: "{ code: string, test: string | null }",
    },
    {
      id: "save",
      tool: "write_file",
      with: { path: "src/f_1.ts", text: "// made by a plan\nconst a = { b: '}' };\n/* ${{ draft.code }} */\n" },
    },
    {
      id: "look",
      agent: 'Say whether it is sound: yes, no, or "perhaps".',
      with: { code: "${{ draft.code }}" },
      optional: true,
    },
  ),
  one(
    "Clean a table.",
    { id: "load", tool: "query_db", with: { sql: "select a_b, c_d from t_1 where x like '%_y'" } },
    {
      id: "clean",
      forEach: "${{ load }}",
      maxParallel: 2,
      agent: "Trim it, then *stop*; keep snake_case and **bold**.",
      with: { row: "${{ item }}", n: "${{ index }}" },
    },
    {
      id: "check",
      agent: "Count what changed.",
      with: { before: "${{ load }}", after: "${{ clean }}" },
      output: "number",
      expect: "${{ output >= 0 }}",
    },
  ),
  one(
    "Ask first.",
    { id: "budget", ask: "What may it cost? (in $, e.g. $15)", output: "number" },
    {
      id: "plan_it",
      agent: "Plan within it: steps, [brackets], {braces}, <tags> and <plan>.",
      with: { budget: "${{ budget }}" },
    },
  ),
  one(
    "Windows paths.",
    {
      id: "read",
      agent: "Read the text at C:\\temp\\new and say what \\d+ matches in it.",
      with: { path: "C:\\Users\\x", pattern: "^\\d{3}\\.\\w+$", tab: "a\tb" },
    },
    { id: "sum_up", agent: "Sum up.", with: { text: "${{ read }}" } },
  ),
  {
    planloom: 1,
    goal: "Use inputs.",
    inputs: { salary: { type: "number", default: 150000 }, city: { type: "string", default: "San José" } },
    steps: [
      { id: "cost", tool: "search", with: { query: "cost of living in ${{ inputs.city }}" } },
      {
        id: "housing",
        tool: "calculate",
        with: { expression: "salary * 0.3", variables: { salary: "${{ inputs.salary }}" } },
        retry: { attempts: 2, delay: "1s" },
      },
    ],
    answer: { from: ["cost", "housing"], instructions: "A table, then 'one' sentence." },
  },
  {
    planloom: 1,
    goal: "A value for an answer.",
    steps: [
      { id: "a", tool: "calculate", with: { expression: "1 + 1" }, timeout: "5s" },
      { id: "b", tool: "calculate", with: { expression: "2 * 3" } },
    ],
    answer: { value: { sum: "${{ a + b }}", note: "a, b: [a], {b}", list: [1, "two", null] } },
  },
  one(
    "Pictures.",
    { id: "first", tool: "resize", with: { image: "a.png", box: { width: 10, height: 20, corner: { x: 0, y: 0 } } } },
    {
      id: "second",
      tool: "resize",
      with: { image: "${{ first }}", box: { width: 1, height: 2 } },
      dependsOn: ["first"],
    },
    {
      id: "say",
      agent: "Describe it: colon, comma, quote ' and quote \" and `tick`.",
      with: { image: "${{ second }}" },
      approval: "required",
    },
  ),
  one("Lists and nothing.", {
    id: "empty",
    agent: "Do nothing: true, false, null, None, True.",
    tools: [],
    with: { none: null, no: false, list: [], record: {}, words: ["None", "True", "a,", "]", "}"] },
  }),
  one(
    "A long one.",
    ...Array.from({ length: 12 }, (_, i) => ({
      id: `part${i + 1}`,
      title: `Part ${i + 1}`,
      agent: `Write part ${i + 1} of 12, at most $${i + 1}0 of words.`,
      ...(i === 0 ? {} : { with: { before: `\${{ part${i} }}` } }),
    })),
  ),
];

/** Plans whose ids are numbers in other systems. References of every form can name them. */
export const NUMBERED = [
  one(
    "Compare two cities.",
    { id: "s1", tool: "search", with: { query: "rent in Berlin" } },
    { id: "s2", tool: "search", with: { query: "rent in Rome, under $15 a day" } },
    {
      id: "s3",
      agent: "Say which is dearer.",
      with: { berlin: "${{ s1 }}", rome: "${{ s2 }}", most: "$15" },
      dependsOn: ["s1", "s2"],
    },
    {
      id: "s4",
      tool: "write_file",
      with: { path: "out.txt", text: "Berlin: ${{ s1 }}; answer: ${{ s3 }}!" },
      dependsOn: ["s1", "s3"],
    },
  ),
  one(
    "Add up.",
    { id: "s1", tool: "calculate", with: { expression: "150000 * 0.3" } },
    { id: "s2", tool: "calculate", with: { expression: "150000 - ${{ s1 }}" }, dependsOn: ["s1"] },
    {
      id: "s3",
      agent: "Explain the sum in a sentence.",
      with: { sum: "${{ s2 }}", parts: ["${{ s1 }}", { rest: "${{ s2 }}" }] },
      dependsOn: ["s1", "s2"],
    },
  ),
  one(
    "Whole values.",
    { id: "s1", tool: "search", with: { query: "output of the plant, results of 2025" } },
    { id: "s2", agent: "Pick one.", with: { found: "${{ s1 }}" }, dependsOn: ["s1"] },
    {
      id: "s3",
      agent: "Say why, in a sentence.",
      with: { both: ["${{ s1 }}", "${{ s2 }}"], deep: { it: "${{ s2 }}" } },
      dependsOn: ["s1", "s2"],
    },
  ),
];

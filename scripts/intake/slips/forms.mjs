// Slips in the form of a plan: text that is no document, and text that is no plan at all. Each has its right reading.
const HERONS = ["search", { query: "herons" }];
const SUM = ["calculate", { expression: "1 + 1" }];
const chain = (...steps) => ({ steps, waits: steps.map((_, i) => (i === 0 ? [] : [i])) });
const loose = (...steps) => ({ steps });
const refused = (code, says) => ({ refused: code, says });
const kind = (name) => ({ kind: name });
const of = (name, ...rows) => rows.map(([text, right]) => ({ class: name, text, right }));

const LAKES = ["Find the lakes of Austria", "Compare their depth"];

export const SLIPS = [
  ...of(
    "calls in markup",
    ['<tool_call>\n{"name": "search", "arguments": {"query": "herons"}}\n</tool_call>', loose(HERONS)],
    [
      'First the herons.\n<tool_call>\n{"name": "search", "arguments": {"query": "herons"}}\n</tool_call>\nThen we see.',
      loose(HERONS),
    ],
    ["<function=search>\n<parameter=query>\nherons\n</parameter>\n</function>", loose(HERONS)],
    ['<tool_call>\n<function>search</function>\n{"query": "herons"}\n</tool_call>', loose(HERONS)],
    ["<tool_call>search\n<arg_key>query</arg_key>\n<arg_value>herons</arg_value>\n</tool_call>", loose(HERONS)],
    ['[TOOL_CALLS] [{"name": "search", "arguments": {"query": "herons"}}]', loose(HERONS)],
    [
      '<function_calls>\n<invoke name="search">\n<parameter name="query">herons</parameter>\n</invoke>\n</function_calls>',
      loose(HERONS),
    ],
    ['[Calling tool: search({"query": "herons"})]', loose(HERONS)],
    [
      '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>search\n```json\n{"query":"herons"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
      loose(HERONS),
    ],
    [
      '<tool_call>\n{"name": "search", "arguments": {"query": "herons"\n</tool_call>',
      refused("BAD_SYNTAX", "Write each call as"),
    ],
    ['<TOOLCALL>[{"name": "calculate", "arguments": {"expression": "1 + 1"}}]</TOOLCALL>', loose(SUM)],
  ),
  ...of(
    "calls of an API",
    [
      '{"tool_calls": [{"name": "search", "arguments": {"query": "herons"}}, {"name": "calculate", "arguments": {"expression": "1 + 1"}}]}',
      loose(HERONS, SUM),
    ],
    [
      '{"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "search", "arguments": "{\\"query\\": \\"herons\\"}"}}]}',
      loose(HERONS),
    ],
    ['{"name": "search", "arguments": {"query": "herons"}}', loose(HERONS)],
    [
      '{"name": "make_plan", "arguments": {"steps": [{"id": "a", "tool": "search", "with": {"query": "herons"}}]}}',
      loose(HERONS),
    ],
    ['[{"search": {"query": "herons"}}, {"calculate": {"expression": "1 + 1"}}]', loose(HERONS, SUM)],
    ['```json\n[{"search": "{\\"query\\": \\"herons\\"}"}]\n```', loose(HERONS)],
    ['{"steps": ["search(query=\\"herons\\")", "calculate(expression=\\"1 + 1\\")"]}', loose(HERONS, SUM)],
    ['search\n{"query": "herons"}', loose(HERONS)],
    ['Action: search\nAction Input: {"query": "herons"}', loose(HERONS)],
  ),
  ...of(
    "calls as text",
    ['[search(query="herons"), calculate(expression="1 + 1")]', chain(HERONS, SUM)],
    ["['search(query=\"herons\")', 'calculate(expression=\"1 + 1\")']", loose(HERONS, SUM)],
    ['search(query="herons"); calculate(expression="1 + 1");', chain(HERONS, SUM)],
    ['1. **search(query="herons")**\n2. `calculate(expression="1 + 1")`', chain(HERONS, SUM)],
    ['1. search(query="herons") - where they breed\n2. calculate(expression="1 + 1")', chain(HERONS, SUM)],
    [
      'I begin with a search.\n\nsearch(query="herons")\ncalculate(expression="1 + 1")\n\nThat is all.',
      chain(HERONS, SUM),
    ],
    [
      '```python\nfound = search(query="herons")\ncalculate(expression=found)\n```',
      { steps: [HERONS, ["calculate", { expression: "${{ s1 }}" }]], waits: [[], [1]] },
    ],
    ['[garden\\_water(bed="A")]', loose(["garden.water", { bed: "A" }])],
    ['[garden.water(bed="A", litres=2.5)]', loose(["garden.water", { bed: "A", litres: 2.5 }])],
    [
      '1. search(query="herons")\n2. Write it up in two sentences',
      refused("ITEM_IS_NO_CALL", "Write the call of a tool"),
    ],
    ['1. search(query=herons)\n2. calculate(expression="1 + 1")', refused("CALL_UNREADABLE", "Write each call as")],
    ['1. send_email("a@b.example", "Hi")', loose(["send_email", { to: "a@b.example", body: "Hi" }])],
    ['1. search("herons", 3)', refused("CALL_UNREADABLE", "search(query=..., limit=...)")],
    [
      '#E1 = search["herons"]\n#E2 = LLM["Which of #E1 is the largest?"]',
      { steps: [HERONS, "Which of #E1 is the largest?"], waits: [[], [1]] },
    ],
    [
      '1. search("herons")\n2. calculate("$1 + 1")\n3. join()<END_OF_PLAN>',
      { steps: [HERONS, ["calculate", { expression: "${{ s1 }} + 1" }]], waits: [[], [1]] },
    ],
    [
      'Step 1: search("herons") → [found]\nStep 2a: calculate("1 + 1") → [n]\nStep 2b: calculate("2 + 2") → [n]\nStep 3: make_table(n) → [table]',
      {
        steps: [
          HERONS,
          SUM,
          ["calculate", { expression: "2 + 2" }],
          ["make_table", { rows: ["${{ s2a }}", "${{ s2b }}"] }],
        ],
        waits: [[], [1], [1], [2, 3]],
      },
    ],
  ),
  ...of(
    "numbers of a list",
    ["1. Find the lakes of Austria\n2. Compare their depth", chain(...LAKES)],
    ["1 - Find the lakes of Austria\n2 - Compare their depth", chain(...LAKES)],
    ["1: Find the lakes of Austria\n2: Compare their depth", chain(...LAKES)],
    ["(1) Find the lakes of Austria\n(2) Compare their depth", chain(...LAKES)],
    ["a) Find the lakes of Austria\nb) Compare their depth", chain(...LAKES)],
    ["I. Find the lakes of Austria\nII. Compare their depth", chain(...LAKES)],
    ["**1.** Find the lakes of Austria\n**2.** Compare their depth", chain(...LAKES)],
    ["### Step 1: Find the lakes of Austria\n### Step 2: Compare their depth", chain(...LAKES)],
    ["Schritt 1: Suche die Seen\nSchritt 2: Vergleiche sie", chain("Suche die Seen", "Vergleiche sie")],
    ["第一步：查找奥地利的湖泊\n第二步：比较它们的深度", chain("查找奥地利的湖泊", "比较它们的深度")],
    ["計画：\n1、湖の一覧を調べる\n2、深さを比べる", chain("湖の一覧を調べる", "深さを比べる")],
    ["| Step | Action |\n|---|---|\n| 1 | Find the lakes of Austria |\n| 2 | Compare their depth |", chain(...LAKES)],
    ["Plan:\n- Find the lakes of Austria\n- Compare their depth", chain(...LAKES)],
    [
      "1. Find both lakes\n1.1 The northern one\n1.2 The southern one\n2. Compare them",
      chain("Find both lakes\n1.1 The northern one\n1.2 The southern one", "Compare them"),
    ],
    [
      "1. Prepare the evening\n1.1 Reserve the room\n1.2 Invite the members",
      chain("Reserve the room", "Invite the members"),
    ],
    [
      "Step 1: Find the lakes\nStep 2a: Measure the northern one\nStep 2b: Measure the southern one\nStep 3: Compare them",
      {
        steps: ["Find the lakes", "Measure the northern one", "Measure the southern one", "Compare them"],
        waits: [[], [1], [1], [2, 3]],
      },
    ],
    [
      "Node:\n1: Find the lakes\n2: Find the rivers\n3: Compare them\nEdge: (START,1) (START,2) (1,3) (2,3) (3,END)",
      { steps: ["Find the lakes", "Find the rivers", "Compare them"], waits: [[], [], [1, 2]] },
    ],
  ),
  ...of(
    "other ways to write a call or a graph",
    ['1. search: {"query": "herons"}\n2. calculate: {"expression": "1 + 1"}', chain(HERONS, SUM)],
    ['{"search": {"query": "herons"}, "calculate": {"expression": "1 + 1"}}', loose(HERONS, SUM)],
    ['These are the calls:\n[search(query="herons"), calculate(expression="1 + 1")]', chain(HERONS, SUM)],
    ['["search(query=\'herons\')", "Write it up"]', refused("ITEM_IS_NO_CALL", "Write the call of a tool")],
    ["Node 1: Find the lakes\nNode 2: Count them\nEdges: 1 -> 2", chain("Find the lakes", "Count them")],
    ["Tasks:\nT1: Find the lakes\nT2: Count them (after T1)", chain("Find the lakes", "Count them")],
    ["1. Find the lakes\n   depends_on: []\n2. Count them\n   depends_on: [1]", chain("Find the lakes", "Count them")],
  ),
  ...of(
    "titles, remarks and alternatives",
    ['1. **Search**: search(query="herons")\n2. **Add**: calculate(expression="1 + 1")', chain(HERONS, SUM)],
    ['Step 1: Search\nsearch(query="herons")\n\nStep 2: Add\ncalculate(expression="1 + 1")', chain(HERONS, SUM)],
    ['1. search(query="herons")          # where they breed\n2. calculate(expression="1 + 1")', chain(HERONS, SUM)],
    [
      "1. Find the lakes\n2. Compare them\n\nAlternatively:\n\n1. Ask the fishermen\n2. Believe them",
      refused("SEVERAL_PLANS", "Write one plan"),
    ],
    ['{"refusal": "No."}', kind("refusal")],
  ),
  ...of(
    "stated dependencies",
    [
      "1. Find the lakes\n2. Find the rivers (depends on: none)\n3. Compare them (depends on 1 and 2)",
      { steps: ["Find the lakes", "Find the rivers", "Compare them"], waits: [[], [], [1, 2]] },
    ],
    ["1. Find the lakes\n2. Count them <sequentially depends on 1>", chain("Find the lakes", "Count them")],
    [
      "1. Find the lakes\n2. Find the rivers\n   Dependencies: none\n3. Count the lakes\n   Dependencies: 1",
      { steps: ["Find the lakes", "Find the rivers", "Count the lakes"], waits: [[], [], [1]] },
    ],
    ["1. Find the lakes\n2. Count them - depends on step 1", chain("Find the lakes", "Count them")],
    ["1. Find the lakes\n2. Count them **Depends on:** 1", chain("Find the lakes", "Count them")],
    [
      "1. Find the lakes\n2. Find the rivers [depends on: none]\n3. After step 1, count the lakes",
      { steps: ["Find the lakes", "Find the rivers", "After step 1, count the lakes"], waits: [[], [], [1]] },
    ],
  ),
  ...of(
    "the frame of a plan",
    [
      "Here is the plan:\n\n1. Find the lakes of Austria\n2. Compare their depth\n\nTell me if you want changes.",
      chain(...LAKES),
    ],
    [
      "[PLAN]\nFind the lakes of Austria\nCompare their depth\n[PLAN END]\n\nThis plan works because:\n1. Lakes are known.\n2. So is their depth.",
      chain(...LAKES),
    ],
    ["<plan>\n1. Find the lakes of Austria\n2. Compare their depth\n</plan>", chain(...LAKES)],
    ["Plan:\n1. Find the lakes of Austria\n2. Compare their depth\n<END_OF_PLAN>", chain(...LAKES)],
    [
      "To compare the lakes, go on like this:\n1. **Find** the lakes\n2. **Compare** them\n\n**Plan:**\n1. Find the lakes\n2. Compare them",
      chain("**Find** the lakes", "**Compare** them"),
    ],
    [
      "Plan A:\n1. Find the lakes\n2. Compare them\n\nPlan B:\n1. Ask the fishermen\n2. Believe them",
      refused("SEVERAL_PLANS", "Write one plan"),
    ],
    [
      'Step 1: Print the form with {"steps": 3}\nStep 2: File the receipt',
      chain('Print the form with {"steps": 3}', "File the receipt"),
    ],
    [
      '1. Read the columns ["price", "stock"] of the table\n2. Draw them',
      chain('Read the columns ["price", "stock"] of the table', "Draw them"),
    ],
    ["What I know so far:\n1. The northern lake is deep.\n2. The southern one freezes.", kind("no-plan")],
    ["Risks of this plan:\n1. The server may be slow.\n2. The data may be old.", kind("no-plan")],
    ["1. OpenAI\n2. Anthropic\n3. Google DeepMind", kind("no-plan")],
    ['["Oslo", "Bergen", "New York"]', kind("no-plan")],
    ["[nothing has to be looked up, the total is 19]", kind("no-plan")],
    ['[{"name": "Oslo", "id": 7}, {"name": "Bergen", "id": 9}]', kind("no-plan")],
    ["The answer is 42. It needs no plan.", kind("no-plan")],
  ),
  ...of(
    "refusals and questions",
    ['I\'m sorry, but I can\'t help with ["weapons", "drugs"].', kind("refusal")],
    ["Es tut mir leid, aber das kann ich nicht planen.", kind("refusal")],
    ["Désolé, je ne peux pas vous aider avec cette demande.", kind("refusal")],
    ["Lo siento, no puedo ayudarte con eso.", kind("refusal")],
    ["Desculpe, não posso ajudar com isso.", kind("refusal")],
    ["Mi dispiace, non posso aiutarti con questo.", kind("refusal")],
    ["抱歉，我无法帮助您完成这个请求。", kind("refusal")],
    ["申し訳ありませんが、その計画は作成できません。", kind("refusal")],
    ["죄송하지만 그 요청은 도와드릴 수 없습니다.", kind("refusal")],
    ["Извините, но я не могу помочь с этим.", kind("refusal")],
    ["عذرًا، لا أستطيع المساعدة في هذا الطلب.", kind("refusal")],
    ["क्षमा करें, मैं इसमें मदद नहीं कर सकता।", kind("refusal")],
    ["Üzgünüm, bu konuda yardımcı olamam.", kind("refusal")],
    ["Przykro mi, nie mogę w tym pomóc.", kind("refusal")],
    ["Which city do you mean, and for how many people?", kind("questions")],
    ["哪个城市？一共几个人？", kind("questions")],
    ["¿Qué ciudad? ¿Y para cuántas personas?", kind("questions")],
    ["أي مدينة تقصد؟", kind("questions")],
    ['A plan looks like ["first", "second"]. But which of the two shops do you mean?', kind("questions")],
    ["Please tell me which of the two shops you mean.", kind("questions")],
    ['{"questions": ["Which city?", "When?"]}', kind("questions")],
  ),
];

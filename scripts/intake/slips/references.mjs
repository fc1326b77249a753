// Slips in references: the notations of other systems, words, placeholders, expressions of other languages. Each has its
// right reading. The second step uses what the first one gives.
const of = (name, ...rows) => rows.map(([text, right]) => ({ class: name, text, right }));
const refused = (code, says) => ({ refused: code, says });

const FIND = { id: "find", tool: "find_shops", with: { query: "tea" } };
const FOUND = ["find_shops", { query: "tea" }];

/** A plan whose second step calls a tool with this text. */
const plan = (url, first = FIND) =>
  JSON.stringify({ steps: [first, { id: first.id === 1 ? 2 : "page", tool: "read_page", with: { url } }] });
const read = (url) => ({ steps: [FOUND, ["read_page", { url }]], waits: [[], [1]] });
const text = (url) => ({ steps: [FOUND, ["read_page", { url }]], waits: [[], []] });
const like = (says) => refused("REFERENCE_LIKE_TEXT", says);

const URL_OF = "${{ find.results[0].url }}";
const AT = ".results[0].url";
const numbered = { ...FIND, id: 1 };
const NUMBERED_URL = "${{ s1.results[0].url }}";

export const SLIPS = [
  ...of(
    "notations of references",
    [plan(`{find${AT}}`), read(URL_OF)],
    [plan(`{{find.output${AT}}}`), read(URL_OF)],
    [plan(`\${find${AT}}`), read(URL_OF)],
    [plan(`$find${AT}`), read(URL_OF)],
    [plan(`<find${AT}>`), read(URL_OF)],
    [plan(`[find${AT}]`), read(URL_OF)],
    [plan(`find${AT}`), read(URL_OF)],
    [plan(`steps.find.output${AT}`), read(URL_OF)],
    [plan(`steps[0].output${AT}`), read(URL_OF)],
    [plan(`{{steps['find'].output${AT}}}`.replaceAll('"', "")), read(URL_OF)],
    [plan(`#E1${AT}`), read(URL_OF)],
    [plan(`step_1.output${AT}`), read(URL_OF)],
    [plan(`$1.output${AT}`, numbered), read(NUMBERED_URL)],
    [plan(`<node-1>${AT}`, numbered), read(NUMBERED_URL)],
    [plan(`\${{ 1${AT} }}`, numbered), read(NUMBERED_URL)],
    [plan(`\${{ find.output${AT} }}`), read(URL_OF)],
    [plan(`\${{ steps.find.outputs${AT} }}`), read(URL_OF)],
    [plan("$find"), refused("ARGUMENT_TYPE", "${{ find.results")],
    [plan("#E7"), refused("UNKNOWN_REFERENCE", "Write ${{ id }}")],
    [plan("@find"), like("Write ${{ find }}")],
    [plan("{{shop.url}}"), like("${{ find }}")],
  ),
  ...of(
    "references in words",
    [plan("the output of the previous step"), refused("ARGUMENT_TYPE", "${{ find.results")],
    [plan("URL from step 1"), like("${{ find")],
    [plan("output of step 9"), like("${{ find }}")],
    [
      '{"steps": [{"id": 1, "agent": "Pick a page."}, {"id": 2, "tool": "read_page", "with": {"url": "[from step 1]"}}]}',
      { steps: ["Pick a page.", ["read_page", { url: "${{ s1 }}" }]], waits: [[], [1]] },
    ],
    [
      '{"steps": [{"id": 1, "agent": "Pick a page."}, {"id": 2, "tool": "read_page", "with": {"url": "<output_of_step_1>"}}]}',
      { steps: ["Pick a page.", ["read_page", { url: "${{ s1 }}" }]], waits: [[], [1]] },
    ],
    [
      '{"steps": [{"id": 1, "agent": "Pick a page."}, {"id": 2, "tool": "read_page", "with": {"url": "the page found in step 1"}}]}',
      { steps: ["Pick a page.", ["read_page", { url: "${{ s1 }}" }]], waits: [[], [1]] },
    ],
    [
      '{"steps": [{"id": "pick", "agent": "Pick a page."}, {"id": "b", "tool": "read_page", "with": {"url": "previous_step_output"}}]}',
      { steps: ["Pick a page.", ["read_page", { url: "${{ pick }}" }]], waits: [[], [1]] },
    ],
    [
      '{"steps": [{"id": "pick", "agent": "Pick a page.", "save_as": "page"}, {"id": "b", "tool": "read_page", "with": {"url": "{page}"}}]}',
      { steps: ["Pick a page.", ["read_page", { url: "${{ pick }}" }]], waits: [[], [1]] },
    ],
    [
      '{"steps": [{"id": "pick", "agent": "Pick a page."}, {"id": "b", "agent": "Read it.", "dependsOn": ["the previous step"]}]}',
      { steps: ["Pick a page.", "Read it."], waits: [[], [1]] },
    ],
  ),
  ...of(
    "placeholders",
    [plan("<URL of the first shop>"), like("${{ find }}")],
    [plan("[page address]"), like("${{ find }}")],
    [plan("{page_address}"), like("${{ find }}")],
    [plan("YOUR_PAGE_URL"), like("${{ find }}")],
    [plan("to be determined"), like("${{ find }}")],
    [plan("https://a.example/{id}"), text("https://a.example/{id}")],
    [plan("$HOME"), text("$HOME")],
    [plan("[1]"), text("[1]")],
    [plan("step 1 of the guide"), text("step 1 of the guide")],
    ['{"steps": [{"id": "a", "agent": "Write to <recipient email>."}]}', { steps: ["Write to <recipient email>."] }],
  ),
  ...of(
    "expressions of other languages",
    [
      JSON.stringify({
        steps: [FIND, { id: "say", agent: "List them.", with: { urls: "${{ find.results[*].url }}" } }],
      }),
      { steps: [FOUND, "List them."], waits: [[], [1]] },
    ],
    [
      JSON.stringify({
        steps: [FIND, { id: "say", agent: "List them.", with: { urls: "${{ find.results.map(r => r.url) }}" } }],
      }),
      { steps: [FOUND, "List them."], waits: [[], [1]] },
    ],
    [
      JSON.stringify({
        steps: [
          FIND,
          { id: "say", agent: "List them.", with: "${{ find.results }}", when: "size(find.results) === 1" },
        ],
      }),
      { steps: [FOUND, "List them."], waits: [[], [1]] },
    ],
    [
      JSON.stringify({ steps: [FIND, { id: "say", agent: "Count.", with: { n: "${{ find.results.length }}" } }] }),
      refused("PATH_NOT_IN_TYPE", "size(find.results)"),
    ],
    [
      JSON.stringify({
        steps: [
          FIND,
          { id: "say", agent: "Read it.", forEach: { in: "$find.results", as: "shop" }, with: { shop: "${{ shop }}" } },
        ],
      }),
      { steps: [FOUND, "Read it."] },
    ],
    [
      JSON.stringify({ steps: [FIND, { id: "say", agent: "Read it.", with: { a: "${{ find.hits }}" } }] }),
      refused("PATH_NOT_IN_TYPE", "results"),
    ],
  ),
];

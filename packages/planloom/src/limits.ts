// Every limit of the system, each with the reason for its value. In: nothing. Out: numbers.
// A limit is reached with a finding or an error that names it, never by a crash.

import { LONGEST_MS } from "./plan/duration.js";

export const LIMITS = {
  /** Steps in one plan: a person still reads 64 steps; larger plans are built in code with `limits.steps` raised. */
  steps: 64,
  /** Characters of a goal. It stands in every request of every role; longer text is data and belongs in inputs. */
  goalChars: 20_000,
  /** Bytes of a plan document: 200 rich steps are about 200 KB; a document ten times that size is not useful. */
  planBytes: 2 * 1024 * 1024,
  /**
   * Characters of a plan that is not strict JSON and must be repaired or found in prose: 500 rich steps. More would
   * take a tenth of a second.
   */
  lenientChars: 256 * 1024,
  /** Steps of a document that are read from a text: each takes 10 µs; larger plans are built in code. */
  readSteps: 4_000,
  /** Places in prose that are tried as the beginning of a document: each is read to its end. */
  embeddedTries: 5,
  /** Questions that a planner may ask instead of a plan: a planner with more has not read the goal. */
  questions: 20,
  /** Characters of a text without a plan that is searched for questions: a longer text is an essay. */
  questionChars: 4_000,
  /** Notes on one reading: nobody reads more, and a plan that needs them has other faults. */
  notes: 1_000,
  /** Characters of a plan's original text, and of the text read instead, each, in a note. */
  noteChars: 200,
  /** Nesting of any JSON value: JSON 5,000 deep parses but cannot be written again. */
  jsonDepth: 64,
  /** Nesting of an event or a command, with the values in it: deeper JSON overflows the stack of whatever walks it. */
  eventDepth: 500,
  /** YAML aliases that one document may expand: the documents use none; anchors that explode use thousands. */
  yamlAliases: 50,
  /** Bytes of a configuration in JSON or YAML, and of the list of trusted folders: real ones have a few kilobytes. */
  configBytes: 1_048_576,
  /** Characters of one expression: the longest useful one seen is below 300. */
  expressionChars: 2_000,
  /** Nodes of an expression's syntax tree. */
  expressionNodes: 1_000,
  /** Depth of an expression's syntax tree. */
  expressionDepth: 60,
  /** How deep sub-plans nest: three levels have split a goal into hundreds of steps. */
  subPlanDepth: 3,
  /** Nesting of macros (`map`, `filter`, `all`, `exists`): each level multiplies the work by the list. */
  macroDepth: 2,
  /** Elements a macro may walk over: as many as a `forEach` gives. `expressionWork` bounds what each costs. */
  macroList: 10_000,
  /**
   * Units of work of the expressions of one field: nodes, list elements, characters by the dozen. About 50 ms, in which
   * nothing else happens in the process. Two nested macros over 300 elements each fit.
   */
  expressionWork: 1_000_000,
  /** Items of one `forEach`. */
  fanOut: 10_000,
  /** Rounds of one `repeat`: work that is not good after so many does not get better by more of the same. */
  rounds: 50,
  /** Tools taken from one server: a plan or a model that reads more descriptions finds none of them. */
  serverTools: 256,
  /** Resources in one list of a server. */
  serverResources: 1_000,
  /** Characters of the description of a server's tool: a model reads it before each plan. */
  serverTextChars: 4_000,
  /** Starts of a server within `serverStartsMs`: a server that ends more often does not work. */
  serverStarts: 4,
  /** The time in which the starts of a server are counted. */
  serverStartsMs: 60_000,
  /** Bytes of one value (a step's output, a tool's result): larger data belongs in a file that is referred to. */
  valueBytes: 8 * 1024 * 1024,
  /**
   * Bytes of what one step takes from others: its references together, and the value of one expression. Eight of the
   * largest outputs, or 600 pages of 100 KB out of a fan-out.
   */
  gatheredBytes: 64 * 1024 * 1024,
  /** Characters kept of an output that cannot be used, unless it is JSON and shorter: enough to see what came back. */
  rawOutputChars: 100_000,
  /** Above this a value in an event is stored once, by its content: 64 KiB. */
  blobBytes: 64 * 1024,
  /** Steps (and items) running at once by default; the documents use 4. */
  concurrency: 4,
  /** Model turns of one attempt of an agent step; seed 000 uses 8. */
  turns: 8,
  /** Calls of an agent step without effects that a planner reads which takes over from it. */
  lookedCalls: 20,
  /** Names of tools and inputs that a model reads which chooses a strategy. */
  choiceNames: 60,
  /** Attempts of a step, the first included: three retries after 1, 2 and 4 s (seed 000). */
  attempts: 4,
  /** First delay between attempts, in ms. */
  retryDelayMs: 1_000,
  /** Factor from one delay to the next. */
  retryBackoff: 2,
  /** The longest delay between attempts, in ms, whatever a server's retry-after says. */
  retryDelayMaxMs: 5 * 60_000,
  /** Events of one run: a plan of 100,000 steps needs about 300,000. A run with more is in a loop. */
  eventsPerRun: 1_000_000,
  /** Times the same attempt may be found unfinished by a recovering process before it counts as poison. */
  crashes: 3,
  /** Planner rounds that repair findings before the run fails. */
  repairRounds: 5,
  /** Times that an answer is written again for its critic: a critic who is not content after five never will be. */
  critiqueRounds: 5,
  /** Points, and claims without a source, that a critic may name at once: a longer list says that nothing is right. */
  critiquePoints: 20,
  /** Characters of the drafts that a request for a repair shows: about 20,000 tokens. The last draft is always shown. */
  repairChars: 80_000,
  /** Characters of a question that a tool asks a person: longer text is a document. */
  askChars: 2_000,
  /** Bytes of the type of an answer, and of the data that a tool keeps with its question. */
  askBytes: 64 * 1024,
  /** Questions of one call: a tool with more asks for ever. */
  asksPerCall: 50,
  /** Plans that a person may reject before the run ends. */
  rejections: 5,
  /** Patches and replans of one run: seed 000 has two. If two other plans failed, a third seldom works. */
  replans: 2,
  /** Characters of an output that a planner sees in a replan: enough to see what it is. */
  excerptChars: 200,
  /** Characters of a reply that may only announce a call. A longer text is a result. */
  announcementChars: 400,
  /** Characters of an error message that it sees: a sentence and its context. Longer text is a dump. */
  errorExcerptChars: 1_000,
  /** Failed items of one fan-out that it sees: they mostly fail alike. */
  failedItems: 10,
  /** Attempts of one planner, reviewer or synthesizer request that fails with a retryable error. */
  roleAttempts: 4,
  /** How long a plan waits for a person: 24 h (seed 003). */
  approvalMs: 24 * 60 * 60_000,
  /** The longest time that a setting, a plan or a tool may name, in ms: ten years. Dates end, and sums must stay exact. */
  longestMs: LONGEST_MS,
  /** The largest number of a setting that counts something: larger ones are slips, and mean "no limit". */
  settingMost: 1_000_000_000_000,
  /** Characters of the stack of a thrown error that are kept: about 30 frames. */
  stackChars: 4_000,
  /** Causes of a thrown error that are kept: longer chains repeat themselves. */
  causes: 5,
  /** How long `resolveContext` and a function that chooses a model may take together, in ms. */
  contextMs: 60_000,
  /** How long the program's function may take to say whether a plan needs approval, in ms. Then a person is asked. */
  approvalFunctionMs: 10_000,
  /** One attempt of a tool step, in ms, unless the step or the tool says otherwise. */
  toolTimeoutMs: 60_000,
  /** How long a model server may send nothing during a reply, in ms: a slow local server needs this for a long prompt. */
  modelTimeoutMs: 120_000,
  /** One model reply in all, in ms: a server that sends signs of life for ever is cut here. */
  modelTotalMs: 10 * 60_000,
  /** The first wait after a server's refusal that names no time, in ms: most limits are counted by the minute. */
  rateWaitMs: 5_000,
  /** The longest such wait, in ms: then every limit by the minute has passed. */
  rateWaitMaxMs: 60_000,
  /** How long one model call waits for a limit or a busy server in all, in ms: more is a quota of the day. */
  limitWaitMs: 15 * 60_000,
  /** How long calls wait for a server that cannot be reached, in ms: servers and containers start in this time. */
  serverStartMs: 30_000,
  /** How long calls wait for a server that loads its model, in ms: large models take minutes. */
  modelLoadMs: 5 * 60_000,
  /** The first and the longest wait between two requests to such a server, in ms. */
  reachAgainMs: 500,
  reachAgainMaxMs: 5_000,
  /** How long a model with fallbacks is left out after an outage, in ms: every request to it would take its time. */
  outageMs: 60_000,
  /** Fallbacks of one role: a longer list is a router. */
  fallbacks: 10,
  /** Named executors: the planner reads the description of each, and more would be a directory of agents. */
  specialists: 32,
  /** Characters of the description of a named executor: it stands in each request to the planner. */
  specialistChars: 1_000,
  /** Replies of a planner that scouts, if nothing else is said: looking is not the work. */
  scoutTurns: 3,
  /** The most replies that a planner may scout for: more is a research, which is a step. */
  scoutTurnsMost: 10,
  /** Characters of all results of a scouting together, in the log and in the prompt of the plan. */
  scoutedChars: 24_000,
  /** One attempt of an agent step, in ms: 8 turns of up to 2 minutes are cut here. */
  agentTimeoutMs: 10 * 60_000,
  /** How long a tool may take to react to its signal, in ms, before its ending is recorded without it. */
  graceMs: 2_000,
  /** Characters of an unfinished line of a tool's own output: a longer line is written in parts. */
  heldLineChars: 64 * 1024,
  /** Delay before a tool is first asked about a call in doubt, in ms: the request may still be on its way. */
  reconcileDelayMs: 2_000,
  /**
   * One question to a tool about a call in doubt, in ms: it only looks something up, and a person waits for up to four
   * of them.
   */
  reconcileTimeoutMs: 15_000,
  /**
   * Rows of runs that a list takes from the store at once if a filter leaves some out. Each further batch is twice as
   * large.
   */
  listRows: 500,
  /** Heads that a list computes before it stores them, so that an interrupted list does not compute them again. */
  listHeads: 20,
  /** How often a list that is followed looks for runs of other processes, in ms. */
  followMs: 1_000,
  /** Bytes of an exported run that is opened: it is held in memory whole. */
  exportBytes: 256 * 1024 * 1024,
  /** Events that are read from a store at once: a reader that is slow holds so many. */
  eventsPage: 50,
  /** Characters of an answer that a slow reader of a stream has not taken: the rest comes with the whole answer. */
  streamText: 65_536,
  /** Steps whose progress a slow reader has not taken, the latest value of each. */
  streamProgress: 1_000,
  /** How often the owner of a run looks into its inbox. */
  inboxPollMs: 100,
  /** How long the sender of a command waits for the owner's answer, in ms. */
  replyMs: 10_000,
  /** How long an owner without a sign of life keeps a run, in ms. A dead process on this machine is noticed at once. */
  leaseMs: 15_000,
  /** Characters of a person's feedback that are kept. */
  feedbackChars: 20_000,
  /** Characters of a failure's message that are kept: a stack trace fits, a document that was thrown does not. */
  messageChars: 8_000,
  /** Characters of a failure's code: the longest of ours has 25. */
  codeChars: 64,
  /** Fields of one HTTP request that an answer says do not fit: nobody mends more at once. */
  requestFaults: 20,
  /** Characters of an idempotency key: a UUID has 36. */
  keyChars: 500,
  /** Characters of a name that comes from outside: a run, a tag, a sender. They stand in every event. */
  nameChars: 200,
  /** Earlier messages of a conversation, which the planner reads with each request. */
  messages: 200,
  /** Tokens of these messages, as far as they can be estimated. */
  messageTokens: 50_000,
  /** Tags of a run: they stand in the head of the run, which every list reads. */
  tags: 20,
  /** Least characters of a secret: a shorter text stands in other texts by chance, so that it cannot be removed. */
  secretChars: 8,
  /** Characters of a progress text: it is shown in one line. */
  progressChars: 200,
  /** The shortest time between two reports of one call that are shown, in ms: people read no faster. */
  progressMs: 100,
  /** Characters of a model reply: no model writes more than a quarter of this, a stream without an end does. */
  replyChars: 2 * 1024 * 1024,
  /** How long the accepted request form of a server is remembered, in ms: after a day the strictest is tried again. */
  wayMs: 24 * 60 * 60_000,
  /** Models whose request form is kept beside the store: nobody uses more; the newest are kept. */
  keptWays: 200,
  /** Tokens that a budget holds back for a reply whose role sets no maxOutputTokens: a long answer, and most plans. */
  replyTokens: 4_096,
  /**
   * Repetitions of the same calls with the same results in an agent step: after two the model is told, and the third
   * ends the step.
   */
  repeats: 3,
  /** Tool calls of one model reply that are made: models give a handful; one that repeats itself gives thousands. */
  toolCalls: 128,
  /**
   * Characters of one line of text that still counts as an order of the caller when it is an input: a name, an address,
   * a short sentence. A longer text is a document.
   */
  scalarChars: 200,
  /** Characters of one output shown to a model before it becomes a preview. */
  previewChars: 8_000,
  /** Characters of one content in a span, if contents are recorded: backends drop or cut longer attributes. */
  telemetryChars: 16_384,
  /** ms after which an operation of the store is logged as slow: people notice the run standing still. */
  storeSlowMs: 1_000,
  /**
   * Characters of one output shown whole to the synthesizer: half of a usual context. If a server refuses the request
   * as too long, it gets previews.
   */
  wholeChars: 100_000,
  /** Bytes that `fetch_url` reads of a page. */
  fetchBytes: 2 * 1024 * 1024,
  /** Bytes of a text file that are read or written at once. Larger files are read in parts. */
  fileBytes: 4 * 1024 * 1024,
  /** Bytes of a text file that is read in parts: its lines are counted, at about 500 MB in a second. */
  scanBytes: 1024 * 1024 * 1024,
  /** Edits of one `edit_file`: a person reads each of them. */
  fileEdits: 100,
  /** Places of the text of an edit that are counted: a text with more is no place in the file. */
  editPlaces: 1_000,
  /** Lines that an edit that does not fit names. */
  editLines: 5,
  /** Units of work of one diff, mostly lines that are compared: about 50 ms. Beyond, a part is shown as replaced. */
  diffWork: 2_000_000,
  /** Characters of one line in a diff. */
  diffLineChars: 2_000,
  /** Texts that the braces of one glob may stand for. */
  globTexts: 100,
  /** Bytes of a PDF: most reports are smaller. */
  pdfBytes: 32 * 1024 * 1024,
  /** Pages of a PDF that are read at once. */
  pdfPages: 200,
  /** Time to read a PDF, in ms. */
  pdfMs: 30_000,
  /** Memory of the process that reads a PDF, in bytes: its library takes 60 MB, and large pages some hundred. */
  pdfMemory: 512 * 1024 * 1024,
  /** How long a tool may take to say what a call would change, in ms: a person waits for it. */
  callPreviewMs: 5_000,
  /** Characters of the preview of one call: about 1,500 lines of a diff. Nobody reads more before an approval. */
  callPreviewChars: 64 * 1024,
  /** How long the precheck of one call may take, in ms: planning waits for it. */
  precheckMs: 3_000,
  /** Calls of a plan that are prechecked: each may ask a disk or a network. */
  prechecks: 64,
  /** Characters of a name that a precheck gives. A longer one is no name. */
  missingChars: 200,
  /** Files that are looked through for a name that is near a missing one. */
  nearSearched: 2_000,
  /** Names that a precheck may suggest. More are no help. */
  nearNames: 3,
  /** Calls of a plan that are shown with a preview: each may hold a file in memory. */
  planPreviews: 16,
  /** Findings kept of one draft: nobody, and no planner, fixes more at once. */
  findings: 500,
  /**
   * Characters of a finding's place, of each text in its parameters, and of its sentences: a draft's names may fill
   * megabytes.
   */
  /** Findings of one check of an evidence card, and differences from the expected result: nobody reads more. */
  evidenceFindings: 100,
  /** Changes and rows of a trace that an evidence card lists: a card of more is a log. */
  evidenceChanges: 1_000,
  /** Characters in which a card looks up the figures and names of an answer: about a second. */
  evidenceSourceChars: 5_000_000,
  /** Characters of an output that are searched for evidence. */
  evidenceChars: 200_000,
  /** Names of files and sources that are recorded for one piece of evidence. */
  evidenceNames: 5,
  /** Names in an output of which it is looked up whether they are files. */
  evidenceLookUps: 200,
  /** Characters of the name of a file or the address of a source. */
  evidenceNameChars: 500,
  findingChars: 1_000,
  /** Names in one list of a finding: no sentence of that length holds more. */
  findingNames: 200,
  /** Characters of a YAML document: its parser needs seconds for more; JSON may be as large as planBytes. */
  yamlChars: 256 * 1024,
  /**
   * Signs in a YAML document (`-`, `:`, `,`, quotes, brackets): about 400 steps; its parser takes up to 5 µs for each.
   */
  yamlSigns: 10_000,
  /** Levels that the YAML parser is given: it runs out of memory on some that are deeper. */
  yamlDepth: 500,
  /** Nodes of one JSON Schema that are read before the rest is unknown: references that fan out would take for ever. */
  schemaNodes: 5_000,
  /** Bytes of the JSON Schema of an answer: each request for the answer holds it. */
  answerSchemaBytes: 64 * 1024,
  /** Characters of the type of the answer that the planner sees. */
  answerTypeChars: 4_000,
  /**
   * Nesting of the lists and records of an answer that a strict schema constrains: strict decoders stop at ten levels.
   * A deeper answer is asked for in words.
   */
  answerLevels: 8,
  /**
   * Places of a value that are compared with a schema before it counts as unfit: about a second. Branches inside
   * branches multiply.
   */
  conformWork: 1_000_000,
  /** Literals of one kind in a union before they widen to it: larger enums are data, not types. */
  typeLiterals: 200,
  /**
   * Comparisons of one type with another before the answer is unknown: unions of records in unions of records multiply.
   */
  typeComparisons: 20_000,
  /** Nodes of one inferred type before it is unknown: a chain of macros can double a type with every link. */
  typeNodes: 2_000,
  /**
   * Units of work of a check for the expressions of a plan: about 100 ms. If `limits.steps` is raised, this grows with
   * it. A plan of 64 rich steps takes a twentieth.
   */
  checkWork: 100_000,
  /** Fields of all records of a plan document. They grow with `limits.steps`, too. */
  planFields: 30_000,
  /**
   * References `${{ … }}` of a plan, and their characters together. They grow with `limits.steps`, as checkWork does.
   */
  references: 2_000,
  referenceChars: 100_000,
  /** Cycles that are reported of one draft. */
  cycles: 20,
  /** Parsed expressions that are kept: plans repeat theirs in every check and every item. */
  parsedExpressions: 2_000,
  /**
   * Tools that the planner sees: about 6,000 tokens. Of larger inventories, those that match the goal's words are
   * selected.
   */
  offeredTools: 80,
  /** How often the planner may ask for further tools in one planning: each is a request. */
  toolRequests: 3,
  /** Further tools that it then sees, each time. */
  furtherTools: 20,
  /**
   * Characters of the names of all tools that it does not see: about 2,000 tokens, so that it knows what to ask for.
   */
  toolNamesChars: 8_000,
  /** Properties of one schema: OpenAI's limit. A tool has about 17 in the schema of a plan. */
  schemaProperties: 5_000,
  /** Characters of all names and literals of a schema: OpenAI's limit. */
  schemaChars: 120_000,
  /** Values of all enums of a schema: OpenAI takes 1,000, and took 500 before. */
  schemaEnums: 500,
  /** Characters of one limit of an argument (a pattern, a default, values) in the description that models read. */
  schemaLimitChars: 200,
  /** Characters of an input's type that the planner sees: a longer one adds nothing. */
  inputTypeChars: 500,
  /**
   * Nesting of arguments that the planner's schema constrains: strict decoders stop at ten levels, and the plan takes
   * four.
   */
  schemaDepth: 3,
  /** Nesting of values of unknown or deeper types in that schema: each level triples it. */
  schemaFreeDepth: 2,
  /** How long runs may keep one turn of the event loop busy, in ms, if their store answers at once. */
  turnMs: 10,
  /** How long a statement of `sql_query` or `sql_write` waits for another program's lock, in ms. */
  sqliteBusyMs: 5_000,
  /** How long SQLite itself waits for the lock of the store, in ms: it blocks the event loop meanwhile. */
  storeLockMs: 20,
  /** The longest pause between two attempts to get that lock, in ms: a commit takes a few. */
  storeRetryMs: 25,
  /** How long the store waits for that lock in all, in ms: a backup or a merge of the log can take many seconds. */
  storeBusyMs: 60_000,
  /** How long closing the store waits for the lock, in ms: a person waits for the end of the process. */
  storeCloseMs: 5_000,
  /** Pages of the store's write-ahead log that are merged into its file, 4 KiB each: what SQLite does by itself. */
  storeLogPages: 1_000,
  /** How long the end of a run waits for the merge of the log, in ms: many short runs share one. */
  storeMergeMs: 200,
  /** How often a server removes runs that are older than the configuration keeps them, in ms: once a day. */
  pruneEveryMs: 86_400_000,
  /** How long a commit that nobody acts on trusts that the files of the store are still there, in ms. */
  storeLookMs: 50,
  /** Rows of one result of `sql_query`, as many as a fan-out has items: let SQL count and sum what is more. */
  sqlRows: 10_000,
  /** Bytes of such a result as JSON: larger data belongs in a file. */
  sqlBytes: 4 * 1024 * 1024,
  /** How long one statement may run, in ms. Then its process is killed. */
  sqlMs: 30_000,
  /** Characters of one statement: a longer one holds data, which belongs in parameters. */
  sqlChars: 20_000,
  /** Characters of the tables and columns of one database that a planner reads. */
  sqlTablesChars: 8_000,
  /** Bytes of the body of a request to an HTTP service, and of its answer. */
  httpBytes: 4 * 1024 * 1024,
  /** Characters of an OpenAPI document: the largest public ones have about 12 million. */
  openApiChars: 16 * 1024 * 1024,
  /** Operations that one document gives as tools: a planner sees far fewer. */
  openApiOperations: 1_000,
  /** Depth of a schema of an operation, and of references to references. A schema that refers to itself ends there. */
  openApiDepth: 8,
  /** Parts of one schema of an operation. The values of further parts are checked by the service alone. */
  openApiNodes: 1_000,
  /** Characters of the description of an operation that a planner reads. */
  openApiDescriptionChars: 500,
  /** Redirects that `fetch_url` follows: longer chains are loops. */
  redirects: 5,
  /** Texts that one search index holds: about 200 MB of memory when all words are distinct. */
  searchFiles: 10_000,
  /** Bytes of a folder that is searched: its index lives in memory. */
  searchBytes: 64 * 1024 * 1024,
  /** Numbers of lists that one expression of `calculate` reads, each time that it names the list: about 50 ms. */
  calculateNumbers: 500_000,
  /** The largest exponent of `calculate`: larger ones only overflow or vanish. */
  exponent: 1_000_000,
  /** Characters that `summarize` takes in one request: about 50,000 tokens, which most models can still read. */
  summarizeChars: 200_000,
  /** Names that `list_files` looks at: a folder with more is a disk, not a body of documents. */
  walkEntries: 50_000,
  /** Folders within folders that `list_files` goes down: deeper trees are loops made by mounts. */
  walkDepth: 32,
  /** Nesting of elements in a page that `fetch_url` turns into text. The converter leaves deeper ones out. */
  htmlDepth: 200,
  /**
   * Characters, tags, and looks through open elements of a slice of a page: about 40 ms each, before others get a turn.
   */
  htmlSliceChars: 256 * 1024,
  htmlSliceTags: 10_000,
  htmlSliceLooks: 10_000_000,
  /** Characters of a value in the difference of two plans: a line or two of a terminal, around the difference. */
  diffChars: 200,
  /** Characters of one value where a person decides: a page of text; the rest is counted and can be seen in full. */
  shownChars: 1_600,
  /** Characters of an instruction or a question where a person decides: several pages. */
  shownTextChars: 8_000,
  /** Items of one list where a person decides: the beginning and the number of the others tell what it is. */
  shownItems: 20,
  /** Parts of one value (fields of fields, items of items) where a person decides: more are not read. */
  shownParts: 200,
  /** How far the clock may be behind the last event of a run when a person approves: processes differ by that much. */
  clockBehindMs: 5_000,
  /** Differences that one replay reports: with more, the kernel or the log is a different one. */
  replayDifferences: 100,
  /** Earlier runs that an estimate uses: older runs say little about the next one. */
  historyRuns: 20,
  /** Events that it reads of each run: about 300 steps. Later parts of a longer run are like its beginning. */
  historyEvents: 1_000,
  /** Events that it reads at once, so that not all outputs are in memory together. */
  historyPage: 100,
  /** How long it reads, in ms, because a person waits for an estimate. The newest runs come first. */
  historyMs: 1_000,
  /** Characters of a token of the server: 16 random ones cannot be guessed over a network. */
  tokenChars: 16,
  /** Sessions of the Studio of one token: each is a browser of a person. Also callers whose rates are remembered. */
  sessions: 1_000,
  /** How long a session of the Studio lasts, in ms: a working day. */
  sessionMs: 12 * 60 * 60_000,
  /** Bytes of the body of a request: the largest value, with the text around it. */
  requestBytes: 10 * 1024 * 1024,
  /** Bytes of an exported run that is opened in the Studio, how many are open in one server, and for how long, in ms. */
  openedBytes: 32 * 1024 * 1024,
  openedRuns: 8,
  openedMs: 12 * 60 * 60_000,
  /** Requests in a second of one token. A page that follows a busy run asks a few. */
  requestsPerSecond: 500,
  /** Open connections of the server: each costs memory. */
  connections: 2_000,
  /** How long a client may take to send the headers of a request, in ms. */
  headersMs: 10_000,
  /** How long it may take to send all of a request, in ms: a large body over a slow line. */
  requestMs: 60_000,
  /** How long a connection may be idle between two requests, in ms. */
  keepAliveMs: 5_000,
  /** How long requests may take to end when the server stops, in ms. */
  stopMs: 5_000,
  /** Readers of event streams in one server, and of one run. */
  eventStreams: 1_000,
  eventStreamsPerRun: 500,
  /** A comment is sent to a quiet stream after this time, in ms: proxies close silent connections after 30 to 60 s. */
  heartbeatMs: 15_000,
  /** How long a reader may leave what was sent to it unread, in ms. It comes back where it was. */
  stalledMs: 60_000,
  /** Events of a run, and their bytes, that are kept in memory while somebody follows it. */
  feedEvents: 1_000,
  feedBytes: 4 * 1024 * 1024,
  /** Runs whose waits are kept in memory, so that a list of all waits reads changed runs only. */
  knownWaits: 1_000,
  /** Bytes of events that are sent at once. */
  chunkBytes: 64 * 1024,
  /** Pieces of progress that are kept for a reader that does not read. */
  progressPieces: 1_000,
  /** How long a tool of the MCP server waits for a run unless it is told otherwise, in ms: clients give up after 60 s. */
  mcpWaitMs: 45_000,
  /** The longest wait that a caller may ask for, in ms. */
  mcpWaitMaxMs: 10 * 60_000,
  /** How often a call that waits tells its client that it is alive, in ms; and the least time between two messages. */
  mcpSignMs: 10_000,
  mcpProgressMs: 500,
  /** Times that one call asks a person: each is a plan or a call that waits. */
  mcpRounds: 8,
  /** Characters of one question to a person in an MCP client. A longer one is answered where all of it can be read. */
  mcpAskedChars: 20_000,
  /** Characters of an answer that stands in the result of a run. A longer one is read by the tool `answer`. */
  mcpAnswerChars: 20_000,
  /** Steps that the result of a run lists. */
  mcpSteps: 100,
  /** Sessions of MCP clients of the revision 2025-11-25 in one server, and how long one lasts without a request, in ms. */
  mcpSessions: 200,
  mcpSessionMs: 60 * 60_000,
  /** Events of one answer in JSON. */
  eventsAtOnce: 1_000,
  /** How often the server looks for runs that nobody drives any more, in ms. */
  recoverMs: 10_000,
  /** Attempts to send one message of a webhook: with the waits between them, about 13 minutes. */
  webhookAttempts: 6,
  /** The wait before the second attempt, in ms, and the factor from one wait to the next. */
  webhookRetryMs: 1_000,
  webhookBackoff: 5,
  /** How long a receiver may take to answer, in ms. */
  webhookMs: 10_000,
  /** Messages that are on their way at once. */
  webhookPending: 1_000,
  /** Runs whose last message is remembered, so that it is not sent twice. */
  webhookRuns: 10_000,
  /** How long before its start a run may have ended that a server still tells, in ms: a restart takes less. */
  webhookBackMs: 60 * 60_000,
  /** How long an MCP server may take to start, or to answer about itself, in ms: `npx` may have to load it first. */
  mcpStartMs: 60_000,
  /**
   * How long a server's process may leave the first question of the newest protocol revision unanswered, in ms. Then it
   * counts as one of an older revision, which may ignore it.
   */
  mcpProbeMs: 10_000,
  /** Bytes of one message of an MCP server: the largest value, with the text around it. Also of output without one. */
  mcpMessageBytes: 10 * 1024 * 1024,
  /** Messages of one server in `mcpMessagesMs`: a thousand in a second are no conversation. */
  mcpMessages: 10_000,
  mcpMessagesMs: 10_000,
  /** Rounds in which a server may want answers for one call, if nobody is asked: more is a loop. */
  mcpAskRounds: 10,
  /** Calls of one connection that wait for a person: the oldest is cancelled then. */
  mcpKeptCalls: 100,
  /** Pages, entries and bytes of one list of a server. A plan uses `serverTools` of its tools. */
  mcpListPages: 100,
  mcpListItems: 2_000,
  mcpListBytes: 8 * 1024 * 1024,
  /** How long a server may take to end its session, in ms. */
  mcpGoodbyeMs: 1_000,
  /** How long a sign-in to a server may take a person, in ms. */
  mcpLoginMs: 10 * 60_000,
  /** Characters of what a server's process writes to its standard error that are kept: its last lines. */
  mcpStderrChars: 2_000,
} as const;

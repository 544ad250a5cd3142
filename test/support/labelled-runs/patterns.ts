// Labelled runs in the patterns that programs without a framework follow, and what goes wrong in them. All texts are invented.

import { labelledRun } from '../labelled-run'

export const PATTERN_RUNS = [
  labelledRun(
    'retrieval before the call: an index is made, then embeddings and a reranking for one question',
    `
texts
  Srag You are a handbook assistant. Answer from the passages only.
  Uquery how do I claim travel costs
  Ufull Passages: Travel costs are claimed with form T2 within 30 days. Question: how do I claim travel costs
  Dp1 Travel costs are claimed with form T2 within 30 days.
  Dp2 The canteen opens at eleven.
  Ui1 Travel costs are claimed with form T2 within 30 days.
  Ui2 The canteen opens at eleven.
  Ui3 Visitors sign in at the gate.
  Ui4 Keys are kept by the porter.
  Ui5 Bicycles stand in the yard.
calls
  i 0..300      Ui1 Ui2 Ui3 Ui4 Ui5 > | kind=embeddings
  e 1000..1100  Uquery > | kind=embeddings
  k 1120..1300  Uquery Dp1 Dp2 > | kind=rerank
  c 1310..2000  Srag Ufull > Aform
tree
  - i
  handbook-assistant: e k c
`,
  ),
  labelledRun(
    'retrieval for a question that is rewritten first',
    `
texts
  Srew Rewrite the question so that it can be searched for.
  Srag You are a garden adviser. Answer from the passages only.
  Uq When do I prune apple trees?
  Aw best month for pruning apple trees
  Ue best month for pruning apple trees
  Ufull Passages: Prune apple trees in late winter. Question: When do I prune apple trees?
calls
  w 0..300      Srew Uq > Aw
  e 310..400    Ue > | kind=embeddings
  c 410..900    Srag Ufull > Awinter
tree
  rewrite-the-question-so-that: w
  garden-adviser: e c
`,
  ),
  labelledRun(
    'queries that a model writes as a list, for a text that repeats nothing of the question',
    `
texts
  Splan You write search queries, one a line.
  Uq Compare the heating of our two houses
  Alist ["heating costs of the house in Elm Road", "heating costs of the house in Oak Street"]
  Ue1 heating costs of the house in Elm Road
  Ue2 heating costs of the house in Oak Street
  Sans You write letters for a landlord.
  Uall Elm Road used 900 units of gas, Oak Street 1,400. Write the letter.
calls
  p 0..400      Splan Uq > Alist
  e 410..500    Ue1 > | kind=embeddings
  f 412..510    Ue2 > | kind=embeddings
  c 520..1200   Sans Uall > Aletter
tree
  write-search-queries-one-a: p e f
  write-letters-for-a-landlord: c
`,
  ),
  labelledRun(
    'retrieval by a tool, which embeds the query that the model gave it',
    `
texts
  Srag You are a statutes assistant.
  Uq May I keep bees in town?
  Csearch_statutes#s1 {"name":"search_statutes","arguments":"{\\"query\\":\\"keeping of bees inside town limits\\"}"}
  Uquery keeping of bees inside town limits
  Dp1 Bees may be kept three metres from any fence.
  Rhits#s1 [{"text":"Bees may be kept three metres from any fence.","score":0.91}]
calls
  a 0..500      Srag Tsearch_statutes Uq > Csearch_statutes#s1 | stack=ask@rag.ts:20,main@rag.ts:50
  e 520..600    Uquery > | kind=embeddings stack=embed@rag.ts:5,search_statutes@rag.ts:33,ask@rag.ts:24,main@rag.ts:50
  k 620..700    Uquery Dp1 > | kind=rerank stack=rank@rag.ts:8,search_statutes@rag.ts:35,ask@rag.ts:24,main@rag.ts:50
  b 720..1400   Srag Tsearch_statutes Uq Csearch_statutes#s1 Rhits#s1 > Ayes | stack=ask@rag.ts:20,main@rag.ts:50
tree
  statutes-assistant: a b
    tool a.s1
      - e k
tree with hooks
  rag: a b
    tool a.s1
      - e k
`,
  ),
  labelledRun(
    'evaluator and optimizer take turns',
    `
texts
  Sgen You are a slogan writer.
  Seva You are a strict reviewer of slogans.
  Utask Write a slogan for a bakery that opens at four in the morning.
  Ud1 Task: a slogan for a bakery. Draft: We rise before you do, and so does our bread. Say what is wrong with it.
  Ad1 We rise before you do, and so does our bread.
  Afb The joke is worn. Say something of the smell in the street, of the light in the window, of people who come off the night shift and who are hungry. Do not say rise. Do not use more than seven words, and let the first one be a verb. Think of who reads it: tired people at a tram stop, who will look at it for two seconds and then again tomorrow, for years. It must not annoy them by the third day, which most slogans do by the second one.
  Ufb The joke is worn. Say something of the smell.
  Ad2 Follow the smell, it is four.
  Ud2 Task: a slogan for a bakery. Draft: Follow the smell, it is four. Say what is wrong with it.
calls
  a 0..500      Sgen Utask > Ad1
  b 510..1200   Seva Ud1 > Afb
  c 1210..1800  Sgen Utask Ad1 Ufb > Ad2
  d 1810..2300  Seva Ud2 > Apass
tree
  slogan-writer: a c
  strict-reviewer: b
  strict-reviewer: d
`,
  ),
  labelledRun(
    'fan-out: sections of a text at once, then one call that brings them together',
    `
texts
  Ssec You are a summarizer. Sum up the section in two sentences.
  Sall You are a report editor. Bring the summaries together.
  Us1 Section 1: The spring was dry, and the lower fields were watered from the canal until June.
  Us2 Section 2: In July a storm broke the sluice, which was mended within the week.
  Us3 Section 3: The harvest came late and was small but good.
  Uall Summaries: dry spring, watered fields. A storm broke the sluice. Late small harvest.
calls
  a 0..700     Ssec Us1 > Adry | stack=sum@report.ts:8,main@report.ts:30
  b 1..650     Ssec Us2 > Astorm | stack=sum@report.ts:8,main@report.ts:30
  c 2..900     Ssec Us3 > Alate | stack=sum@report.ts:8,main@report.ts:30
  d 910..1500  Sall Uall > Areport | stack=main@report.ts:33
tree
  summarizer: a
  summarizer: b
  summarizer: c
  report-editor: d
tree with hooks
  report: a
  report: b
  report: c
  report-editor: d
`,
  ),
  labelledRun(
    'voting: the same question five times at once, and a judge',
    `
texts
  Svote You are a code reviewer. Answer safe or unsafe.
  Sjudge You are a judge. Count the votes.
  Ucode function remove(path) { return fs.rm(path, { recursive: true }) }
  Uvotes Votes: unsafe, unsafe, safe, unsafe, safe
calls
  a 0..400   Svote Ucode > Aunsafe
  b 1..450   Svote Ucode > Aunsafe
  c 2..380   Svote Ucode > Asafe
  d 3..500   Svote Ucode > Aunsafe
  e 4..420   Svote Ucode > Asafe
  f 510..800 Sjudge Uvotes > Aunsafe3
tree
  code-reviewer: a
  code-reviewer: b
  code-reviewer: c
  code-reviewer: d
  code-reviewer: e
  judge: f
`,
  ),
  labelledRun(
    'reviewers with different views of the same text at once',
    `
texts
  Slaw You are a legal reviewer.
  Stone You are a tone reviewer.
  Sfact You are a fact checker.
  Uad Our cheese is the oldest in the valley and makes you younger.
calls
  a 0..400 Slaw Uad > Aclaim
  b 1..450 Stone Uad > Afine
  c 2..380 Sfact Uad > Anot
tree
  legal-reviewer: a
  tone-reviewer: b
  fact-checker: c
`,
  ),
  labelledRun(
    'a router labels the question, a specialist answers it',
    `
texts
  Srout You are a router. Answer with one word: billing or technical.
  Stech You are a router repair technician.
  Uq My box blinks red since the thunderstorm
calls
  a 0..200     Srout Uq > Atechnical
  b 210..900   Stech Tping Uq > Cping#t1
  c 1500..2000 Stech Tping Uq Cping#t1 Rdead#t1 > Areplace
tree
  router-repair-technician: b c
    tool b.t1
    router: a
`,
  ),
  labelledRun(
    'retries after 429 and 503, then another model',
    `
texts
  Sbot You are a parcel bot.
  Uq Send it back please
calls
  a 0..20      Sbot Tlabel Uq > | status=429 retry=0
  b 520..540   Sbot Tlabel Uq > | status=503 retry=1
  c 1600..1700 Sbot Tlabel Uq > | status=529 model=big
  d 1710..2500 Sbot Tlabel Uq > Clabel#t1 | model=other
  e 2600..2650 Sbot Tlabel Uq Clabel#t1 Rpdf#t1 > | status=500 model=other
  f 3200..3900 Sbot Tlabel Uq Clabel#t1 Rpdf#t1 > Asent | model=other
tree
  parcel-bot: a b c d e f
    tool d.t1
`,
  ),
  labelledRun(
    'a stream that the program gives up is asked for again, without streaming',
    `
texts
  Sbot You are a poem bot.
  Uq Write forty lines on fog
calls
  a 0..900     Sbot Uq > Afog | end=aborted
  b 1000..5000 Sbot Uq > Along | body=other
  c 6000..7000 Sbot Uq Along Umore > Aend
tree
  poem-bot: a b c
`,
  ),
  labelledRun(
    'a scratchpad that grows in one prompt, as ReAct was first written',
    `
texts
  Uone Answer the question by thought and action. Question: which lock is higher, A or B?
  Utwo Answer the question by thought and action. Question: which lock is higher, A or B? Thought: I look up A. Action: lookup[A] Observation: 4 metres
  Uthree Answer the question by thought and action. Question: which lock is higher, A or B? Thought: I look up A. Action: lookup[A] Observation: 4 metres Thought: now B. Action: lookup[B] Observation: 6 metres
  Unext Answer the question by thought and action. Question: which canal is the longest?
calls
  a 0..300      Uone > At1 | stack=react@react.py:12
  b 500..800    Utwo > At2 | stack=react@react.py:12
  c 1000..1300  Uthree > Ab | stack=react@react.py:12
  d 2000..2300  Unext > At9 | stack=react@react.py:12
tree
  m: a b c
  m: d
tree with hooks
  react: a b c
  react: d
`,
  ),
  labelledRun(
    'the same agent is called again later, from another place and inside a tool',
    `
texts
  Smain You are a news editor.
  Ssum You are a digest maker. Sum up the article in one paragraph, name the people in it and say where it happened.
  Uart1 Article: The ferry Seestern ran aground off the mole on Sunday evening, nobody was hurt.
  Uart2 Article: The town council of Arendal has voted for the new library by nine votes to eight.
  Uq Which news do we print?
  Cdigest#t1 {"name":"digest","arguments":"{\\"article\\":\\"The town council of Arendal has voted for the new library by nine votes to eight.\\"}"}
calls
  a 0..500     Ssum Uart1 > Aferry
  b 1000..1500 Smain Tdigest Uq > Cdigest#t1
  c 1510..2000 Ssum Uart2 > Alibrary
  d 2010..2600 Smain Tdigest Uq Cdigest#t1 Rlibrary#t1 > Aprint
tree
  digest-maker: a
  news-editor: b d
    tool b.t1
      digest-maker: c
`,
  ),
  labelledRun(
    'a tool that gives the final answer is never answered: who comes next is not inside of it',
    `
texts
  Sext You are an invoice extractor.
  Schk You are an invoice checker.
  Uinv Invoice 7 of 3 May, 40 euros for paint
  Ufields number 7, date 3 May, amount 40
calls
  a 0..500    Sext Tinvoice Uinv > Cinvoice#t1
  b 510..900  Schk Tledger Ufields > Cledger#l1
  c 950..1300 Schk Tledger Ufields Cledger#l1 Rok#l1 > Aright
tree
  invoice-extractor: a
  invoice-checker: b c
    tool b.l1
`,
  ),
  labelledRun(
    'another job of the same program runs while a tool is open',
    `
texts
  Sbot You are a stock keeper.
  Sjob You are a log watcher.
  Uq Do we have enough salt for the winter?
  Ulog1 10:00 door opened by 17
  Ulog2 10:05 door left open for 300 seconds
calls
  j 0..200      Sjob Ulog1 > Anormal | stack=watch@watch.ts:9,tick@watch.ts:30
  a 300..900    Sbot Tcount Uq > Ccount#t1 | stack=ask@stock.ts:14,main@stock.ts:40
  k 1000..1300  Sjob Ulog2 > Aalarm | stack=watch@watch.ts:9,tick@watch.ts:30
  b 1900..2500  Sbot Tcount Uq Ccount#t1 R9#t1 > Ano | stack=ask@stock.ts:14,main@stock.ts:40
tree
  log-watcher: j
  stock-keeper: a b
    tool a.t1
  log-watcher: k
tree with hooks
  watch: j
  stock: a b
    tool a.t1
  watch: k
`,
  ),
  labelledRun(
    'sub-agents that are told nothing of the arguments: their stacks and times tell',
    `
texts
  Smain You are a house inspector.
  Sroof You are a roof expert.
  Sdamp You are a damp expert.
  Uq Look at Mill Lane 4
  Uroof Photos 1 to 9 are attached. Rate each tile row.
  Udamp Readings follow: 12, 14, 31, 12.
  Aroof Rows two and five need new tiles before the winter.
  Adamp The north wall is wet up to one metre.
  Rroof#t1 Rows two and five need new tiles before the winter.
  Rdamp#t2 The north wall is wet up to one metre.
calls
  a 0..500     Smain Tcheck_roof Tcheck_damp Uq > Ccheck_roof#t1 Ccheck_damp#t2 | stack=inspect@house.ts:20,main@house.ts:70
  d 510..1300  Sdamp Udamp > Adamp | stack=ask@house.ts:9,check_damp@house.ts:44,inspect@house.ts:26,main@house.ts:70
  o 512..1200  Sroof Uroof > Aroof | stack=ask@house.ts:9,check_roof@house.ts:38,inspect@house.ts:26,main@house.ts:70
  b 1310..1900 Smain Tcheck_roof Tcheck_damp Uq Ccheck_roof#t1 Ccheck_damp#t2 Rroof#t1 Rdamp#t2 > Areport | stack=inspect@house.ts:20,main@house.ts:70
tree
  house-inspector: a b
    tool a.t1
      roof-expert: o
    tool a.t2
      damp-expert: d
tree with hooks
  house: a b
    tool a.t1
      roof-expert: o
    tool a.t2
      damp-expert: d
`,
  ),
  labelledRun(
    'an agent that asks itself: the same system prompt, started by its own tool',
    `
texts
  Ssolve You are a puzzle solver. Split what is too hard and solve the parts by yourself.
  Uq Place eight rooks and two knights so that none takes another
  Csolve#t1 {"name":"solve","arguments":"{\\"puzzle\\":\\"Place eight rooks so that none takes another\\"}"}
  Csolve#t2 {"name":"solve","arguments":"{\\"puzzle\\":\\"Place two knights so that none takes another\\"}"}
  Up1 Place eight rooks so that none takes another
  Up2 Place two knights so that none takes another
calls
  a 0..500     Ssolve Tsolve Uq > Csolve#t1 Csolve#t2
  b 510..1000  Ssolve Tsolve Up1 > Adiagonal
  c 511..900   Ssolve Tsolve Up2 > Aapart
  d 1010..1500 Ssolve Tsolve Uq Csolve#t1 Csolve#t2 Rdiagonal#t1 Rapart#t2 > Aboth
tree
  puzzle-solver: a d
    tool a.t1
      puzzle-solver: b
    tool a.t2
      puzzle-solver: c
`,
  ),
  labelledRun(
    'a system prompt with the time and with what the agent remembers',
    `
texts
  S1 You are a gym coach. It is 3 May 2026, 10:01. Be kind. Never recommend pills. Ask before you judge. Known: nothing.
  S2 You are a gym coach. It is 3 May 2026, 10:02. Be kind. Never recommend pills. Ask before you judge. Known: bad knee. Swims on Sundays. Two children.
  S3 You are a gym coach. It is 4 May 2026, 09:00. Be kind. Never recommend pills. Ask before you judge. Known: bad knee. Swims on Sundays. Two children.
  Uq My knee hurts when I run
  Alist Then swim for a while. How long has it hurt?
  Uweek For a week
  Uagain Back again, the knee is better
calls
  a 0..500      S1 Tremember Uq > Cremember#t1
  b 600..1000   S2 Tremember Uq Cremember#t1 Rok#t1 > Alist
  c 9000..9500  S2 Tremember Uq Cremember#t1 Rok#t1 Alist Uweek > Await
  d 80000..80500 S3 Tremember Uagain > Afine
tree
  gym-coach: a b c
    tool a.t1
  gym-coach: d
`,
  ),
  labelledRun(
    'map and reduce over a long text, the summary going from call to call',
    `
texts
  Sref You are a minutes writer. Bring the next part into the minutes so far.
  U1 Part 1 of the recording: the chair opens at nine and greets two guests.
  A1 The chair opened the meeting at nine and greeted two guests from Odense.
  U2 Minutes so far: The chair opened the meeting at nine and greeted two guests from Odense. Part 2: the treasurer reports.
  A2 The chair opened at nine, greeted two guests, and the treasurer reported a surplus.
  U3 Minutes so far: The chair opened at nine, greeted two guests, and the treasurer reported a surplus. Part 3: any other business.
calls
  a 0..500     Sref U1 > A1
  b 510..1000  Sref U2 > A2
  c 1010..1600 Sref U3 > A3
tree
  minutes-writer: a b c
`,
  ),
  labelledRun(
    'the asking call is recorded late: its tools began while it was still streaming',
    `
texts
  Smain You are a quarry manager.
  Ssub You are a blast planner.
  Uq Plan Thursday
  Cplan_blast#t1 {"name":"plan_blast","arguments":"{\\"order\\":\\"two rows of eight holes at the north face\\"}"}
  Uin two rows of eight holes at the north face
calls
  a 0..1500    Smain Tplan_blast Uq > Cplan_blast#t1
  b 700..1400  Ssub Uin > Ayes
  c 1600..2000 Smain Tplan_blast Uq Cplan_blast#t1 Ryes#t1 > Adone
tree
  quarry-manager: a c
    tool a.t1
      blast-planner: b
`,
  ),
] as const

// Labelled runs in the shapes that agent frameworks give to their traffic. All texts are invented.

import { labelledRun } from '../labelled-run'

export const FRAMEWORK_RUNS = [
  labelledRun(
    'ReAct loop with two parallel tools',
    `
texts
  Sops You are an operations assistant. Use the tools to answer questions about shipments.
  Uq Where is parcel 88-301 and will the storm delay it?
calls
  a 0..900      Sops Ttrack Tweather Uq > Ctrack#t1 Cweather#t2 | stack=loop@ops.ts:20,main@ops.ts:60
  b 1400..2100  Sops Ttrack Tweather Uq Ctrack#t1 Cweather#t2 Rport#t1 Rstorm#t2 > Ctrack#t3 | stack=loop@ops.ts:20,main@ops.ts:60
  c 2300..3000  Sops Ttrack Tweather Uq Ctrack#t1 Cweather#t2 Rport#t1 Rstorm#t2 Ctrack#t3 Rship#t3 > Adone | stack=loop@ops.ts:20,main@ops.ts:60
tree
  operations-assistant: a b c
    tool a.t1
    tool a.t2
    tool b.t3
tree with hooks
  ops: a b c
    tool a.t1
    tool a.t2
    tool b.t3
`,
  ),
  labelledRun(
    'OpenAI Agents: hand-off, the user goes on with the new agent, which hands back',
    `
texts
  Striage You are a triage agent. Decide which specialist helps the customer and hand over.
  Srefund You are a refund agent. Refunds above 100 euros need a manager.
  Uq My kettle broke after two days, I want my money back.
  Ahow Of course. Which order was it?
  Uorder It was order 5512.
  Ccash#t2 {"name":"pay_back","arguments":"{\\"order\\":\\"5512\\"}"}
calls
  a 0..700      Striage Ttransfer_to_refund_agent Uq > Ctransfer_to_refund_agent#t1
  b 720..1500   Srefund Tpay_back Ttransfer_to_triage_agent Uq Ctransfer_to_refund_agent#t1 Rok#t1 > Ahow
  c 9000..9800  Srefund Tpay_back Ttransfer_to_triage_agent Uq Ctransfer_to_refund_agent#t1 Rok#t1 Ahow Uorder > Ccash#t2
  d 10000..10900 Srefund Tpay_back Ttransfer_to_triage_agent Uq Ctransfer_to_refund_agent#t1 Rok#t1 Ahow Uorder Ccash#t2 Rpaid#t2 > Ctransfer_to_triage_agent#t3
  e 10950..11500 Striage Ttransfer_to_refund_agent Uq Ctransfer_to_refund_agent#t1 Rok#t1 Ahow Uorder Ccash#t2 Rpaid#t2 Ctransfer_to_triage_agent#t3 Rback#t3 > Abye
tree
  triage-agent: a e
    tool a.t1
      refund-agent: b c d
        tool c.t2
        tool d.t3
`,
  ),
  labelledRun(
    'OpenAI Agents: agents as tools, three at once',
    `
texts
  Slead You are a translation lead. Call each translator and then compare.
  Ses You translate English to Spanish. You are a Spanish translator.
  Sfr You translate English to French. You are a French translator.
  Sit You translate English to Italian. You are an Italian translator.
  Uq Say: the harvest was late this year
  Cto_spanish#t1 {"name":"to_spanish","arguments":"{\\"input\\":\\"the harvest was late this year\\"}"}
  Cto_french#t2 {"name":"to_french","arguments":"{\\"input\\":\\"the harvest was late this year\\"}"}
  Cto_italian#t3 {"name":"to_italian","arguments":"{\\"input\\":\\"the harvest was late this year\\"}"}
  Uin the harvest was late this year
  Aes La cosecha llegó tarde este año
  Afr La récolte était tardive cette année
  Ait Il raccolto è stato tardivo quest'anno
  Res#t1 La cosecha llegó tarde este año
  Rfr#t2 La récolte était tardive cette année
  Rit#t3 Il raccolto è stato tardivo quest'anno
calls
  a 0..800     Slead Tto_spanish Tto_french Tto_italian Uq > Cto_spanish#t1 Cto_french#t2 Cto_italian#t3
  f 812..1700  Sfr Uin > Afr
  s 811..1900  Ses Uin > Aes
  i 813..2200  Sit Uin > Ait
  z 2210..3000 Slead Tto_spanish Tto_french Tto_italian Uq Cto_spanish#t1 Cto_french#t2 Cto_italian#t3 Res#t1 Rfr#t2 Rit#t3 > Abest
tree
  translation-lead: a z
    tool a.t1
      spanish-translator: s
    tool a.t2
      french-translator: f
    tool a.t3
      italian-translator: i
`,
  ),
  labelledRun(
    'LangGraph supervisor: workers take over by a tool and give back',
    `
texts
  Ssuper You are a team supervisor managing a researcher and a mathematician.
  Sres You are a researcher. Look things up, never calculate.
  Smath You are a mathematician. Calculate, never look things up.
  Uq How many bridges do Hamburg and Venice have together?
  Afacts Hamburg has 2,496 bridges and Venice has 391 bridges.
  Asum Together they have 2,887 bridges.
calls
  a 0..600      Ssuper Ttransfer_to_researcher Ttransfer_to_mathematician Uq > Ctransfer_to_researcher#t1
  b 610..1400   Sres Tweb_search Uq Ctransfer_to_researcher#t1 Rgone#t1 > Cweb_search#w1
  c 1900..2700  Sres Tweb_search Uq Ctransfer_to_researcher#t1 Rgone#t1 Cweb_search#w1 Rpages#w1 > Afacts
  d 2720..3300  Ssuper Ttransfer_to_researcher Ttransfer_to_mathematician Uq Ctransfer_to_researcher#t1 Rgone#t1 Afacts > Ctransfer_to_mathematician#t2
  e 3310..4000  Smath Tadd Uq Ctransfer_to_researcher#t1 Rgone#t1 Afacts Ctransfer_to_mathematician#t2 Rgone#t2 > Cadd#m1
  f 4010..4600  Smath Tadd Uq Ctransfer_to_researcher#t1 Rgone#t1 Afacts Ctransfer_to_mathematician#t2 Rgone#t2 Cadd#m1 R2887#m1 > Asum
  g 4620..5200  Ssuper Ttransfer_to_researcher Ttransfer_to_mathematician Uq Ctransfer_to_researcher#t1 Rgone#t1 Afacts Ctransfer_to_mathematician#t2 Rgone#t2 Asum > Aend
tree
  team-supervisor: a d g
    tool a.t1
      researcher: b c
        tool b.w1
    tool d.t2
      mathematician: e f
        tool e.m1
`,
  ),
  labelledRun(
    'LangGraph nodes that share one list of messages without tools between them',
    `
texts
  Splan You are a planner. Write a short plan, nothing else.
  Sexec You are an executor. Carry the plan out with your tools.
  Uq Rename the config file and fix every import of it.
  Aplan First find the imports, then rename, then run the build.
calls
  a 0..500     Splan Uq > Aplan
  b 520..1200  Sexec Tshell Uq Aplan > Cshell#x1
  c 1900..2500 Sexec Tshell Uq Aplan Cshell#x1 Rfound#x1 > Cshell#x2
  d 3000..3600 Sexec Tshell Uq Aplan Cshell#x1 Rfound#x1 Cshell#x2 Rdone#x2 > Afixed
tree
  planner: a
  executor: b c d
    tool b.x1
    tool c.x2
`,
  ),
  labelledRun(
    'coding agent: title and topic beside it, three parallel sub-agents by a task tool',
    `
texts
  Scode You are Fixbot, a coding agent in a terminal. Use tools to change files.
  Ssub You are a file search specialist for Fixbot. Search thoroughly, then report.
  Stopic You are a topic classifier. Say whether the message begins a new topic. Answer with JSON.
  Stitle You are a title writer. Write at most five words.
  Uq The login page flickers on slow phones. Find out why.
  Utopic The login page flickers on slow phones. Find out why.
  Utitle Title this conversation: The login page flickers on slow phones. Find out why.
  Atopic {"isNewTopic":true,"title":"Login flicker"}
  Atitle Login page flicker
  Ctask#t1 {"name":"task","input":{"description":"css","prompt":"Find all style sheets that the login page loads"}}
  Ctask#t2 {"name":"task","input":{"description":"js","prompt":"Find every script that changes the login form"}}
  Ctask#t3 {"name":"task","input":{"description":"net","prompt":"Find out which requests the login page makes"}}
  Up1 Find all style sheets that the login page loads
  Up2 Find every script that changes the login form
  Up3 Find out which requests the login page makes
  Ar1 It loads base.css and login.css, the latter twice.
  Ar2 Only form.ts touches the form, in onReady.
  Ar3 It asks for the session and for two fonts.
  Rr1#t1 It loads base.css and login.css, the latter twice.
  Rr2#t2 Only form.ts touches the form, in onReady.
  Rr3#t3 It asks for the session and for two fonts.
calls
  p 0..300      Stopic Utopic > Atopic
  q 5..420      Stitle Utitle > Atitle
  a 10..1500    Scode Ttask Tread Tedit Uq > Ctask#t1 Ctask#t2 Ctask#t3
  b 1510..2300  Ssub Tgrep Tread Up1 > Cgrep#g1
  d 1512..2400  Ssub Tgrep Tread Up2 > Cgrep#g2
  f 1515..2500  Ssub Tgrep Tread Up3 > Cgrep#g3 Cread#g4
  c 2450..3100  Ssub Tgrep Tread Up1 Cgrep#g1 Rm1#g1 > Ar1
  e 2550..3200  Ssub Tgrep Tread Up2 Cgrep#g2 Rm2#g2 > Ar2
  g 2700..3600  Ssub Tgrep Tread Up3 Cgrep#g3 Cread#g4 Rm3#g3 Rm4#g4 > Ar3
  h 3620..4700  Scode Ttask Tread Tedit Uq Ctask#t1 Ctask#t2 Ctask#t3 Rr1#t1 Rr2#t2 Rr3#t3 > Cedit#t4
  i 4900..5500  Scode Ttask Tread Tedit Uq Ctask#t1 Ctask#t2 Ctask#t3 Rr1#t1 Rr2#t2 Rr3#t3 Cedit#t4 Redited#t4 > Afixed
tree
  fixbot: a h i
    topic-classifier: p
    title-writer: q
    tool a.t1
      file-search-specialist: b c
        tool b.g1
    tool a.t2
      file-search-specialist: d e
        tool d.g2
    tool a.t3
      file-search-specialist: f g
        tool f.g3
        tool f.g4
    tool h.t4
`,
  ),
  labelledRun(
    'coding agent: the history is summed up half-way and goes on',
    `
texts
  Scode You are Fixbot, a coding agent in a terminal. Use tools to change files.
  Ssum You are a helpful assistant tasked with summing up conversations.
  Uq Move the date helpers into a package of their own.
  Usum Sum up the conversation so far with all that is needed to go on.
  Asum The user wants the date helpers moved into a package. parse.ts and format.ts are moved; the imports in cli/ still point to the old place.
  Ugo This session goes on from an earlier one. Summary: The user wants the date helpers moved into a package. parse.ts and format.ts are moved; the imports in cli/ still point to the old place.
calls
  a 0..900      Scode Tedit Uq > Cedit#t1
  b 1000..1900  Scode Tedit Uq Cedit#t1 Rok#t1 > Cedit#t2
  c 2000..2900  Scode Tedit Uq Cedit#t1 Rok#t1 Cedit#t2 Rok2#t2 > Adone
  s 3000..4900  Ssum Uq Cedit#t1 Rok#t1 Cedit#t2 Rok2#t2 Adone Usum > Asum
  d 5000..5900  Scode Tedit Ugo > Cedit#t3
  e 6000..6900  Scode Tedit Ugo Cedit#t3 Rok3#t3 > Aend
tree
  fixbot: a b c d e
    helpful-assistant: s
    tool a.t1
    tool b.t2
    tool d.t3
`,
  ),
  labelledRun(
    'coding agent: old tool results are cleared, then the beginning is cut off',
    `
texts
  Scode You are Fixbot, a coding agent in a terminal. Use tools to change files.
  Uq Speed up the test suite.
  Uwhy Why is the parser still slow?
  Aslow The parser compiles its patterns in every test, that is the reason.
calls
  a 0..900      Scode Trun Uq > Crun#t1
  b 1000..1900  Scode Trun Uq Crun#t1 Rlong#t1 > Crun#t2
  c 2000..2900  Scode Trun Uq Crun#t1 Rcleared#t1 Crun#t2 Rlong2#t2 > Crun#t3
  d 3000..3900  Scode Trun Uq Crun#t1 Rcleared#t1 Crun#t2 Rcleared#t2 Crun#t3 Rlong3#t3 > Aslow
  e 9000..9900  Scode Trun Crun#t3 Rlong3#t3 Aslow Uwhy > Crun#t4
  f 10000..10900 Scode Trun Aslow Uwhy Crun#t4 Rlong4#t4 > Aend
tree
  fixbot: a b c d e f
    tool a.t1
    tool b.t2
    tool c.t3
    tool e.t4
`,
  ),
  labelledRun(
    'Responses: each request names the one before, another agent runs inside a tool',
    `
texts
  Sdesk You are a library desk agent.
  Scat You are a catalogue agent.
  Uq Do you have a book on tidal mills?
  Cask_catalogue#c1 {"name":"ask_catalogue","arguments":"{\\"question\\":\\"books on tidal mills\\"}"}
  Uin books on tidal mills
calls
  a 0..500     Sdesk Task_catalogue Uq > Cask_catalogue#c1
  b 510..900   Scat Tlookup Uin > Clookup#k1
  c 1000..1400 Scat Tlookup Rrows#k1 > Atwo | previous=b
  d 1420..1900 Sdesk Task_catalogue Rtwo#c1 > Ayes | previous=a
  e 8000..8600 Sdesk Task_catalogue Uwhich > Athis | previous=d
tree
  library-desk-agent: a d e
    tool a.c1
      catalogue-agent: b c
        tool b.k1
`,
  ),
  labelledRun(
    'Gemini: parallel function calls without ids',
    `
texts
  Sgarden You are a garden planner.
  Uq What shall I plant in Kiel and in Graz in May?
calls
  a 0..500     Sgarden Tsoil Tclimate Uq > Csoil#?1 Cclimate#?2 Cclimate#?3
  b 900..1500  Sgarden Tsoil Tclimate Uq Csoil#?1 Cclimate#?2 Cclimate#?3 Rsoil#?1 Rclimate#?2 Rclimate#?3 > Csoil#?4
  c 1700..2300 Sgarden Tsoil Tclimate Uq Csoil#?1 Cclimate#?2 Cclimate#?3 Rsoil#?1 Rclimate#?2 Rclimate#?3 Csoil#?4 Rsoil#?4 > Abeans
tree
  garden-planner: a b c
    tool a.tool1
    tool a.tool2
    tool a.tool3
    tool b.tool1
`,
  ),
  labelledRun(
    'a crew of three, one task after the other',
    `
texts
  Sres You are Market Researcher. You dig up facts about markets. Your personal goal is: find numbers. Answer in the expected format only.
  Swri You are Report Writer. You write clear reports. Your personal goal is: write a page. Answer in the expected format only.
  Sedi You are Chief Editor. You cut what is not needed. Your personal goal is: half the length. Answer in the expected format only.
  Ut1 Current Task: Collect the figures on cargo bikes. Begin!
  Ut2 Current Task: Write a report. This is the context you work with: Sales of cargo bikes rose by 40 percent in a year, most of them electric. Begin!
  Ut3 Current Task: Edit the report. This is the context you work with: Cargo bikes sell better every year, and electric ones best of all. Begin!
  Aone Sales of cargo bikes rose by 40 percent in a year, most of them electric.
  Atwo Cargo bikes sell better every year, and electric ones best of all.
calls
  a 0..900     Sres Tsearch Ut1 > Csearch#s1 | stack=main@crew.py:30
  b 1500..2300 Sres Tsearch Ut1 Csearch#s1 Rhits#s1 > Aone | stack=main@crew.py:30
  c 2310..3300 Swri Ut2 > Atwo | stack=main@crew.py:30
  d 3310..4000 Sedi Ut3 > Athree | stack=main@crew.py:30
tree
  market-researcher: a b
    tool a.s1
  report-writer: c
  chief-editor: d
tree with hooks
  crew: a b
    tool a.s1
  report-writer: c
  chief-editor: d
`,
  ),
  labelledRun(
    'a crew with a manager who delegates',
    `
texts
  Sman You are Crew Manager. You coordinate the team. Your personal goal is: finish the task.
  Sres You are Tide Researcher. You know the sea. Your personal goal is: find facts.
  Uq Current Task: Write a leaflet on tides. Begin!
  Cdelegate_work_to_coworker#d1 {"name":"delegate_work_to_coworker","arguments":"{\\"task\\":\\"Explain spring tides in two sentences\\",\\"context\\":\\"For a leaflet\\",\\"coworker\\":\\"Tide Researcher\\"}"}
  Uin Current Task: Explain spring tides in two sentences. This is the context you work with: For a leaflet. Begin!
  Aspring At new and full moon the sun pulls with the moon. The tide is then highest.
  Rspring#d1 At new and full moon the sun pulls with the moon. The tide is then highest.
calls
  a 0..900     Sman Tdelegate_work_to_coworker Task_question_to_coworker Uq > Cdelegate_work_to_coworker#d1
  b 905..1800  Sres Uin > Aspring
  c 1810..2600 Sman Tdelegate_work_to_coworker Task_question_to_coworker Uq Cdelegate_work_to_coworker#d1 Rspring#d1 > Aleaflet
tree
  crew-manager: a c
    tool a.d1
      tide-researcher: b
`,
  ),
  labelledRun(
    'three levels: an agent in a tool of an agent in a tool',
    `
texts
  Stop You are a trip planner.
  Smid You are a hotel scout.
  Slow You are a review reader.
  Uq Plan a weekend in Ghent
  Cscout#t1 {"name":"scout","arguments":"{\\"task\\":\\"quiet hotels near the canal in Ghent\\"}"}
  Umid quiet hotels near the canal in Ghent
  Cread_reviews#r1 {"name":"read_reviews","arguments":"{\\"hotel\\":\\"Hotel Lisbloem reviews about noise\\"}"}
  Ulow Hotel Lisbloem reviews about noise
  Alow Guests call it silent but for the bells.
  Rlow#r1 Guests call it silent but for the bells.
  Amid Hotel Lisbloem is quiet, bells aside.
  Rmid#t1 Hotel Lisbloem is quiet, bells aside.
calls
  a 0..500     Stop Tscout Uq > Cscout#t1
  b 510..900   Smid Tread_reviews Umid > Cread_reviews#r1
  c 910..1300  Slow Tfetch Ulow > Cfetch#f1
  d 1400..1800 Slow Tfetch Ulow Cfetch#f1 Rhtml#f1 > Alow
  e 1810..2200 Smid Tread_reviews Umid Cread_reviews#r1 Rlow#r1 > Amid
  f 2210..2700 Stop Tscout Uq Cscout#t1 Rmid#t1 > Aplan
tree
  trip-planner: a f
    tool a.t1
      hotel-scout: b e
        tool b.r1
          review-reader: c d
            tool c.f1
`,
  ),
  labelledRun(
    'an SDK that writes a line of its own into each prompt, and one greeting into all',
    `
texts
  S1 x-acme-trace-header: v=2.1; run=9b9a1;
  S2 x-acme-trace-header: v=2.1; run=00ce4;
  S3 x-acme-trace-header: v=2.1; run=aab36;
  Smain You are an Acme agent, built on the Acme kit.
  Stitle You are an Acme agent, built on the Acme kit. Write a title for the session. Use at most six words. No full stop. Answer with JSON only.
  Ssum You are an Acme agent, built on the Acme kit. You are a sums expert who adds numbers. Be exact. Show no steps. Never guess. Use the tool.
  Uq Have the sums expert add fifteen and twenty-seven
  Uin Add fifteen and twenty-seven with the tool
  Cagent#t1 {"name":"agent","arguments":"{\\"kind\\":\\"sums\\",\\"prompt\\":\\"Add fifteen and twenty-seven with the tool\\"}"}
calls
  t 0..300      S1 Stitle Uq > Asum
  a 10..900     S2 Smain Tagent Tread Uq > Cagent#t1
  b 910..1500   S3 Ssum Tadd Uin > Cadd#x1
  c 1600..2000  S1 Ssum Tadd Uin Cadd#x1 R42#x1 > Aforty
  d 2010..2600  S3 Smain Tagent Tread Uq Cagent#t1 Rforty#t1 > Adone
tree
  acme-agent: a d
    acme-agent: t
    tool a.t1
      sums-expert: b c
        tool b.x1
`,
  ),
  labelledRun(
    'two agents of a team talk by turns',
    `
texts
  Spoet You are a poet. Write four lines.
  Scrit You are a critic. Say what to change, or APPROVE.
  Uq A poem on autumn fog
  Afirst Fog on the weir, grey on grey.
  Achange The second line has no verb.
  Asecond Fog lies on the weir, grey lies on grey.
calls
  a 0..400     Spoet Uq > Afirst
  b 410..800   Scrit Uq Afirst > Achange
  c 810..1200  Spoet Uq Afirst Achange > Asecond
  d 1210..1500 Scrit Uq Afirst Achange Asecond > Aapprove
tree
  poet: a c
  critic: b d
`,
  ),
  labelledRun(
    'the last call of a loop offers no tools, and the tools grow on the way',
    `
texts
  Sbot You're a helpful assistant.
  Uq What is the weather in Graz and in Brno?
calls
  a 0..400     Sbot Tweather Uq > Cweather#t1
  b 500..900   Sbot Tweather Tmaps Uq Cweather#t1 Rrain#t1 > Cweather#t2
  c 1000..1400 Sbot Uq Cweather#t1 Rrain#t1 Cweather#t2 Rsun#t2 > Aboth
tree
  helpful-assistant: a b c
    tool a.t1
    tool b.t2
`,
  ),
] as const

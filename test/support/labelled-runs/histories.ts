// Labelled runs whose conversations look like each other, or whose history comes back changed. All texts are invented.

import { labelledRun } from '../labelled-run'

export const HISTORY_RUNS = [
  labelledRun(
    'examples in the prompt, with answers that the model gives itself, too',
    `
texts
  Slabel Say what kind of ticket it is: bug, question or praise.
  Uex1 The page stays white
  Aex1 bug
  Uex2 Where do I change my picture?
  Aex2 question
  U1 It stops when I press save
  A1 bug
  U2 How much is the small plan?
  A2 question
  U3 Nothing happens on Mondays
  A3 bug
calls
  a 0..300     Slabel Uex1 Aex1 Uex2 Aex2 U1 > Aex1
  b 400..700   Slabel Uex1 Aex1 Uex2 Aex2 U2 > Aex2
  c 800..1100  Slabel Uex1 Aex1 Uex2 Aex2 U3 > Aex1
tree
  say-what-kind-of-ticket: a
  say-what-kind-of-ticket: b
  say-what-kind-of-ticket: c
`,
  ),
  labelledRun(
    'the last messages only: short answers, each behind its question',
    `
texts
  Scoach You are a quiz coach.
  Uone Is copper a metal?
  Utwo Is glass a metal?
  Uthree Is tin a metal?
  Ufour Is wood a metal?
  Ayes Yes
  Ano No
calls
  a 0..300     Scoach Uone > Ayes
  b 1000..1300 Scoach Uone Ayes Utwo > Ano
  c 2000..2300 Scoach Utwo Ano Uthree > Ayes
  d 3000..3300 Scoach Uthree Ayes Ufour > Ano
tree
  quiz-coach: a b c d
`,
  ),
  labelledRun(
    'two users say hello in the same words, get the same answer, and go on',
    `
texts
  Sbot You are a hotel clerk.
  Uhi hi
  Ahello Hello! What can I do for you?
  Ubed I need a bed
  Ukey I lost my key
  Usoft A soft one
calls
  a 0..400     Sbot Uhi > Ahello
  b 100..600   Sbot Uhi > Ahello
  d 1000..1500 Sbot Uhi Ahello Ukey > Awhen
  c 1100..1400 Sbot Uhi Ahello Ubed > Awhich
  e 2000..2400 Sbot Uhi Ahello Ubed Awhich Usoft > Adone
tree
  hotel-clerk: a d
  hotel-clerk: b c e
`,
  ),
  labelledRun(
    'two users with the same words in sessions of their own',
    `
texts
  Sbot You are a hotel clerk.
  Uhi hi
  Ahello Hello! What can I do for you?
  Ubed I need a bed
  Uroom Which room is mine?
calls
  a 0..400     Sbot Uhi > Ahello | session=x
  b 100..600   Sbot Uhi > Ahello | session=y
  c 1000..1400 Sbot Uhi Ahello Ubed > Awhich | session=x
  d 1100..1500 Sbot Uhi Ahello Ubed > Ahow | session=y
  e 2000..2400 Sbot Uhi Ahello Ubed Ahow Uroom > Anine | session=y
tree
  hotel-clerk: a c
  hotel-clerk: b d e
`,
  ),
  labelledRun(
    'the same question three times at once: one is refused and asked again, later comes a fourth',
    `
texts
  Sriddle Solve the riddle. End with the answer.
  Uq What has keys and opens no lock?
calls
  a 0..20      Sriddle Uq > | status=429
  b 1..380     Sriddle Uq > Amap
  c 2..400     Sriddle Uq > Apiano
  d 520..900   Sriddle Uq > Akeyboard
  f 2000..2400 Sriddle Uq > Apiano
tree
  solve-the-riddle: a d
  solve-the-riddle: b
  solve-the-riddle: c
  solve-the-riddle: f
`,
  ),
  labelledRun(
    'two conversations that the provider holds: each request brings what is new',
    `
texts
  Sbot You are a hotel clerk.
  Uhi hi
  Ubed I need a bed
calls
  a 0..400     Sbot Uhi > Ahello  | conversation=conv-x session=conv-x
  b 100..600   Sbot Uhi > Ahello  | conversation=conv-y session=conv-y
  c 1000..1400 Sbot Ubed > Awhich | conversation=conv-x session=conv-x
  d 1100..1500 Sbot Ubed > Awhich | conversation=conv-y session=conv-y
  e 2000..2400 Sbot Uhi > Ahello  | conversation=conv-y session=conv-y
tree
  hotel-clerk: a c
  hotel-clerk: b d e
`,
  ),
  labelledRun(
    "words put into the model's mouth, which come back as the beginning of its answer",
    `
texts
  Sjson You are a form reader. Answer in JSON.
  U1 Ida Moor, 41
  Aopen {
  A1 "name":"Ida Moor","age":41}
  Awhole1 {"name":"Ida Moor","age":41}
  U2 Bo Tarn, 7
  A2 "name":"Bo Tarn","age":7}
calls
  a 0..400     Sjson U1 Aopen > A1
  b 1000..1400 Sjson U1 Awhole1 U2 Aopen > A2
tree
  form-reader: a b
`,
  ),
  labelledRun(
    'three members of a group talk by turns: what the others said comes as questions',
    `
texts
  Scap You are Captain, a member of a crew.
  Scook You are Cook, a member of a crew.
  Spil You are Pilot, a member of a crew.
  Utask Find a name for the boat
  A1 I say Sea Lark
  U1 Captain: I say Sea Lark
  A2 I say Copper Pot
  U2 Cook: I say Copper Pot
  A3 I say North Wind
  U3 Pilot: I say North Wind
  A4 Sea Lark is better
  U4 Captain: Sea Lark is better
  A5 Then Copper Lark
  U5 Cook: Then Copper Lark
calls
  a 0..400     Scap Utask > A1
  b 500..900   Scook Utask U1 > A2
  c 1000..1400 Spil Utask U1 U2 > A3
  d 1500..1900 Scap Utask A1 U2 U3 > A4
  e 2000..2400 Scook Utask U1 A2 U3 U4 > A5
  f 2500..2900 Spil Utask U1 U2 A3 U4 U5 > A6
tree
  captain: a d
  cook: b e
  pilot: c f
`,
  ),
  labelledRun(
    'Gemini: one tool after the other without ids, words only in the first reply',
    `
texts
  Sguide You are a tower guide.
  Uq How high is the tower of Aldern?
  Alook I will look it up.
  Csearch#?1 {"name":"search","args":{"q":"tower of Aldern"}}
  Cread#?2 {"name":"read","args":{"page":"tower"}}
  Cread#?3 {"name":"read","args":{"page":"height"}}
calls
  a 0..400     Sguide Tsearch Tread Uq > Alook Csearch#?1
  b 600..900   Sguide Tsearch Tread Uq Alook Csearch#?1 Rsearch#?1 > Cread#?2
  c 1100..1400 Sguide Tsearch Tread Uq Alook Csearch#?1 Rsearch#?1 Cread#?2 Rread#?2 > Cread#?3
  d 1700..2000 Sguide Tsearch Tread Uq Alook Csearch#?1 Rsearch#?1 Cread#?2 Rread#?2 Cread#?3 Rread#?3 > Atall
tree
  tower-guide: a b c d
    tool a.tool1
    tool b.tool1
    tool c.tool1
`,
  ),
  labelledRun(
    'a worker that remembers is asked again at once: it stays where it was first started',
    `
texts
  Slead You are a site manager.
  Swork You are a house painter.
  Uq Have two walls painted
  Cpaint#t1 {"name":"paint","arguments":"{\\"order\\":\\"Paint the north wall in white\\"}"}
  Cpaint#t2 {"name":"paint","arguments":"{\\"order\\":\\"Paint the south wall in green\\"}"}
  Unorth Paint the north wall in white
  Usouth Paint the south wall in green
  Anorth The north wall is white now
  Asouth The south wall is green now
  Rnorth#t1 The north wall is white now
  Rsouth#t2 The south wall is green now
calls
  a 0..15  Slead Tpaint Uq > Cpaint#t1
  b 18..30 Swork Unorth > Anorth
  c 32..45 Slead Tpaint Uq Cpaint#t1 Rnorth#t1 > Cpaint#t2
  d 47..60 Swork Unorth Anorth Usouth > Asouth
  e 62..75 Slead Tpaint Uq Cpaint#t1 Rnorth#t1 Cpaint#t2 Rsouth#t2 > Adone
tree
  site-manager: a c e
    tool a.t1
      house-painter: b d
    tool c.t2
`,
  ),
  labelledRun(
    'two tools at once, the agent in one is told nothing of the arguments: what it says becomes the result',
    `
texts
  Slead You are a travel lead.
  Slaw You are a lawyer.
  Sdoc You are a doctor.
  Uq May I fly with a broken leg?
  Cask_law#t1 {"name":"ask_law","arguments":"{\\"topic\\":\\"rights of injured passengers\\"}"}
  Cask_med#t2 {"name":"ask_med","arguments":"{\\"topic\\":\\"flying with a cast on the leg\\"}"}
  Ulaw For the lead, please: may they turn me away?
  Umed For the lead, please: flying with a cast on the leg
  Alaw They may refuse you without a note.
  Amed Wait for two days after the cast was made.
  Rlaw#t1 They may refuse you without a note.
  Rmed#t2 Wait for two days after the cast was made.
calls
  a 0..15  Slead Task_law Task_med Uq > Cask_law#t1 Cask_med#t2
  b 19..33 Slaw Tbook Ulaw > Cbook#t3
  c 19..35 Sdoc Tguide Umed > Cguide#t4
  d 48..60 Slaw Tbook Ulaw Cbook#t3 Rpage#t3 > Alaw
  e 62..66 Sdoc Tguide Umed Cguide#t4 Rpage#t4 > Amed
  f 68..80 Slead Task_law Task_med Uq Cask_law#t1 Cask_med#t2 Rlaw#t1 Rmed#t2 > Adone
tree
  travel-lead: a f
    tool a.t1
      lawyer: b d
        tool b.t3
    tool a.t2
      doctor: c e
        tool c.t4
`,
  ),
] as const

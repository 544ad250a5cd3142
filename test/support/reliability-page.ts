// docs/reliability.md out of what the fault tests noted, and what it said when it was written.

import type { FaultRecord } from './reliability'

/** The whole page, in Markdown; `day` is ISO 8601. */
export function reliabilityPage(faults: readonly FaultRecord[], day: string): string {
  return [INTRODUCTION, `${sentence(faults, day)}\n`, HEAD, ...faults.map(tableRow), '', MEASURED].join('\n')
}

/** What the page's table says: name of the fault → numbers of its failed and its lost calls. */
export function readReliabilityPage(text: string): ReadonlyMap<string, { failed: number; lost: number }> {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| fault ') && !line.startsWith('| --- '))
    .map((line) => line.split(' | '))
  return new Map(
    rows.map(([fault = '', , , failed, , lost]) => [
      fault.replace(/^\| /, ''),
      { failed: Number(failed), lost: Number(lost) },
    ]),
  )
}

const INTRODUCTION = `# Reliability

What becomes of model calls when something of ours fails. Written by the fault tests (\`test/integration/faults*.test.ts\`, with \`COSTFLAME_WRITE_RELIABILITY=1\` and \`COSTFLAME_SLOW_TESTS=1\`): real \`costflame\` processes of the built product, real sockets, a program that calls all the time, and a look into the store afterwards. The same tests run with every \`npm test\`, with two profilers on one store for ten seconds instead of a minute.
`

const HEAD = `| fault | times | calls | failed | cut off | lost | not recorded, and said | store sound | how |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |`

const MEASURED = `## How it is measured

- **failed**: the program got an error, or bytes other than those that the provider sent. Each answer carries the hash of the request as the provider received it, so a byte changed on the way up shows as well.
- **cut off**: the call was under way through a process when that process was killed, or came when nobody listened on its port, and its program is one that knows no hook; or its answer had begun, so that asking again would pay twice. Nothing that has died can answer. Programs under the hook go straight to the provider, others find the profiler again on the same port, because \`costflame run\` starts it anew.
- **lost**: the call ended well, should be in the store and is not there, and nobody said so. After \`kill -9\`, that is a call that the feed had announced, or one that had ended more than 500 ms before.
- **not recorded, and said**: the profiler said on its standard error that calls are missing (or \`costflame run\` did: calls made while no profiler lived); or calls that a hooked program sent straight to the provider, because its profiler was dead: after a death the hook leaves it alone for a while.
- **store sound**: \`PRAGMA integrity_check\` and \`foreign_key_check\` after the fault: how many said \`ok\`, of how many. None where the fault is the damage of the file itself.
- A stage that throws and a worker that dies: one function of a copy of the built bundles is broken. The product has no switch for it.
- A full disk is a small file system in memory; a read-only folder a read-only mount, a read-only file an immutable one, because the tests may run as root, whom file modes do not bind.
- The moments of \`kill -9\` come from a seed that the test prints; they fall into the first calls after a start, steady calls, streams, bursts, large prompts, and the end of a profiler that was told to stop. All kills of a series are in one data folder, so that each profiler starts from what a killed one left. What was announced is looked for at once; what had ended 500 ms before once the next profiler has recorded what the killed one left in its spool, after the last kill once \`costflame report\` has. To the 500 ms comes the longest time for which the machine held up the test itself. Both are judged at any load, and that nothing is recorded twice.
`

function sentence(faults: readonly FaultRecord[], day: string): string {
  const sum = (of: (record: FaultRecord) => number) => faults.reduce((total, record) => total + of(record), 0)
  const [times, calls, failed, lost] = [
    sum((record) => record.times),
    sum((record) => record.calls),
    sum((record) => record.failed),
    sum((record) => record.lost),
  ].map((value) => value.toLocaleString('en-US'))
  return `On ${day}: ${faults.length} faults, tried ${times} times under ${calls} calls. ${failed} calls failed, ${lost} were lost.`
}

function tableRow({ fault, times, calls, failed, cutOff, lost, said, checks, how }: FaultRecord): string {
  const sound = checks.made === 0 ? '–' : `${checks.ok} of ${checks.made}`
  return `| ${[fault, times, calls, failed, cutOff ?? 0, lost, said ?? 0, sound, how ?? ''].join(' | ')} |`
}

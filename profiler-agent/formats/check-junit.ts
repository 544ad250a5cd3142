// The verdict of the gate as JUnit XML, which CI services show as tests: a test case for each limit. Source: junit-10.xsd of Jenkins' xUnit plugin.

import type { GateVerdict } from '../model/budget'
import type { LimitCheck } from '../model/comparison'
import { scopeText } from '../model/limit-text'
import { type CheckReport, placeOf, reasons, valueSentence } from './check-report'

/** One suite. A limit that is over has failed, one that is indeterminate is an error; near and stale ones pass and say so. */
export function checkJunit({ results, file, problems }: CheckReport): string {
  const count = (verdict: GateVerdict) => results.filter((result) => result.verdict === verdict).length
  const errors = count('indeterminate') + problems.length
  const tests = results.length + problems.length
  const totals = `tests="${tests}" failures="${count('over')}" errors="${errors}" time="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${totals}>`,
    `  <testsuite name="costflame check" ${totals}>`,
    ...problems.map(({ line, column, message }) =>
      testCase(
        file,
        `line ${line}`,
        `    <error type="unreadable" message="${xml(`${file}:${line}:${column}: ${message}`)}"/>`,
      ),
    ),
    ...results.map((result) => testCase(scopeText(result.scope), result.limit, outcome(file, result))),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

function testCase(suite: string, name: string, inside: string): string {
  const open = `    <testcase classname="${xml(suite)}" name="${xml(name)}" time="0"`
  return inside === '' ? `${open}/>` : `${open}>\n  ${inside}\n    </testcase>`
}

function outcome(file: string, result: LimitCheck): string {
  const { verdict } = result
  if (verdict === 'fine') return ''
  const text = [`${valueSentence(result)} (${placeOf(file, result)})`, ...reasons(result)].join('\n')
  if (verdict === 'near' || verdict === 'stale')
    return `    <system-out>${xml(`${verdict}: ${text}`)}</system-out>`
  const element = verdict === 'over' ? 'failure' : 'error'
  return `    <${element} type="${verdict}" message="${xml(valueSentence(result))}">${xml(text)}</${element}>`
}

/** Escaped, and without what XML 1.0 cannot hold. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '�')
    .replace(/[&<>"\n\r\t]/g, (character) => ENTITIES[character] ?? character)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

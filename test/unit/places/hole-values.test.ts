// Which holes of a template change, told by the prompts that it made.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources are texts here

import assert from 'node:assert/strict'
import { changingHoles } from '../../../profiler-agent/places/hole-values'
import { lexJavaScript } from '../../../profiler-agent/places/javascript'

function changing(source: string, prompts: readonly string[]): string[] {
  const [text] = lexJavaScript(source).lexemes
  assert.equal(text?.kind, 'text')
  const holes = text.kind === 'text' ? changingHoles(text.pieces, prompts) : []
  return holes.map(({ inner }) => source.slice(inner.start, inner.end))
}

describe('holes of a template', () => {
  const SOURCE = '`Now: ${now}\nTicket ${id} from ${name}\n\n${manual}`'
  const prompt = (now: string, id: string, manual = 'The manual.') =>
    `Now: ${now}\n  Ticket ${id} from ada\n\n${manual}`

  it('change where prompts have other values there', () => {
    assert.deepEqual(changing(SOURCE, [prompt('1', '7'), prompt('2', '7')]), ['now'])
    assert.deepEqual(changing(SOURCE, [prompt('1', '7'), prompt('2', '7'), prompt('3', '8')]), ['now', 'id'])
    assert.deepEqual(changing(SOURCE, [prompt('1', '7'), prompt('1', '7')]), [])
  })

  it('are not judged by prompts that it did not make', () => {
    assert.deepEqual(changing(SOURCE, [prompt('1', '7'), 'Another prompt.', 'Now: 5']), [])
    assert.deepEqual(changing(SOURCE, []), [])
  })
})

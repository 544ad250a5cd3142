import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { htmlExport } from '../../../profiler-agent/formats/html'
import { runOf } from '../profile/run-of'

const hostile = { ...runOf('call gpt 0..1 1+1 $1'), name: '</script><script>alert(1)</script><!-- &' }
const page = htmlExport({ schema: 'costflame.run/1', runs: [hostile] }, { script: 'draw("</script>")' })

describe('a run as an HTML page', () => {
  it('carries the data whole, with no way out of its element', () => {
    const data = /<script type="application\/json" id="costflame-data">([^<]*)<\/script>/.exec(page)?.[1]
    assert.equal(JSON.parse(data ?? '').runs[0].name, hostile.name)
  })

  it('escapes the name in the title', () => {
    assert.ok(
      page.includes(
        '<title>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &amp; · Costflame</title>',
      ),
    )
  })

  it('holds two scripts and allows exactly the one that draws', () => {
    const script = /<\/script>\n<script>(.*)<\/script>\n<\/body>/.exec(page)?.[1] ?? ''
    assert.equal(script, 'draw("<\\/script>")')
    const hash = createHash('sha256').update(script).digest('base64')
    assert.ok(page.includes(`default-src 'none'; script-src 'sha256-${hash}'`))
    assert.equal(page.match(/<\/script>/g)?.length, 2)
  })
})

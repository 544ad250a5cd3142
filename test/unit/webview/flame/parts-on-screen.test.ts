import assert from 'node:assert/strict'
import type { Segment } from '../../../../profiler-agent/model/span'
import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { byWeight, inTime } from '../../../../profiler-agent/profile/profile'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import { layoutFlame } from '../../../../webview/flame/layout'
import { PartsOnScreen } from '../../../../webview/flame/parts-on-screen'
import { runOf } from '../../profile/run-of'
import { LoggingBrush, sceneOf } from './logging-brush'

const part = (kind: Segment['kind'], picoUsd: number, cache: Segment['cache']): Segment => {
  return { path: kind, kind, tokens: 1, picoUsd, cache, hash: '', estimate: true }
}

describe('parts of the calls on screen', () => {
  const columns = { ...columnsOf(runOf('call a 0..10 10+0 $75\ncall b 10..20 10+0 $25')), parts: undefined }
  const tree = spanTree(columns)
  const scene = sceneOf(layoutFlame(byWeight(tree, 'cost')))
  const theme = {
    coloursOf: ({ name }: { name: string }) => {
      return { fill: name, text: `on ${name}`, hover: '', dim: '', dimText: '' }
    },
  }

  it('are asked for once, and painted below their call', async () => {
    const asked: (readonly string[])[] = []
    const brush = new LoggingBrush()
    const answers = [[part('system', 50, 'read'), part('output', 25, 'none')], []]
    let parts: PartsOnScreen | undefined
    await new Promise<void>((arrived) => {
      parts = new PartsOnScreen(async (spanIds) => {
        asked.push(spanIds)
        return answers
      }, arrived)
      parts.paint(brush, scene, theme)
    })
    assert.deepEqual(brush.log, [])
    parts?.paint(brush, scene, theme)
    // $75 of $100 on 400 pixels are 300: 200 and 100, with a gap after each.
    assert.deepEqual(brush.log, [
      'fill yellow 10,68 199x23',
      'text on yellow "system prompt" 15,80',
      'fill orange 210,68 99x23',
      'text on orange "reply" 215,80',
    ])
    assert.deepEqual(asked, [['s0', 's1']])
  })

  it('are of no interest in time, or where the tree has them', () => {
    assert.equal(PartsOnScreen.hasRoom(byWeight(tree, 'cost')), true)
    assert.equal(PartsOnScreen.hasRoom(inTime(tree)), false)
    const whole = spanTree(columnsOf(runOf('call a 0..10 10+0 $75')))
    assert.equal(PartsOnScreen.hasRoom(byWeight(whole, 'cost')), false)
  })
})

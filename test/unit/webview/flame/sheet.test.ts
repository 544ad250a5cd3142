import assert from 'node:assert/strict'
import { paintSheet, sizeOf } from '../../../../webview/flame/sheet'
import { flameOf, LoggingBrush, sceneOf } from './logging-brush'

describe('the sheet that is saved', () => {
  const scene = sceneOf(flameOf('call a 0..10 10+0 $75'))
  const sheet = {
    title: 'node desk.mjs',
    scene: { ...scene, area: { ...scene.area, height: 24, scrollTop: 24 } },
    ticks: [{ x: 200, text: '$37' }],
    legend: [
      { fill: 'grey', word: 'run' },
      { fill: 'orange', word: 'model call' },
    ],
  }

  it('has room for all rows, also those that are scrolled out of sight', () => {
    assert.deepEqual(sizeOf(sheet), { width: 424, height: 32 + 20 + 2 * 24 + 20 + 24 })
  })

  it('has title, axis, boxes and what the colours mean', () => {
    const brush = new LoggingBrush()
    paintSheet(brush, sheet)
    assert.deepEqual(brush.log, [
      'fill background 0,0 424x144',
      'text foreground "node desk.mjs" 12,18',
      'fill grid 212,48 1x52',
      'text muted "$37" 203,40',
      'fill fill0 12,52 399x23',
      'text ink0 "node 0" 17,64',
      'fill fill1 12,76 399x23',
      'text ink1 "node 1" 17,88',
      'fill grey 12,117 10x10',
      'text foreground "run" 27,122',
      'fill orange 61,117 10x10',
      'text foreground "model call" 76,122',
    ])
  })
})

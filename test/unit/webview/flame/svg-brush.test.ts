import assert from 'node:assert/strict'
import { SvgBrush } from '../../../../webview/flame/svg-brush'

describe('a brush that writes SVG', () => {
  it('writes rectangles and text, whatever is in a name', () => {
    const brush = new SvgBrush()
    brush.fillStyle = 'rgb(1, 2, 3)'
    brush.fillRect(0.123456, 2, 10, 20)
    brush.font = '12px "Some Sans"'
    brush.fillText('<b> & \u0007🔥\ud800', 5, 6)
    brush.strokeStyle = 'red'
    brush.lineWidth = 2
    brush.strokeRect(1, 1, 8, 18)
    assert.equal(
      brush.document(100, 50, 'a < b'),
      [
        '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50" role="img">',
        '<title>a &lt; b</title>',
        '<rect x="0.12" y="2" width="10" height="20" fill="rgb(1, 2, 3)"/>',
        '<text x="5" y="6" dominant-baseline="central" fill="rgb(1, 2, 3)" style="font:12px &quot;Some Sans&quot;;white-space:pre">&lt;b&gt; &amp; \ufffd🔥\ufffd</text>',
        '<rect x="1" y="1" width="8" height="18" fill="none" stroke="red" stroke-width="2"/>',
        '</svg>',
        '',
      ].join('\n'),
    )
  })
})

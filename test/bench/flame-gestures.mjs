// What the flame graph's bench does inside the browser: functions that are sent there whole, so they use nothing of this file.

/** Put into each page before its own scripts. */
export function beforePage() {
  const frame = () => new Promise(requestAnimationFrame)
  /** Resolves when what was drawn last is on the screen: at the beginning of the frame after the next one. */
  globalThis.painted = async () => {
    await frame()
    await frame()
  }
  /** Milliseconds from opening the page until there is a picture. */
  globalThis.whenThere = async (selector) => {
    while (document.querySelector(selector) === null) await frame()
    await globalThis.painted()
    return performance.now()
  }
}

/** Turns the wheel at the middle of an element in every frame; gives the times between frames. */
export async function runGesture({ gesture, selector, ms }) {
  const canvas = document.querySelector(selector)
  const { left, top, width, height } = canvas.getBoundingClientRect()
  const at = { clientX: left + width * 0.6, clientY: top + Math.min(height, innerHeight - top) * 0.5 }
  const target = document.elementFromPoint(at.clientX, at.clientY) ?? canvas
  const turn = (deltaX, deltaY) =>
    target.dispatchEvent(
      new WheelEvent('wheel', {
        ...at,
        deltaX,
        deltaY,
        ctrlKey: deltaY !== 0,
        bubbles: true,
        cancelable: true,
      }),
    )
  const search = document.querySelector('input[type="search"]')
  const find = (text) => {
    search.value = text
    search.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const words = ['small', 'big', 'search_docs', 'output']
  const steps = {
    // In and out again, half a second each.
    zoom: (count) => turn(0, Math.floor(count / 30) % 2 === 0 ? -24 : 24),
    pan: (count) => turn(Math.floor(count / 30) % 2 === 0 ? 30 : -30, 0),
    search: (count) => {
      if (count % 15 === 0) find(words[(count / 15) % words.length])
      turn(count % 60 < 30 ? 30 : -30, 0)
    },
  }
  for (let index = 0; gesture === 'pan' && index < 10; index++) turn(0, -60)
  const gaps = []
  const start = performance.now()
  let before = start
  for (let count = 0; before - start < ms; count++) {
    steps[gesture](count)
    const now = await new Promise(requestAnimationFrame)
    if (count > 1) gaps.push(now - before)
    before = now
  }
  if (gesture === 'search') find('')
  return gaps
}

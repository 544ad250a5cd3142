// Mouse, wheel, drag and pinch on the canvas, told apart into intents: hover, select, zoom, pan, scroll.

export interface PointerIntents {
  /** CSS pixels within the canvas. */
  hover(x: number, y: number): void
  leave(): void
  select(x: number, y: number): void
  zoomTo(x: number, y: number): void
  zoomAt(x: number, factor: number): void
  /** Pixels by which the picture shall move. */
  pan(deltaX: number, deltaY: number): void
  /** True when rows can scroll, so that the wheel without a key scrolls them first. */
  canScroll(deltaY: number): boolean
}

/** Less movement than this is a click with an unsteady hand. */
const DRAG_THRESHOLD = 4
const ZOOM_PER_WHEEL_PIXEL = 1.0022
const LINE_PIXELS = 16

/** Listens on the canvas until the returned function is called. */
export function listenToPointer(canvas: HTMLCanvasElement, intents: PointerIntents): () => void {
  const stop = new AbortController()
  const { signal } = stop
  canvas.addEventListener('wheel', (event) => onWheel(event, intents), { passive: false, signal })
  canvas.addEventListener('dblclick', (event) => intents.zoomTo(event.offsetX, event.offsetY), { signal })
  canvas.addEventListener('pointerleave', () => intents.leave(), { signal })
  listenToDrag(canvas, intents, signal)
  return () => stop.abort()
}

/** Wheel up zooms in at the pointer; sideways pans; with Shift it scrolls sideways; where rows are hidden, plain wheel scrolls and Ctrl zooms. */
function onWheel(event: WheelEvent, intents: PointerIntents) {
  event.preventDefault()
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1
  const deltaX = (event.shiftKey ? event.deltaY : event.deltaX) * lines
  const deltaY = (event.shiftKey ? 0 : event.deltaY) * lines
  if (Math.abs(deltaX) > Math.abs(deltaY)) intents.pan(-deltaX, 0)
  else if (!event.ctrlKey && !event.metaKey && intents.canScroll(deltaY)) intents.pan(0, -deltaY)
  else intents.zoomAt(event.offsetX, ZOOM_PER_WHEEL_PIXEL ** Math.max(-240, Math.min(240, deltaY)))
}

interface Finger {
  readonly x: number
  readonly y: number
}

/** One pointer drags, two pinch: apart zooms in between them, together out, and the point between them moves the picture. */
function listenToDrag(canvas: HTMLCanvasElement, intents: PointerIntents, signal: AbortSignal) {
  const down = new Map<number, Finger>()
  let hasMoved = false
  const release = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return
    if (!hasMoved && down.size === 0 && event.type === 'pointerup')
      intents.select(event.offsetX, event.offsetY)
    if (down.size === 0) canvas.classList.remove('dragging')
  }
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return
    canvas.focus({ preventScroll: true })
    canvas.setPointerCapture(event.pointerId)
    hasMoved = down.size > 0
    down.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
  }
  const move = (event: PointerEvent) => {
    const from = down.get(event.pointerId)
    if (from === undefined) return intents.hover(event.offsetX, event.offsetY)
    const to = { x: event.offsetX, y: event.offsetY }
    if (!hasMoved && Math.hypot(to.x - from.x, to.y - from.y) < DRAG_THRESHOLD) return
    hasMoved = true
    const others = [...down].filter(([id]) => id !== event.pointerId).map(([, finger]) => finger)
    down.set(event.pointerId, to)
    intents.leave()
    if (others[0] === undefined) intents.pan(to.x - from.x, to.y - from.y)
    else pinch(from, to, others[0], intents)
    canvas.classList.add('dragging')
  }
  canvas.addEventListener('pointerdown', press, { signal })
  canvas.addEventListener('pointermove', move, { signal })
  canvas.addEventListener('pointerup', release, { signal })
  canvas.addEventListener('pointercancel', release, { signal })
}

/** Fingers nearer to each other than this would zoom by leaps. */
const NEAREST_FINGERS = 20

/** One finger moved while the other one rested. */
function pinch(from: Finger, to: Finger, other: Finger, intents: PointerIntents) {
  const apart = (finger: Finger) => Math.max(NEAREST_FINGERS, Math.abs(finger.x - other.x))
  intents.zoomAt((to.x + other.x) / 2, apart(from) / apart(to))
  intents.pan((to.x - from.x) / 2, (to.y - from.y) / 2)
}

// Mouse, wheel and drag on the canvas, told apart into intents: hover, select, zoom, pan, scroll.

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

function listenToDrag(canvas: HTMLCanvasElement, intents: PointerIntents, signal: AbortSignal) {
  let from: { x: number; y: number; moved: boolean } | undefined
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return
      canvas.focus({ preventScroll: true })
      canvas.setPointerCapture(event.pointerId)
      from = { x: event.offsetX, y: event.offsetY, moved: false }
    },
    { signal },
  )
  canvas.addEventListener(
    'pointermove',
    (event) => {
      if (from === undefined) return intents.hover(event.offsetX, event.offsetY)
      const deltaX = event.offsetX - from.x
      const deltaY = event.offsetY - from.y
      if (!from.moved && Math.hypot(deltaX, deltaY) < DRAG_THRESHOLD) return
      intents.leave()
      intents.pan(deltaX, deltaY)
      from = { x: event.offsetX, y: event.offsetY, moved: true }
      canvas.classList.add('dragging')
    },
    { signal },
  )
  const release = (event: PointerEvent) => {
    if (from !== undefined && !from.moved && event.type === 'pointerup')
      intents.select(event.offsetX, event.offsetY)
    from = undefined
    canvas.classList.remove('dragging')
  }
  canvas.addEventListener('pointerup', release, { signal })
  canvas.addEventListener('pointercancel', release, { signal })
}

// What of the picture is on screen, how it gets from one place to another, and the way back.

import { between, type Viewport, WHOLE } from './viewport'
import { ZoomHistory } from './zoom-history'

const ANIMATION_MS = 160
/** Wheel and drag come as many small steps; a pause ends what is undone as one. */
const GESTURE_PAUSE_MS = 400

export class Motion {
  #shown: Viewport = WHOLE
  readonly #history = new ZoomHistory()
  #gesture: { readonly from: Viewport; lastAt: number } | undefined
  /** Of the animation that runs; a new movement makes it stop. */
  #run = 0
  /** Where that animation ends. */
  #goal: Viewport | undefined

  /** `moved` is told after every step. */
  constructor(private readonly moved: () => void) {}

  get shown(): Viewport {
    return this.#shown
  }

  get canUndo(): boolean {
    return this.#gesture !== undefined || this.#history.canUndo
  }

  get canRedo(): boolean {
    return this.#history.canRedo
  }

  /** Shows another picture: nothing to go back to. */
  start(viewport: Viewport) {
    this.#stop()
    this.#shown = viewport
    this.#gesture = undefined
    this.#history.clear()
  }

  /** The same picture has changed its scale: it is shown as before, and nobody moved. */
  rescale(viewport: Viewport) {
    this.#stop()
    this.#shown = viewport
  }

  /** One step of a gesture (wheel, drag, key). */
  moveTo(viewport: Viewport) {
    this.#stop()
    const now = performance.now()
    if (this.#gesture === undefined || now - this.#gesture.lastAt > GESTURE_PAUSE_MS) {
      this.#endGesture()
      this.#gesture = { from: this.#shown, lastAt: now }
    }
    this.#gesture.lastAt = now
    this.#show(viewport)
  }

  jumpTo(viewport: Viewport) {
    this.#endGesture()
    const now = this.restingPlace
    if (viewport.start === now.start && viewport.end === now.end) return
    this.#history.add(now)
    this.#animateTo(viewport)
  }

  undo() {
    this.#endGesture()
    const target = this.#history.undo(this.restingPlace)
    if (target !== undefined) this.#animateTo(target)
  }

  redo() {
    this.#endGesture()
    const target = this.#history.redo(this.restingPlace)
    if (target !== undefined) this.#animateTo(target)
  }

  /** Where an animation goes, else what is shown: what is undone, redone and carried over is not what was passed on the way. */
  get restingPlace(): Viewport {
    return this.#goal ?? this.#shown
  }

  #stop() {
    this.#run++
    this.#goal = undefined
  }

  #endGesture() {
    if (this.#gesture !== undefined) this.#history.add(this.#gesture.from)
    this.#gesture = undefined
  }

  #show(viewport: Viewport) {
    this.#shown = viewport
    this.moved()
  }

  #animateTo(target: Viewport) {
    this.#stop()
    if (isMotionReduced()) return this.#show(target)
    const run = this.#run
    const from = this.#shown
    const startedAt = performance.now()
    this.#goal = target
    const step = (now: number) => {
      if (run !== this.#run) return
      const progress = Math.min(1, Math.max(0, (now - startedAt) / ANIMATION_MS))
      if (progress === 1) this.#goal = undefined
      this.#show(progress === 1 ? target : between(from, target, progress))
      if (progress < 1) requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  }
}

/** The system's wish, or the editor's own setting (`workbench.reduceMotion`), which it puts on the body of its webviews. */
function isMotionReduced(): boolean {
  return (
    document.body.classList.contains('vscode-reduce-motion') ||
    matchMedia('(prefers-reduced-motion: reduce)').matches
  )
}

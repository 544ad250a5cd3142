// The border between the view and the details, to be moved by pointer and keys.

import { element } from './element'
import { t } from './words'

const STEP = 0.04
const [LEAST, MOST] = [0.15, 0.75]

export class Splitter {
  readonly element = element('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: '0',
    'aria-label': t('Size of the details'),
    'aria-valuemin': String(100 * LEAST),
    'aria-valuemax': String(100 * MOST),
  })
  private share = 0

  /** `moved` is told the share of the page that the details shall have. */
  constructor(private readonly moved: (share: number) => void) {
    this.element.addEventListener('pointerdown', (event) => this.drag(event))
    this.element.addEventListener('keydown', (event) => this.onKey(event))
  }

  show(share: number) {
    this.share = share
    this.element.setAttribute('aria-valuenow', String(Math.round(100 * share)))
    this.element.setAttribute('aria-orientation', this.isUpright() ? 'vertical' : 'horizontal')
  }

  /** Beside the view the border stands upright, below it it lies. */
  private isUpright(): boolean {
    return !matchMedia('(max-width: 900px)').matches
  }

  private drag(start: PointerEvent) {
    const frame = this.element.parentElement?.getBoundingClientRect()
    if (frame === undefined) return
    start.preventDefault()
    this.element.setPointerCapture(start.pointerId)
    const move = ({ clientX, clientY }: PointerEvent) => {
      const share = this.isUpright()
        ? (frame.right - clientX) / frame.width
        : (frame.bottom - clientY) / frame.height
      this.moved(within(share))
    }
    this.element.addEventListener('pointermove', move)
    const end = () => this.element.removeEventListener('pointermove', move)
    this.element.addEventListener('lostpointercapture', end, { once: true })
  }

  private onKey(event: KeyboardEvent) {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: STEP,
      ArrowUp: STEP,
      ArrowRight: -STEP,
      ArrowDown: -STEP,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.moved(within(this.share + step))
  }
}

function within(share: number): number {
  return Math.min(MOST, Math.max(LEAST, share))
}

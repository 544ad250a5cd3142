// Tells Chart.js about a chart type of ours that has no elements: the controller draws all boxes in one go.
// Chart.js brings the canvas, its resolution, resizing, and the axis.

import { Chart, DatasetController, Element, LinearScale } from 'chart.js'
import type { AxisTick } from './axis-ticks'

declare module 'chart.js' {
  interface ChartTypeRegistry {
    flame: {
      chartOptions: object
      datasetOptions: object
      defaultDataPoint: never
      metaExtensions: object
      parsedDataType: never
      scales: 'linear'
    }
  }
}

export type FlameChart = Chart<'flame', never[]>

/** Called by Chart.js whenever the picture has to be drawn; Chart.js has no other way to hand a controller what to draw. */
export type DrawFlame = () => void

const drawers = new WeakMap<HTMLCanvasElement, DrawFlame>()

/** Chart.js throws for a controller without an element type, though none is ever made. */
class NoElement extends Element {
  static readonly id = 'flameBox'
}

class FlameController extends DatasetController<'flame'> {
  static readonly id = 'flame'
  static readonly defaults = { datasetElementType: false, dataElementType: 'flameBox' }

  override parse() {
    // There is no data in the dataset: the view draws the boxes.
  }
  override buildOrUpdateElements() {
    // An element per box is what makes stock charts slow at 100,000 boxes.
  }
  override update() {
    // Nothing is animated by Chart.js.
  }
  override draw() {
    drawers.get(this.chart.canvas)?.()
  }
}

Chart.register(FlameController, NoElement, LinearScale)

export interface Axis {
  /** For an axis of so many CSS pixels. */
  readonly ticksFor: (width: number) => readonly AxisTick[]
  readonly colour: string
  readonly grid: string
  readonly font: string
}

/** A chart with one axis at the top and our drawing below it; `destroy()` it when done. */
export function createFlameChart(canvas: HTMLCanvasElement, draw: DrawFlame): FlameChart {
  drawers.set(canvas, draw)
  return new Chart<'flame', never[]>(canvas, {
    type: 'flame',
    data: { datasets: [{ data: [] }] },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      // Hit test, wheel and keys are the view's.
      events: [],
      // Without room for labels at the ends, boxes begin at the same pixel in every unit and zoom.
      layout: { padding: 0, autoPadding: false },
      scales: { x: { type: 'linear', position: 'top', min: 0, max: 1 } },
    },
  })
}

/** Shows `min` to `max` (in the unit of the axis) and redraws. */
export function showRange(chart: FlameChart, min: number, max: number, axis: Axis) {
  let ticks: readonly AxisTick[] = []
  chart.options.scales = {
    x: {
      type: 'linear',
      position: 'top',
      min,
      max,
      // Chart.js makes room for what labels stick out, so boxes would move as labels come and go.
      afterFit: (scale) => {
        scale.paddingLeft = 0
        scale.paddingRight = 0
      },
      // Its own ticks know nothing of minutes and hours, and their texts not of each other.
      afterBuildTicks: (scale) => {
        // Also when Chart.js finds that its canvas has another size, which it may not have known before.
        ticks = axis.ticksFor(chart.width)
        scale.ticks = ticks.map(({ value }) => ({ value }))
      },
      border: { display: false },
      grid: { color: axis.grid, drawTicks: false },
      ticks: {
        color: axis.colour,
        font: { family: axis.font, size: 10 },
        maxRotation: 0,
        align: 'inner',
        padding: 4,
        includeBounds: false,
        callback: (value) => ticks.find((tick) => tick.value === value)?.text ?? '',
      },
    },
  }
  chart.update('none')
}

/** What the axis says, in CSS pixels from the left edge of the picture. */
export function ticksOf({
  scales,
  chartArea,
}: FlameChart): readonly { readonly x: number; readonly text: string }[] {
  const { x } = scales
  if (x === undefined) return []
  return x.ticks.map(({ label }, index) => ({
    x: x.getPixelForTick(index) - chartArea.left,
    text: String(label ?? ''),
  }))
}

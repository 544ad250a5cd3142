// Chart.js with what our charts need of it, in the editor's colours; nothing is animated.

import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js'
import type { Theme } from '../flame/theme'
import { t } from '../words'

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
)

export type { Chart }

/** A horizontal line across the chart with words on it: a limit. Or a vertical one at a position: a commit. */
export interface Mark {
  readonly value?: number
  readonly position?: number
  readonly text: string
  readonly isLimit: boolean
}

export interface ChartLook {
  readonly theme: Theme
  readonly marks: readonly Mark[]
  /** What stands at a position, in full. */
  readonly nameOf: (position: number) => string
  /** Text of a value on the axis and in the tooltip. */
  readonly valueText: (value: number) => string
  /** Things stand below each other, values go to the right. */
  readonly isHorizontal: boolean
  readonly isStacked: boolean
  readonly onClick: (position: number) => void
}

export type ChartKind = 'bar' | 'line'
export type Drawing = Chart<ChartKind, (number | null)[], string>
export type DrawingData = ChartConfiguration<ChartKind, (number | null)[], string>['data']

export function draw(
  canvas: HTMLCanvasElement,
  kind: ChartKind,
  data: DrawingData,
  look: ChartLook,
): Drawing {
  const { theme, isHorizontal, isStacked, valueText } = look
  const font = { family: theme.font, size: Math.max(9, theme.fontSize - 2) }
  const ticks = { color: theme.muted, font, maxRotation: 0 }
  const things = {
    stacked: isStacked,
    grid: { display: false },
    border: { color: theme.grid },
    ticks: { ...ticks, autoSkip: !isHorizontal, autoSkipPadding: 14 },
  }
  const values = {
    stacked: isStacked,
    beginAtZero: true,
    suggestedMax: Math.max(0, ...look.marks.map(({ value = 0 }) => value)),
    grid: { color: theme.grid, drawTicks: false },
    border: { display: false },
    ticks: {
      ...ticks,
      maxTicksLimit: 6,
      padding: 6,
      callback: (value: number | string) => valueText(Number(value)),
    },
  }
  return new Chart<ChartKind, (number | null)[], string>(canvas, {
    type: kind,
    data,
    plugins: [{ id: 'marks', afterDatasetsDraw: (chart) => paintMarks(chart, look) }],
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: isHorizontal ? 'y' : 'x',
      interaction: { mode: 'index', intersect: false, axis: isHorizontal ? 'y' : 'x' },
      scales: isHorizontal ? { y: things, x: values } : { x: things, y: values },
      plugins: { tooltip: tooltipLook(look) },
      onClick: (_event, [item]) => {
        if (item !== undefined) look.onClick(item.index)
      },
    },
  })
}

function tooltipLook({ theme, nameOf, valueText }: ChartLook) {
  const font = { family: theme.font, size: theme.fontSize - 1 }
  return {
    backgroundColor: theme.background,
    borderColor: theme.muted,
    borderWidth: 1,
    titleColor: theme.foreground,
    bodyColor: theme.foreground,
    titleFont: { ...font, weight: 'bold' as const },
    bodyFont: font,
    padding: 8,
    boxPadding: 4,
    cornerRadius: 3,
    filter: ({ parsed, chart }: { parsed: { x: number | null; y: number | null }; chart: Chart }) =>
      (chart.options.indexAxis === 'y' ? parsed.x : parsed.y) !== 0,
    callbacks: {
      title: ([item]: { dataIndex: number }[]) => (item === undefined ? '' : nameOf(item.dataIndex)),
      label: ({ dataset, raw }: { dataset: { label?: string }; raw: unknown }) =>
        ` ${dataset.label ?? ''}  ${typeof raw === 'number' ? valueText(raw) : t('not known')}`,
    },
  }
}

/** Chart.js knows no lines of its own across a chart. */
function paintMarks(chart: Chart, { marks, theme }: ChartLook) {
  const { ctx, chartArea, scales } = chart
  ctx.save()
  ctx.font = `${Math.max(9, theme.fontSize - 2)}px ${theme.font}`
  for (const { value, position, text, isLimit } of marks) {
    const colour = isLimit ? theme.error : theme.muted
    ctx.strokeStyle = colour
    ctx.fillStyle = colour
    ctx.setLineDash(isLimit ? [5, 4] : [2, 3])
    ctx.beginPath()
    if (value !== undefined) {
      const y = scales.y?.getPixelForValue(value) ?? 0
      ctx.moveTo(chartArea.left, y)
      ctx.lineTo(chartArea.right, y)
      ctx.textAlign = 'right'
      ctx.textBaseline = y - chartArea.top < 16 ? 'top' : 'bottom'
      ctx.fillText(text, chartArea.right - 4, y + (ctx.textBaseline === 'top' ? 3 : -2))
    } else if (position !== undefined) {
      const x = scales.x?.getPixelForValue(position) ?? 0
      ctx.moveTo(x, chartArea.top)
      ctx.lineTo(x, chartArea.bottom)
      ctx.textAlign = x > chartArea.right - 60 ? 'right' : 'left'
      ctx.textBaseline = 'top'
      ctx.fillText(text, x + (ctx.textAlign === 'left' ? 3 : -3), chartArea.top)
    }
    ctx.stroke()
  }
  ctx.restore()
}

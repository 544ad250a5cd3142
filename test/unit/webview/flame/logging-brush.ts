// A brush that writes down what it is told, and a scene for it to paint.

import { columnsOf } from '../../../../profiler-agent/profile/columns-of-run'
import { byWeight } from '../../../../profiler-agent/profile/profile'
import { spanTree } from '../../../../profiler-agent/profile/span-tree'
import type { Brush } from '../../../../webview/flame/brush'
import { type Flame, layoutFlame } from '../../../../webview/flame/layout'
import type { Scene } from '../../../../webview/flame/scene'
import { runOf } from '../../profile/run-of'

/** One line a call. */
export class LoggingBrush implements Brush {
  fillStyle = ''
  strokeStyle = ''
  lineWidth = 1
  font = ''
  textBaseline = 'middle'
  textAlign = 'left'
  readonly log: string[] = []

  fillRect(x: number, y: number, width: number, height: number) {
    this.log.push(`fill ${this.fillStyle} ${x},${y} ${width}x${height}`)
  }
  strokeRect(x: number, y: number, width: number, height: number) {
    this.log.push(`stroke ${this.strokeStyle} ${x},${y} ${width}x${height}`)
  }
  fillText(text: string, x: number, y: number) {
    this.log.push(`text ${this.fillStyle} "${text}" ${x},${y}`)
  }
}

/** The icicle of a run by cost. */
export function flameOf(picture: string): Flame {
  return layoutFlame(byWeight(spanTree(columnsOf(runOf(picture))), 'cost'))
}

const AREA = { left: 10, top: 20, width: 400, height: 100, rowHeight: 24, scrollTop: 0 }

/** All of a flame on 400 pixels, in colours that tell hues apart by number: node 5 of 4 hues is hue 1. */
export function sceneOf(flame: Flame, more: Partial<Scene> = {}, hues = 4): Scene {
  return {
    flame,
    viewport: { start: 0, end: 1 },
    area: AREA,
    look: {
      colours: Array.from({ length: 4 }, (_, hue) => ({
        fill: `fill${hue}`,
        hover: `hover${hue}`,
        text: `ink${hue}`,
        dim: `dim${hue}`,
        dimText: `grey${hue}`,
      })),
      // A hue for each node, so that the log tells which one is meant.
      hueOf: Uint8Array.from({ length: flame.profile.tree.count }, (_, node) => node % hues),
      font: '12px sans',
      background: 'background',
      focus: 'focus',
      error: 'error',
      warning: 'warning',
      muted: 'muted',
      foreground: 'foreground',
      grid: 'grid',
      outline: undefined,
      measure: (text) => text.length * 6,
      labelOf: (node, room) => (room >= 30 ? `node ${node}` : ''),
    },
    found: undefined,
    selected: undefined,
    hovered: undefined,
    pinned: [],
    ...more,
  }
}

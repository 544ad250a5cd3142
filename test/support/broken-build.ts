// A copy of the built product in which one function has a fault: the product itself has no switch for tests.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRepository } from './repository'

export interface Fault {
  /** Matches the head of the function in the bundles, up to its opening brace. */
  readonly at: RegExp
  /** JavaScript that then runs first; the parameters are in scope. */
  readonly run: string
}

/** Name of the function with its parameters, as esbuild prints it. */
export function functionNamed(name: string): RegExp {
  return new RegExp(`(?<=\\n *(?:async )?)(?:function )?${name}\\([^\\n]*\\) \\{(?=\\n)`, 'g')
}

/** Writes the copy into a folder and gives the path of its command. Throws when the function is not there. */
export function breakBuild(folder: string, { at, run }: Fault): string {
  const dist = inRepository('dist')
  mkdirSync(folder, { recursive: true })
  let found = 0
  for (const name of readdirSync(dist)) {
    const [from, to] = [join(dist, name), join(folder, name)]
    if (name === 'costflame.js') copyFileSync(from, to)
    else if (name.endsWith('.js')) {
      writeFileSync(
        to,
        readFileSync(from, 'utf8').replace(at, (head) => {
          found++
          return `${head}\n${run}\n`
        }),
      )
    } else if (!name.endsWith('.map') && name !== 'test') symlinkSync(from, to)
  }
  if (found === 0) throw new Error(`${at} is in no bundle of dist/`)
  return join(folder, 'costflame.js')
}

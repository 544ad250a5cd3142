// The names of our commands in the command palette, which finds commands by title, not reliably by id.
import { existsSync, readFileSync } from 'node:fs'
import { inRepository } from './repository'

interface Command {
  command: string
  title: string
  category?: string
}

/** `Category: Title` of a command that package.json contributes; anything else is given back as it is. */
export function titleOf(idOrTitle: string): string {
  const manifest = readJson('package.json') as { contributes: { commands?: Command[] } }
  const found = manifest.contributes.commands?.find(({ command }) => command === idOrTitle)
  if (!found) return idOrTitle
  const [title, category] = [translated(found.title), translated(found.category)]
  return category ? `${category}: ${title}` : title
}

/** `%key%` stands for a text of package.nls.json. */
function translated(text = ''): string {
  const key = /^%(.+)%$/.exec(text)?.[1]
  if (key === undefined) return text
  const texts = readJson('package.nls.json') as Record<string, string>
  return texts[key] ?? text
}

function readJson(name: string): unknown {
  const path = inRepository(name)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}

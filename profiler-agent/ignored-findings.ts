// Which findings somebody wants to hear no more of, by comments in the code as it is now and by `config.jsonc`. Reads files when they changed.

import { type IgnoredRule, ignoringRule } from './config/ignored-rules'
import type { Finding, Ignored } from './model/finding'
import { RecentMap } from './model/recent-map'
import { ignoreComments, ignoringComment, isNamed } from './places/ignore-comments'
import { Repository } from './places/repository'
import type { LoadedConfig } from './watched-config'

const REMEMBERED_FILES = 500

interface KnownFile {
  readonly stamp: string
  /** `undefined` where no comment in it ignores anything. */
  readonly source: string | undefined
}

export interface IgnoringOptions {
  /** What was stored may be older than the file: the comment may stand where the finding was, and have moved it down. */
  readonly isStored?: boolean
}

export class IgnoredFindings {
  readonly #files = new RecentMap<string, KnownFile>(REMEMBERED_FILES)
  readonly #isStored: boolean

  constructor({ isStored = false }: IgnoringOptions = {}) {
    this.#isStored = isStored
  }

  /** The findings, with those marked that are ignored. `root` is the folder that their files are relative to. Throws nothing. */
  marked(
    findings: readonly Finding[],
    root: string | undefined,
    config: LoadedConfig | undefined,
  ): Finding[] {
    const repository = root === undefined ? undefined : openRepository(root)
    return findings.map((finding) => {
      const ignored = this.#byComment(finding, repository) ?? byConfig(finding, config)
      return ignored === undefined ? finding : { ...finding, ignored }
    })
  }

  #byComment({ rule, location }: Finding, repository: Repository | undefined): Ignored | undefined {
    const source = location && repository && this.#sourceOf(location.file, repository)
    if (!location || source === undefined) return undefined
    const { file, line } = location
    const places = this.#isStored ? [line, line + 1] : [line]
    const found = places.flatMap((place) => {
      const comment = ignoringComment(file, source, { rule, line: place })
      return comment && (place === line || comment.line === line) ? [comment] : []
    })[0]
    return found && { by: 'comment', file, line: found.line }
  }

  #sourceOf(file: string, repository: Repository): string | undefined {
    const opened = repository.open(file)
    if (opened === undefined) return undefined
    const stamp = `${opened.modifiedAt} ${opened.bytes}`
    const key = `${repository.root}\0${file}`
    const known = this.#files.get(key)
    if (known?.stamp === stamp) return known.source
    const text = opened.read()
    const source = text !== undefined && ignoreComments(file, text).length > 0 ? text : undefined
    this.#files.set(key, { stamp, source })
    return source
  }
}

function byConfig({ rule, location }: Finding, config: LoadedConfig | undefined): Ignored | undefined {
  const rules: readonly IgnoredRule[] = config?.file.ignored ?? []
  const found = ignoringRule(rules, (named) => isNamed(rule, [named]), location?.file)
  return found && { by: 'config', file: config?.path ?? '', line: found.line }
}

function openRepository(root: string): Repository | undefined {
  try {
    return new Repository(root)
  } catch {
    // The folder is gone, or of another machine: then only `config.jsonc` counts.
    return undefined
  }
}

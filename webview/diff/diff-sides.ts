// Fetches the runs of the two sides of a difference, and which runs there are to choose from.

import type { OtherRun } from '../../profiler-agent/model/run-questions'
import type { RunColumns } from '../../profiler-agent/profile/columns'
import { decodeColumns } from '../../profiler-agent/profile/columns-codec'
import { columnsOf } from '../../profiler-agent/profile/columns-of-run'
import type { Page, PageActions } from '../page'
import { t } from '../words'
import { runOfFile } from './run-of-file'

export type Fetched<Value> =
  | { readonly is: 'asked' }
  | { readonly is: 'there'; readonly value: Value }
  /** A sentence for the user. */
  | { readonly is: 'failed'; readonly message: string }

export interface Sides {
  /** Runs to compare with; empty where there are none. */
  readonly baseIds: readonly string[]
  /** Runs beside the page's own. */
  readonly headIds: readonly string[]
  readonly others: Fetched<readonly OtherRun[]>
  readonly base: Fetched<RunColumns> | undefined
  readonly head: Fetched<RunColumns>
}

/** Stands for a file that was chosen, among the ids of runs. */
const FILE = 'chosen file '

/** Name of the chosen file that an id stands for; `undefined` for ids of runs. */
export function fileNameOf(id: string): string | undefined {
  return id.startsWith(FILE) ? id.slice(FILE.length) : undefined
}

export class DiffSides {
  /** By what was asked. */
  private readonly fetched = new Map<string, Fetched<unknown>>()

  private readonly partless = new WeakMap<RunColumns, RunColumns>()

  constructor(
    private readonly actions: PageActions,
    private readonly arrived: () => void,
  ) {}

  /** What is there by now; asks for the rest. Without a choice the newest other run of the same name is the base. */
  of({ columns, state }: Page): Sides {
    const runId = columns.head.id
    const others = this.others(runId)
    const chosen = state.compareWith ?? []
    const baseIds = chosen.length > 0 ? chosen : usualBase(columns, others)
    const headIds = state.compareHead ?? []
    const base = baseIds.length === 0 ? undefined : this.columnsOf(baseIds)
    const head: Fetched<RunColumns> =
      headIds.length === 0 ? { is: 'there', value: columns } : this.columnsOf([runId, ...headIds])
    if (base?.is !== 'there' || head.is !== 'there') return { baseIds, headIds, others, base, head }
    const hasParts = base.value.parts !== undefined && head.value.parts !== undefined
    return {
      ...{ baseIds, headIds, others },
      base: hasParts ? base : { is: 'there', value: this.withoutParts(base.value) },
      head: hasParts ? head : { is: 'there', value: this.withoutParts(head.value) },
    }
  }

  /** Where one side has too many parts to send, those of the other would all have vanished or appeared. */
  private withoutParts(columns: RunColumns): RunColumns {
    if (columns.parts === undefined) return columns
    const known = this.partless.get(columns) ?? { ...columns, parts: undefined }
    this.partless.set(columns, known)
    return known
  }

  /** A saved file becomes the base. Rejects with a sentence for the user where it is none. */
  async openFile(file: File): Promise<readonly string[]> {
    const id = FILE + file.name
    const value = columnsOf(runOfFile(await file.text(), file.name))
    this.fetched.set(`columns ${id}`, { is: 'there', value })
    return [id]
  }

  /** Runs may have come or gone; until the answer is there the list stays what it was. */
  refresh(runId: string) {
    this.askOthers(runId).then(
      (value) => {
        this.fetched.set(`others ${runId}`, { is: 'there', value })
        this.arrived()
      },
      // What is known of the others stands.
      () => undefined,
    )
  }

  private others(runId: string): Fetched<readonly OtherRun[]> {
    return this.fetch(`others ${runId}`, () => this.askOthers(runId))
  }

  private async askOthers(runId: string): Promise<readonly OtherRun[]> {
    const { runs } = await this.actions.ask({ ask: 'otherRuns', runId })
    return runs
  }

  private columnsOf(runIds: readonly string[]): Fetched<RunColumns> {
    if (runIds.some((id) => fileNameOf(id) !== undefined) && !this.fetched.has(`columns ${runIds.join()}`))
      return { is: 'failed', message: t('Choose the file to compare with again: it was not kept.') }
    return this.fetch(`columns ${runIds.join()}`, async () => {
      let columns = await this.askColumns(runIds)
      while (columns.partsFollow) columns = await this.askColumns(runIds)
      return columns
    })
  }

  private async askColumns(runIds: readonly string[]): Promise<RunColumns> {
    const { columns } = await this.actions.ask({ ask: 'columns', runIds })
    if (columns === null) throw new Error(t('A run to compare with is not there any more.'))
    return decodeColumns(columns)
  }

  private fetch<Value>(key: string, ask: () => Promise<Value>): Fetched<Value> {
    const known = this.fetched.get(key)
    // Whatever stands under a key was put there for it.
    if (known !== undefined) return known as Fetched<Value>
    const keep = (fetched: Fetched<Value>) => {
      this.fetched.set(key, fetched)
      this.arrived()
    }
    const asked = { is: 'asked' } as const
    this.fetched.set(key, asked)
    ask().then(
      (value) => keep({ is: 'there', value }),
      (error: unknown) =>
        keep({ is: 'failed', message: error instanceof Error ? error.message : String(error) }),
    )
    return asked
  }
}

function usualBase({ head }: RunColumns, others: Fetched<readonly OtherRun[]>): readonly string[] {
  if (others.is !== 'there') return []
  const before = others.value.filter(({ startTime }) => startTime < head.startTime)
  const usual = before.find(({ name }) => name === head.name) ?? before[0] ?? others.value[0]
  return usual === undefined ? [] : [usual.id]
}

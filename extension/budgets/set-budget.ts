// "Set a budget": writes a limit that follows from what was measured of an agent, a step or the runs, and shows it in the budget file.

import { existsSync } from 'node:fs'
import { applyEdits, modify } from 'jsonc-parser'
import * as vscode from 'vscode'
import { raiseLimit, withNewLimit } from '../../profiler-agent/budgets/file/edits'
import type { BudgetScope, LimitUse, NumericLimit } from '../../profiler-agent/model/budget'
import { formatValue, isOfMany, limitFor, limitKey, USUAL_HEADROOM } from '../limit-values'
import { outputOf } from '../profiler/command-line'
import { registerCommand } from '../profiler/commands'
import type { Session } from '../profiler/session'
import { budgetUri, fileOf, limitsOf, type PlacedLimit } from './budget-file'
import { changeBudgetFile, showLimit } from './limit-edits'
import { countText, scopeText } from './limit-words'
import type { MeasuredLimits } from './measured-limits'

/** That a file is another one is noticed within this time. */
const NOTICED_MS = 5_000

/** Nothing named: each run. */
interface Target {
  readonly agent?: string
  readonly intent?: string
  readonly step?: string
  readonly limit?: NumericLimit
  /** US dollars, tokens, milliseconds or a count, as the limit has it; else it is derived. */
  readonly value?: number
  /** Whose budget file is meant; else that of the active folder. */
  readonly folder?: string
}

/**
 * Registers `costflame.setBudget({agent?, intent?, step?, limit?, value?, folder?})`. Without an argument it asks what the limit is for;
 * with one nobody is asked. Resolves with the value of the limit; a limit that is there already is shown as it is.
 */
export function registerSetBudget(session: Session, measured: MeasuredLimits): vscode.Disposable {
  return registerCommand(session, 'setBudget', async (argument) => {
    const target = argument === undefined ? await askedTarget(measured) : targetOf(argument)
    return target && setBudget(session, target)
  })
}

function targetOf(argument: unknown): Target {
  const given = typeof argument === 'object' && argument !== null ? Object.entries(argument) : []
  const names = given.filter(([key, value]) => TEXTS.has(key) && typeof value === 'string')
  const value = given.filter(([key, each]) => key === 'value' && typeof each === 'number')
  return Object.fromEntries([...names, ...value])
}

const TEXTS = new Set(['agent', 'intent', 'step', 'limit', 'folder'])

async function askedTarget({ agents }: MeasuredLimits): Promise<Target | undefined> {
  const choices = agents.flatMap(({ agent, intents, steps }): (vscode.QuickPickItem & Target)[] => [
    { label: agent, agent },
    ...intents.map((intent) => ({ label: intent, description: agent, agent, intent })),
    ...steps.map((step) => ({ label: step, description: agent, agent, step })),
  ])
  const run = { label: vscode.l10n.t('Each run') }
  const placeHolder = vscode.l10n.t('What is the budget for?')
  const chosen = await vscode.window.showQuickPick([...choices, run], {
    placeHolder,
    matchOnDescription: true,
  })
  return chosen && targetOf(chosen)
}

async function setBudget(session: Session, target: Target): Promise<number | undefined> {
  const { folder = session.folder } = target
  if (folder === undefined)
    throw new Error(vscode.l10n.t('Open a folder first: budgets lie in its .costflame folder.'))
  const uri = budgetUri(folder)
  const isNew = !existsSync(uri.fsPath)
  if (isNew) await outputOf({ script: session.script, folder }, ['budgets', 'init'])
  const document = await documentAsOnDisk(uri)
  const scope = scopeOf(target)
  const names = target.limit === undefined ? usualLimits(scope) : [target.limit]
  const known = limitsOf(fileOf(document)).find(isOneOf(scope, names))
  // Those of a new file are only a beginning.
  if (known !== undefined && !isNew) return shown(document, known)
  const measure = (text: string) => session.ask<'budgets'>({ ask: 'budgets', text }, folder)
  const limit = await firstMeasured(measure, document.getText(), scope, names)
  const { name } = limit
  const value = target.value ?? valueFrom(limit.use)
  if (value === undefined)
    throw new Error(vscode.l10n.t('{0}: nothing was measured yet. Run it once.', scopeText(scope)))
  if (known?.limit.value === value) return shown(document, known)
  const evidence = evidenceOf(scope, limit, target.value === undefined)
  await changeBudgetFile(document, limitKey(scope, name), (text) =>
    withNewLimit(
      isNew && scope.kind !== 'run' ? withoutFirstLimits(text) : text,
      scope,
      name,
      value,
      evidence,
    ),
  )
  return value
}

/** VS Code may still have an earlier file of this name, and notices a moment later that there is another one. */
async function documentAsOnDisk(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri)
  const onDisk = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  const isThere = () => document.isDirty || document.getText() === onDisk
  if (isThere()) return document
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      subscription.dispose()
      resolve()
    }
    const timer = setTimeout(done, NOTICED_MS)
    const subscription = vscode.workspace.onDidChangeTextDocument(() => {
      if (isThere()) done()
    })
  })
  return document
}

/** A new file has limits of each run and day to begin with, which nobody asked for here. */
function withoutFirstLimits(text: string): string {
  return applyEdits(text, modify(text, ['workspace'], undefined, {}))
}

async function shown(document: vscode.TextDocument, { key, limit }: PlacedLimit): Promise<number> {
  await showLimit(document, key)
  return limit.value
}

function isOneOf(scope: BudgetScope, names: readonly NumericLimit[]) {
  const keys = names.map((name) => limitKey(scope, name))
  return ({ key }: { readonly key: string }) => keys.includes(key)
}

function scopeOf({ agent, intent, step }: Target): BudgetScope {
  if (agent === undefined) return { kind: 'run' }
  const within = intent === undefined ? { agent } : { agent, intent }
  return step === undefined ? { kind: 'agent', ...within } : { kind: 'step', ...within, step }
}

/** The first that is known is taken: where nothing has a price, tokens are. */
function usualLimits({ kind }: BudgetScope): NumericLimit[] {
  return kind === 'run' ? ['costUsdPerRun'] : ['costUsd', 'totalTokens']
}

type Measure = (text: string) => Promise<{ readonly limits: readonly LimitUse[] }>

interface MeasuredLimit {
  readonly name: NumericLimit
  readonly use?: LimitUse
}

/** The first limit of which something is known. The profiler measures against limits: it is asked of a file that has them, whatever their values. */
async function firstMeasured(
  measure: Measure,
  text: string,
  scope: BudgetScope,
  names: readonly NumericLimit[],
): Promise<MeasuredLimit> {
  const asked = names.reduce((each, name) => applyEdits(each, raiseLimit(each, scope, name, 1)), text)
  const { limits } = await measure(asked)
  const uses = limits.filter(({ scope: of, limit }) =>
    names.some((name) => limitKey(of, limit) === limitKey(scope, name)),
  )
  const use = uses.find((each) => valueFrom(each) !== undefined)
  return use === undefined ? { name: names[0] ?? 'costUsd' } : { name: use.limit, use }
}

function valueFrom(use: LimitUse | undefined): number | undefined {
  const reached = use && reachedBy(use)
  return use === undefined || reached === undefined || reached === 0
    ? undefined
    : limitFor(use.limit, reached)
}

function reachedBy(use: LimitUse): number | undefined {
  return isOfMany(use) ? use.percentiles?.p99 : use.worst
}

/** `p99 $0.041 over 12 invocations, +20 %`. */
function evidenceOf(scope: BudgetScope, { name, use }: MeasuredLimit, isDerived: boolean): string {
  const { t } = vscode.l10n
  const reached = use && reachedBy(use)
  if (use === undefined || reached === undefined) return t('set by hand')
  const what = isOfMany(use) ? 'p99' : t('largest')
  if (!isDerived)
    return t('set by hand: {0} {1} over {2}', what, formatValue(name, reached), countText(scope, use.n))
  const headroom = `+${Math.round(USUAL_HEADROOM * 100)} %`
  return t('{0} {1} over {2}, {3}', what, formatValue(name, reached), countText(scope, use.n), headroom)
}

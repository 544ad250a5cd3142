// The commands that hold costs against limits, and runs against each other: their options and their help.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ValidateOptions } from './budgets'
import type { ExportBudgetsOptions } from './budgets-export'
import type { CheckOptions } from './check'
import { BUDGET, DATA, example, type Finish, type Json, RUNS, withJson } from './command-options'
import type { DiffOptions } from './diff'
import type { Io } from './io'
import { BUDGETS_FORMATS, CHECK_FORMATS, DIFF_FORMATS } from './output-formats'

export function addBudgets(program: Command, io: Io, finish: Finish): void {
  const budgets = program
    .command('budgets')
    .description('limits of agents as a file in the repository: begin it, derive it, check it')
    .addHelpText('after', example('costflame budgets export --dry-run'))
  budgets
    .command('init')
    .description('begin .costflame/budgets.jsonc, with its schema beside it')
    .addHelpText('after', example('costflame budgets init'))
    .action(() => finish(import('./budgets').then((it) => it.initBudgets(io))))
  budgets
    .command('export')
    .description('derive limits from recorded runs: p99 and 20 % more; what was set by hand stays')
    .option(...RUNS, 'all')
    .option(
      '--headroom <share>',
      'what limits are above p99: 0.2 or 20%; else as in the file, 0.2 at first',
      share,
    )
    .option('-o, --output <file>', 'budget file to put them into; else the nearest .costflame/budgets.jsonc')
    .option('--dry-run', 'write nothing, print the change')
    .addOption(new Option('--format <format>').choices(BUDGETS_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame budgets export --run agent=support-desk,since=30d'))
    .action((options: ExportBudgetsOptions & Json) =>
      finish(import('./budgets-export').then((it) => it.exportBudgets(io, withJson(options)))),
    )
  budgets
    .command('validate')
    .description('what is wrong in the budget file, with the place of each mistake')
    .option(...BUDGET)
    .addOption(new Option('--format <format>').choices(BUDGETS_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText('after', example('costflame budgets validate'))
    .action((options: ValidateOptions & Json) =>
      finish(import('./budgets').then((it) => it.validateBudgets(io, withJson(options)))),
    )
}

export function addCheck(program: Command, io: Io, finish: Finish): void {
  program
    .command('check')
    .description(
      'recorded runs against the budget file: the gate for CI (exit 1 over, 3 indeterminate, 0 fine)',
    )
    .option(...RUNS, 'all')
    .option('--base <runs>', 'runs to compare with, instead of the baselines in the budget file')
    .option(...BUDGET)
    .addOption(new Option('--format <format>').choices(CHECK_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame check --run latest --format junit > costflame.xml'))
    .action((options: CheckOptions & Json) =>
      finish(import('./check').then((it) => it.check(io, withJson(options)))),
    )
}

export function addDiff(program: Command, io: Io, finish: Finish): void {
  program
    .command('diff')
    .description('what changed in cost between two runs, or two sets of runs, and why')
    .argument(
      '<base>',
      'runs as they were: latest, latest:N, all, an id, a *.costflame.json file, or key=value[,…]',
    )
    .argument('<head>', 'runs as they are, named the same way')
    .addOption(new Option('--format <format>').choices(DIFF_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText(
      'after',
      example(
        'costflame diff version=1.4.0 version=1.5.0\n  costflame diff main.costflame.json latest --json',
      ),
    )
    .action((base: string, head: string, options: DiffOptions & Json) =>
      finish(import('./diff').then((it) => it.diff(io, base, head, withJson(options)))),
    )
}

/** `0.2` and `20%` are the same. */
function share(text: string): number {
  const [, digits = '', percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? []
  const value = Number(digits) / (percent ? 100 : 1)
  if (digits === '' || value > 10)
    throw new InvalidArgumentError('it is a share such as 0.2 or 20%, at most 10 (1000%).')
  return value
}

// The command line: which commands there are, their options and their help. What they do is in one file each, loaded when
// it is asked for: `costflame run` stands before somebody's program.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { STACK_WEIGHTS } from '../formats/stack-weights'
import { CONTENT_MODES } from '../model/content-mode'
import type { ValidateOptions } from './budgets'
import type { ExportBudgetsOptions } from './budgets-export'
import type { CheckOptions } from './check'
import type { DiffOptions } from './diff'
import type { DoctorOptions } from './doctor'
import type { ExportOptions } from './export'
import type { FindingsOptions } from './findings'
import type { ImportOptions } from './import'
import { EXIT, type Io, isUsageError, note } from './io'
import {
  BUDGETS_FORMATS,
  CHECK_FORMATS,
  DIFF_FORMATS,
  DOCTOR_FORMATS,
  EXPORT_FORMATS,
  FINDINGS_FORMATS,
  IMPORT_FORMATS,
  PRICES_FORMATS,
  REPORT_FORMATS,
  REPRICE_FORMATS,
  RUNS_FORMATS,
  WHATIF_FORMATS,
  WHY_FORMATS,
} from './output-formats'
import type { PricesOptions } from './prices'
import { SPLICE_USAGE } from './profiler-settings'
import type { PythonApiOptions } from './python-api'
import type { ReportOptions } from './report'
import type { RepriceCommandOptions } from './reprice'
import type { RunOptions } from './run'
import type { PruneCommandOptions, RunsOptions } from './runs'
import type { ServeOptions } from './serve'
import type { SimulateOptions } from './simulate'
import type { WhatIfOptions } from './whatif'
import type { WhyOptions } from './why'

/** Runs one command line (without `node` and the script). Gives the exit code; throws only for bugs of ours. */
export async function runCommandLine(io: Io, argv: readonly string[]): Promise<number> {
  let code: number = EXIT.fine
  const program = buildProgram(io, async (command) => {
    code = await command
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage
    if (!isUsageError(error)) throw error
    note(io, `costflame: ${error.message}`)
    return EXIT.usage
  }
}

function buildProgram(io: Io, finish: (promise: Promise<number>) => Promise<void>): Command {
  const program = new Command('costflame')
    .description(
      'Cost profiler for LLM agents: what a run cost, on which line, and what would make it cheaper.',
    )
    .version(io.version)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'costflame: ')),
    })
    .showHelpAfterError('(costflame --help shows the commands)')
  addRun(program, io, finish)
  addServe(program, io, finish)
  addRuns(program, io, finish)
  addReport(program, io, finish)
  addExport(program, io, finish)
  addImport(program, io, finish)
  addFindings(program, io, finish)
  addWhy(program, io, finish)
  addWhatIf(program, io, finish)
  addBudgets(program, io, finish)
  addCheck(program, io, finish)
  addDiff(program, io, finish)
  addPrices(program, io, finish)
  addReprice(program, io, finish)
  addSimulate(program, io, finish)
  addPythonApi(program, io, finish)
  addDoctor(program, io, finish)
  inherit(program)
  return program
}

/** Commands below one throw and print as it does. */
function inherit(parent: Command): void {
  for (const command of parent.commands) {
    command.exitOverride().configureOutput(parent.configureOutput())
    inherit(command)
  }
}

type Finish = (promise: Promise<number>) => Promise<void>

const DATA = ['--data <dir>', 'data folder; else COSTFLAME_DATA, else the nearest .costflame/'] as const
const RUNS = [
  '--run <runs>',
  'latest, latest:N, all, an id, a *.costflame.json file, or key=value[,…]',
] as const
const BUDGET = ['--budget <file>', 'budget file; else the nearest .costflame/budgets.jsonc'] as const
const UPSTREAM = ['--upstream <provider=url>', 'where calls of a provider go; may be repeated'] as const

/** What goes over the user's settings file, by flag. */
function withSettings(command: Command): Command {
  return command
    .option(...UPSTREAM, collect, [])
    .addOption(
      new Option('--content <mode>', 'hashes: keep no text of prompts and replies').choices(CONTENT_MODES),
    )
    .addOption(new Option('--splice-usage <mode>', 'ask streams for their usage').choices(SPLICE_USAGE))
    .option('--allow-origin <origin>', 'web origin whose pages may call; may be repeated', collect, [])
    .option('--retention-days <days>', 'older runs are removed, at the start and hourly; 30 unless set')
    .option('--retention-size <size>', 'size of the store, the oldest runs go first; 1GB unless set')
}

function addRun(program: Command, io: Io, finish: Finish): void {
  withSettings(program.command('run'))
    .description('profile one command')
    .usage('[options] -- cmd args…')
    .argument('[cmd...]', 'the command and its arguments')
    .option('--agent <name>', 'name of the agent that the command runs')
    .option('--agent-version <version>', 'its version')
    .option('--intent <intent>', 'what it is asked to do')
    .option('--tenant <tenant>', 'whom it works for')
    .option('--tag <key=value>', 'a tag of your own; may be repeated', collect, [])
    .option(...BUDGET)
    .addOption(
      new Option('--call-sites <mode>', 'how lines are found').choices(['auto', 'deep', 'light', 'off']),
    )
    .option('--no-hook', 'only set base URLs; no call sites, nothing loaded into the process')
    .option(...DATA)
    .passThroughOptions()
    .addHelpText('after', example('costflame run --agent support-desk -- node agent.mjs'))
    .action((command: string[], options: RunOptions) =>
      finish(import('./run').then((it) => it.run(io, command, options))),
    )
}

function addServe(program: Command, io: Io, finish: Finish): void {
  withSettings(program.command('serve'))
    .description('run the profiler; prints one JSON line when it listens')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port; 0 is any free one', port, 0)
    .option(...BUDGET)
    .addOption(
      new Option('--call-sites <mode>', 'how lines are found').choices(['auto', 'deep', 'light', 'off']),
    )
    .addOption(new Option('--until-stdin-ends', 'stop when standard input ends').default(false).hideHelp())
    .option(...DATA)
    .addHelpText('after', example('costflame serve --port 4600'))
    .action((options: ServeOptions) => finish(import('./serve').then((it) => it.serve(io, options))))
}

function addRuns(program: Command, io: Io, finish: Finish): void {
  const runs = program
    .command('runs')
    .description('what is kept, and keeping it small')
    .addHelpText('after', example('costflame runs prune --older-than 7d'))
  const add = (name: string, description: string) =>
    runs
      .command(name)
      .description(description)
      .addOption(new Option('--format <format>').choices(RUNS_FORMATS).default('text'))
      .option('--json', 'the same as --format json')
      .option(...DATA)
  add('list [runs]', 'the runs that are kept, newest first')
    .addHelpText('after', example('costflame runs list latest:10'))
    .action((selector: string | undefined, options: RunsOptions & Json) =>
      finish(import('./runs').then((it) => it.listRuns(io, selector ?? 'all', withJson(options)))),
    )
  add('rm <runs...>', 'remove runs; those that go on stay')
    .addHelpText('after', example('costflame runs rm agent=support-desk'))
    .action((selectors: string[], options: RunsOptions & Json) =>
      finish(import('./runs').then((it) => it.removeNamedRuns(io, selectors, withJson(options)))),
    )
  add('prune', 'remove what is older than 30 days, and the oldest of a store larger than 1 GB')
    .option('--older-than <age>', 'another age, such as 7d or 12h')
    .option('--max-size <size>', 'another size, such as 500MB')
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', example('costflame runs prune --older-than 7d --dry-run'))
    .action((options: PruneCommandOptions & Json) =>
      finish(import('./runs').then((it) => it.pruneRuns(io, withJson(options)))),
    )
}

function addReport(program: Command, io: Io, finish: Finish): void {
  program
    .command('report')
    .description('what runs cost, grouped')
    .option(...RUNS, 'all')
    .option(
      '--by <keys>',
      'agent, step, model, intent, tenant, version, callsite, tool, day, week, session, tag.NAME',
      'agent',
    )
    .addOption(new Option('--format <format>').choices(REPORT_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame report --run latest --by agent,step'))
    .action((options: ReportOptions & Json) =>
      finish(import('./report').then((it) => it.report(io, withJson(options)))),
    )
}

function addExport(program: Command, io: Io, finish: Finish): void {
  program
    .command('export')
    .description('a run in a format that others open')
    .option(...RUNS, 'latest')
    .addOption(new Option('--format <format>').choices(EXPORT_FORMATS).default('json'))
    .option('--json', 'the same as --format json')
    .addOption(
      new Option('--segments <detail>', 'full: one segment for each block')
        .choices(['merged', 'full'])
        .default('merged'),
    )
    .addOption(
      new Option('--weight <what>', 'what folded stacks count: pico-dollars, tokens or microseconds')
        .choices(STACK_WEIGHTS)
        .default('cost'),
    )
    .option('-o, --output <file>', 'file to write; else standard output')
    .option(...DATA)
    .addHelpText(
      'after',
      example(
        'costflame export --format html -o run.html\n  costflame export --format speedscope -o run.speedscope.json',
      ),
    )
    .action((options: ExportOptions & Json) =>
      finish(import('./export').then((it) => it.exportRuns(io, withJson(options)))),
    )
}

function addImport(program: Command, io: Io, finish: Finish): void {
  program
    .command('import')
    .description('bring recorded traffic in as runs, one for each file')
    .argument('<path...>', 'files, or folders with .json files')
    .addOption(new Option('--format <format>', 'what the files hold').choices(IMPORT_FORMATS).default('auto'))
    .option('--at <date>', 'whose prices count where a recording says no time; else now')
    .option('--json', 'the result as JSON')
    .option(...DATA)
    .addHelpText('after', example('costflame import --format exchanges recordings/'))
    .action((paths: string[], options: ImportOptions) =>
      finish(import('./import').then((it) => it.importPaths(io, paths, options))),
    )
}

function addFindings(program: Command, io: Io, finish: Finish): void {
  program
    .command('findings')
    .description('what is wasteful, where, and what fixing it saves')
    .option(...RUNS, 'latest')
    .addOption(new Option('--format <format>').choices(FINDINGS_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame findings --run latest --json'))
    .action((options: FindingsOptions & Json) =>
      finish(import('./findings').then((it) => it.findings(io, withJson(options)))),
    )
}

function addWhatIf(program: Command, io: Io, finish: Finish): void {
  program
    .command('whatif')
    .description('what runs would have cost with other caching or another model; no call is made')
    .option(...RUNS, 'latest')
    .option('--cache <fix...>', 'names of fixes, ids of findings, or all that findings ask for')
    .option('--ttl <lifetime>', 'another lifetime of cached prompts, such as 1h, 12h or 24h')
    .option('--model <model>', 'another model, by the id that its provider sells it under')
    .option('--provider <provider>', 'who sells it; else whoever the calls went to, else its maker')
    .addOption(new Option('--format <format>').choices(WHATIF_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText(
      'after',
      example('costflame whatif --cache all --ttl 1h\n  costflame whatif --model claude-haiku-5-5 --json'),
    )
    .action((options: WhatIfOptions & Json) =>
      finish(import('./whatif').then((it) => it.whatif(io, withJson(options)))),
    )
}

function addBudgets(program: Command, io: Io, finish: Finish): void {
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

function addWhy(program: Command, io: Io, finish: Finish): void {
  program
    .command('why')
    .description('the evidence of a finding, step by step, with the prompts side by side and the exact fix')
    .argument('<finding>', 'id of a finding, or its beginning; costflame findings shows them')
    .option(...RUNS, 'latest')
    .addOption(new Option('--format <format>').choices(WHY_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame why 3f2a9c'))
    .action((finding: string, options: WhyOptions & Json) =>
      finish(import('./why').then((it) => it.why(io, finding, withJson(options)))),
    )
}

function addCheck(program: Command, io: Io, finish: Finish): void {
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

function addDiff(program: Command, io: Io, finish: Finish): void {
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

function addDoctor(program: Command, io: Io, finish: Finish): void {
  program
    .command('doctor')
    .description('what keeps calls from being recorded, and what to do about it')
    .addOption(new Option('--format <format>').choices(DOCTOR_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame doctor'))
    .action((options: DoctorOptions & Json) =>
      finish(import('./doctor').then((it) => it.doctor(io, withJson(options)))),
    )
}

function addPrices(program: Command, io: Io, finish: Finish): void {
  program
    .command('prices')
    .description(
      'unit prices of a model and where each comes from; "prices update" fetches the newest catalogue',
    )
    .argument('<model>', 'exact id of a model, or "update"')
    .option('--provider <provider>', 'who sells it; else everybody who does')
    .option('--at <date>', 'prices of that moment; else now')
    .option('--tier <tier>', 'service tier, such as batch, flex or priority')
    .option('--from <url>', 'where "update" fetches from; else where the catalogue is published')
    .addOption(new Option('--format <format>').choices(PRICES_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame prices claude-opus-5-5 --provider anthropic'))
    .action((model: string, options: PricesOptions & Json) =>
      finish(import('./prices').then((it) => it.prices(io, model, withJson(options)))),
    )
}

function addReprice(program: Command, io: Io, finish: Finish): void {
  program
    .command('reprice')
    .description('price stored runs again with the prices known today, and say what changed')
    .option(...RUNS, 'latest')
    .option('--at <date>', 'prices of that moment; else of the moment that each call was priced at')
    .option('--dry-run', 'only say what would change')
    .addOption(new Option('--format <format>').choices(REPRICE_FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option(...DATA)
    .addHelpText('after', example('costflame reprice --run all --dry-run'))
    .action((options: RepriceCommandOptions & Json) =>
      finish(import('./reprice').then((it) => it.reprice(io, withJson(options)))),
    )
}

function addSimulate(program: Command, io: Io, finish: Finish): void {
  program
    .command('simulate')
    .description('run the embedded model server: real wire formats and cache rules, no network, no key')
    .option('--port <port>', 'port; 0 is any free one', port, 0)
    .option('--script <file>', 'what it replies (docs/simulator.md); else a default reply')
    .addHelpText('after', example('costflame simulate --script replies.json'))
    .action((options: SimulateOptions) => finish(import('./simulate').then((it) => it.simulate(io, options))))
}

function addPythonApi(program: Command, io: Io, finish: Finish): void {
  program
    .command('python-api')
    .description('write costflame.py, by which a Python program names its agents, steps and tools')
    .argument('[folder]', 'where Python finds the modules of your program; else this folder')
    .option('--force', 'write over a file that was changed')
    .addHelpText('after', example('costflame python-api src'))
    .action((folder: string | undefined, options: PythonApiOptions) =>
      finish(import('./python-api').then((it) => it.pythonApi(io, folder, options))),
    )
}

interface Json {
  readonly json?: true
}

function withJson<Options extends Json & { readonly format: string }>(options: Options): Options {
  return options.json ? { ...options, format: 'json' } : options
}

function collect(value: string, values: readonly string[]): string[] {
  return [...values, value]
}

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.')
  return value
}

/** `0.2` and `20%` are the same. */
function share(text: string): number {
  const [, digits = '', percent] = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text) ?? []
  const value = Number(digits) / (percent ? 100 : 1)
  if (digits === '' || value > 10)
    throw new InvalidArgumentError('it is a share such as 0.2 or 20%, at most 10 (1000%).')
  return value
}

function example(command: string): string {
  return `\nExample:\n  ${command}\n`
}

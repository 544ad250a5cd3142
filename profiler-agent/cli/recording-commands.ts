// The commands by which calls come to be recorded: their options and their help.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { CONTENT_MODES } from '../model/content-mode'
import { BUDGET, DATA, example, type Finish, type Json, withJson } from './command-options'
import type { DoctorOptions } from './doctor'
import type { ImportOptions } from './import'
import type { Io } from './io'
import { DOCTOR_FORMATS, IMPORT_FORMATS } from './output-formats'
import { SPLICE_USAGE } from './profiler-settings'
import type { PythonApiOptions } from './python-api'
import type { RunOptions } from './run'
import type { ServeOptions } from './serve'
import type { SimulateOptions } from './simulate'

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

export function addRun(program: Command, io: Io, finish: Finish): void {
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

export function addServe(program: Command, io: Io, finish: Finish): void {
  withSettings(program.command('serve'))
    .description('run the profiler; prints one JSON line when it listens')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port; 0 is any free one', port, 0)
    .option(...BUDGET)
    .addOption(
      new Option('--call-sites <mode>', 'how lines are found').choices(['auto', 'deep', 'light', 'off']),
    )
    .addOption(untilStdinEnds())
    .option(...DATA)
    .addHelpText('after', example('costflame serve --port 4600'))
    .action((options: ServeOptions) => finish(import('./serve').then((it) => it.serve(io, options))))
}

/** For who starts the command as a child. */
function untilStdinEnds(): Option {
  return new Option('--until-stdin-ends', 'stop when standard input ends').default(false).hideHelp()
}

export function addImport(program: Command, io: Io, finish: Finish): void {
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

export function addSimulate(program: Command, io: Io, finish: Finish): void {
  program
    .command('simulate')
    .description('run the embedded model server: real wire formats and cache rules, no network, no key')
    .option('--port <port>', 'port; 0 is any free one', port, 0)
    .option('--script <file>', 'what it replies (docs/simulator.md); else a default reply')
    .addOption(untilStdinEnds())
    .addHelpText('after', example('costflame simulate --script replies.json'))
    .action((options: SimulateOptions) => finish(import('./simulate').then((it) => it.simulate(io, options))))
}

export function addPythonApi(program: Command, io: Io, finish: Finish): void {
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

export function addDoctor(program: Command, io: Io, finish: Finish): void {
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

function collect(value: string, values: readonly string[]): string[] {
  return [...values, value]
}

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.')
  return value
}

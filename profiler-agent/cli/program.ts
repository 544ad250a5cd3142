// The command line: which commands there are, in the order of the help. Their options are in *-commands.ts; what they do is in
// one file each, loaded when it is asked for: `costflame run` stands before somebody's program.

import { Command, CommanderError } from 'commander'
import { addMcp } from './assistant-commands'
import { addBudgets, addCheck, addDiff } from './budget-commands'
import type { Finish } from './command-options'
import { EXIT, type Io, isUsageError, note } from './io'
import { addPrices, addReprice } from './price-commands'
import { addDoctor, addImport, addPythonApi, addRun, addServe, addSimulate } from './recording-commands'
import { addExport, addFindings, addReport, addRuns, addWhatIf, addWhy } from './showing-commands'

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

function buildProgram(io: Io, finish: Finish): Command {
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
  addMcp(program, io, finish)
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

// The commands that show what is recorded, and those that keep it small: their options and their help.

import { type Command, Option } from 'commander'
import { STACK_WEIGHTS } from '../formats/stack-weights'
import { DATA, example, type Finish, type Json, RUNS, withJson } from './command-options'
import type { ExportOptions } from './export'
import type { FindingsOptions } from './findings'
import type { Io } from './io'
import {
  EXPORT_FORMATS,
  FINDINGS_FORMATS,
  REPORT_FORMATS,
  RUNS_FORMATS,
  WHATIF_FORMATS,
  WHY_FORMATS,
} from './output-formats'
import type { ReportOptions } from './report'
import type { PruneCommandOptions, RunsOptions } from './runs'
import type { WhatIfOptions } from './whatif'
import type { WhyOptions } from './why'

export function addRuns(program: Command, io: Io, finish: Finish): void {
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

export function addReport(program: Command, io: Io, finish: Finish): void {
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

export function addExport(program: Command, io: Io, finish: Finish): void {
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
    .option('--redact', 'every text as a hash, to pass the run on')
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

export function addFindings(program: Command, io: Io, finish: Finish): void {
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

export function addWhy(program: Command, io: Io, finish: Finish): void {
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

export function addWhatIf(program: Command, io: Io, finish: Finish): void {
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

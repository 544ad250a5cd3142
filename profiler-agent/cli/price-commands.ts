// The commands about unit prices: their options and their help.

import { type Command, Option } from 'commander'
import { DATA, example, type Finish, type Json, RUNS, withJson } from './command-options'
import type { Io } from './io'
import { PRICES_FORMATS, REPRICE_FORMATS } from './output-formats'
import type { PricesOptions } from './prices'
import type { RepriceCommandOptions } from './reprice'

export function addPrices(program: Command, io: Io, finish: Finish): void {
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

export function addReprice(program: Command, io: Io, finish: Finish): void {
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

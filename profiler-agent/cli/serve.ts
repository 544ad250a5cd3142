// `costflame serve`: runs the profiler until it is told to stop.

import { runRecordOf } from '../ingest'
import { present } from '../model/present'
import type { RunRecord } from '../model/record'
import { type GivenUpstreams, type Profiler, type ProfilerOptions, startProfiler } from '../profiler'
import { watchedConfig } from '../watched-config'
import { decodeJson, isObject, objectOf } from '../wire/json'
import { tellConfigProblems } from './config-problems'
import { EXIT, type Io, isUsageError, note, print, UsageError } from './io'
import { budgetFile, configFile, dataFolder, prepareDataFolder, rootFolder } from './places'
import { profilerSettings, type SettingsFlags } from './profiler-settings'
import { SERVE_RUN, SERVE_TOKEN, SERVE_UPSTREAMS } from './serve-environment'
import { endOfStdin, stopSignal } from './told-to-stop'
import { userSettingsFile } from './user-settings'

export interface ServeOptions extends SettingsFlags {
  readonly host: string
  readonly port: number
  readonly data?: string
  readonly budget?: string
  readonly callSites?: string
  /** Stop when standard input ends: how a parent process ties the profiler's life to its own. */
  readonly untilStdinEnds: boolean
}

export async function serve(io: Io, options: ServeOptions): Promise<number> {
  const data = prepareDataFolder(dataFolder(io, options.data))
  const { upstreams, ...settings } = await profilerSettings(io, options)
  const token = io.env[SERVE_TOKEN]
  const run = runOf(io.env[SERVE_RUN])
  const givenUpstreams = givenUpstreamsOf(io.env[SERVE_UPSTREAMS])
  // Whoever finds us in the data folder may say stop before we have printed a line.
  const signalled = stopSignal(io)
  const profiler = await start({
    version: io.version,
    host: options.host,
    port: options.port,
    data,
    assets: io.assets,
    root: rootFolder(io),
    budgetFile: budgetFile(io, options.budget),
    configFile: configFile(io),
    settingsFile: userSettingsFile(io),
    upstreams: { ...configUpstreams(io), ...upstreams },
    ...settings,
    ...(options.callSites === undefined ? {} : { callSites: options.callSites }),
    ...present({ token, run, givenUpstreams }),
    log: (message) => note(io, `costflame: ${message}`),
  })
  // Whoever reads the line may say stop at once.
  const stopped = options.untilStdinEnds ? Promise.race([signalled, endOfStdin(io)]) : signalled
  print(io, JSON.stringify(profiler.ready))
  await stopped
  await profiler.close()
  return EXIT.fine
}

/** With options as JSON, from `costflame run` of this version. Usage errors are told here. */
export async function serveAsTold(io: Io, json: string): Promise<number> {
  try {
    return await serve(io, optionsOf(json))
  } catch (error) {
    if (!isUsageError(error)) throw error
    note(io, `costflame: ${error.message}`)
    return EXIT.usage
  }
}

/** Only `costflame run` writes them, and all of them. */
function optionsOf(json: string): ServeOptions {
  const reading = decodeJson(json)
  const isWhole = reading.ok && isObject(reading.value) && Array.isArray(reading.value.upstream)
  if (!isWhole) throw new UsageError('the options of the profiler cannot be read')
  return reading.value as unknown as ServeOptions
}

/** `costflame run` of this version wrote it; anybody else's is no run. */
function runOf(json: string | undefined): RunRecord | undefined {
  const reading = decodeJson(json ?? '')
  return reading.ok && isObject(reading.value) ? runRecordOf(reading.value) : undefined
}

/** Who started the profiler before this one wrote it. */
function givenUpstreamsOf(json: string | undefined): GivenUpstreams | undefined {
  const reading = decodeJson(json ?? '')
  if (!reading.ok || !isObject(reading.value)) return undefined
  const runs = objectOf(reading.value.runs)
  return {
    common: textsOf(reading.value.common),
    runs: Object.fromEntries(Object.entries(runs).map(([runId, upstreams]) => [runId, textsOf(upstreams)])),
  }
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).flatMap(([key, each]) => (typeof each === 'string' ? [[key, each]] : [])),
  )
}

async function start(options: ProfilerOptions): Promise<Profiler> {
  try {
    return await startProfiler(options)
  } catch (error) {
    throw new UsageError(listenProblem(error, options))
  }
}

function listenProblem(error: unknown, { host, port }: ProfilerOptions): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `port ${port} on ${host} is taken by another program. Stop that one, or leave --port out to get a free port.`
  if (code === 'EACCES')
    return `port ${port} may not be used by this user. Choose one above 1023, or leave --port out.`
  return `cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`
}

/** Loopback upstreams of `config.jsonc`; what is wrong in it is said and passed over. */
function configUpstreams(io: Io): Readonly<Record<string, string>> {
  const config = watchedConfig(configFile(io), rootFolder(io)).current()
  tellConfigProblems(io, config)
  return config?.file.upstreams ?? {}
}

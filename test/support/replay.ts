// Sends recorded requests through a real `costflame serve`, before an upstream that answers with the recorded bytes in small pieces.

import { once } from 'node:events'
import * as http from 'node:http'
import {
  PROVIDER_ORIGINS,
  PROVIDERS_WITHOUT_DEFAULT,
  providerOfHost,
} from '../../profiler-agent/model/provider'
import type { ModelCall } from '../../profiler-agent/model/span'
import { readRuns, readSpans } from '../../profiler-agent/store/reader'
import { openStore } from '../../profiler-agent/store/store'
import { Playground } from './costflame'
import { bodyOf, listen, portOf } from './proxy-harness'
import type { Recorded } from './recorded-corpus'

export interface ReplayedFile {
  readonly name: string
  readonly exchanges: readonly Recorded[]
}

/** Model calls by `file#index`, as the profiler stored them; a place without calls is not in it. */
export async function replay(files: readonly ReplayedFile[]): Promise<ReadonlyMap<string, ModelCall[]>> {
  const playground = new Playground()
  const upstreams = await Promise.all([listen(answerFrom(files)), listen(answerFrom(files))])
  const agent = new http.Agent({ keepAlive: true, maxSockets: FILES_AT_ONCE })
  try {
    // Hosts that are nobody's have an upstream of their own, or they would be taken for a provider.
    const [listed, foreign] = upstreams.map((server) => `127.0.0.1:${portOf(server)}`)
    const ids = [...Object.keys(PROVIDER_ORIGINS), ...PROVIDERS_WITHOUT_DEFAULT]
    const options = ids.flatMap((id) => ['--upstream', `${id}=http://${listed}`])
    const { child, ready, ended } = await playground.serve(...options)
    const port = Number(new URL(ready.proxy).port)
    const waiting = [...files.entries()]
    const worker = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift())
        for (const [index, recorded] of next[1].exchanges.entries())
          await send({ port, agent, token: ready.token, foreign: foreign ?? '' }, recorded, next, index)
    }
    await Promise.all(Array.from({ length: FILES_AT_ONCE }, worker))
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    if (code !== 0 || stderr !== '') throw new Error(`the profiler ended with ${code}: ${stderr}`)
    return storedCalls(playground.data)
  } finally {
    agent.destroy()
    for (const server of upstreams) {
      server.closeAllConnections()
      server.close()
    }
    await playground.remove()
  }
}

const FILES_AT_ONCE = 4
/** Tells the upstream which recorded reply to give; it passes through as any header of the caller's. */
const PLACE = 'x-recorded-place'
/** Small and odd, so that characters, events and frames are cut everywhere. */
const PIECE_BYTES = 997

interface Through {
  readonly port: number
  readonly agent: http.Agent
  readonly token: string
  readonly foreign: string
}

async function send(
  { port, agent, token, foreign }: Through,
  recorded: Recorded,
  [fileIndex, { name }]: readonly [number, ReplayedFile],
  index: number,
): Promise<void> {
  const url = new URL(recorded.url)
  const provider = providerOfHost(url.host)
  const isListed = !provider.startsWith('custom:')
  const base = isListed ? provider : `custom/@${foreign}`
  const request = http.request({
    ...{ port, agent, host: '127.0.0.1', method: recorded.method },
    path: `/r/file-${fileIndex}/${base}${url.pathname}${url.search}`,
    headers: {
      ...sendable(recorded.request_headers, NOT_SENT),
      ...(isListed ? {} : { 'x-costflame-token': token }),
      'x-costflame-tag-place': encodeURIComponent(`${name}#${index}`),
      [PLACE]: `${fileIndex}/${index}`,
    },
  })
  request.end(recorded.request_body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  await bodyOf(response)
}

/** Belongs to the connection of the recording, or to a browser; what is not sent is neither. */
const NOT_SENT =
  /^(?:host|connection|keep-alive|transfer-encoding|content-length|expect|upgrade|te|origin|sec-fetch-.*|accept-encoding)$/i
const NOT_ANSWERED = /^(?:connection|keep-alive|transfer-encoding|content-length|content-encoding)$/i

function sendable(headers: Readonly<Record<string, string>>, without: RegExp): Record<string, string> {
  return Object.fromEntries(
    // Redacted values may hold characters that no header can.
    Object.entries(headers).filter(([name, value]) => !without.test(name) && /^[\t\x20-\x7e]*$/.test(value)),
  )
}

function answerFrom(files: readonly ReplayedFile[]): http.RequestListener {
  return (req, res) => {
    const [file, index] = String(req.headers[PLACE]).split('/').map(Number)
    const recorded = files[file ?? -1]?.exchanges[index ?? -1]
    void bodyOf(req).then(async () => {
      if (recorded) await answer(res, recorded)
      else res.writeHead(500).end()
    })
  }
}

async function answer(res: http.ServerResponse, recorded: Recorded): Promise<void> {
  const { status, response_headers, response_body, response_body_base64 } = recorded
  const body =
    response_body_base64 === undefined
      ? Buffer.from(response_body ?? '')
      : Buffer.from(response_body_base64, 'base64')
  res.writeHead(status, sendable(response_headers, NOT_ANSWERED))
  for (let start = 0; start < body.length; start += PIECE_BYTES)
    if (!res.write(body.subarray(start, start + PIECE_BYTES))) await once(res, 'drain')
  res.end()
}

function storedCalls(data: string): Map<string, ModelCall[]> {
  const store = openStore(data, { readOnly: true })
  try {
    const spans = readRuns(store).flatMap((run) => readSpans(store, run.id))
    const calls = new Map<string, ModelCall[]>()
    for (const { tags, modelCall } of spans)
      if (modelCall) calls.set(tags?.place ?? '', [...(calls.get(tags?.place ?? '') ?? []), modelCall])
    return calls
  } finally {
    store.close()
  }
}

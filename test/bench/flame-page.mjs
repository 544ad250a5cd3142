// What the flame graph's bench opens: our page as a webview has it, with the run at hand, and speedscope, from one server on this machine.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, extname, join, normalize } from 'node:path'

const speedscope = join(
  dirname(createRequire(import.meta.url).resolve('speedscope/package.json')),
  'dist',
  'release',
)
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}

/** Stands for the extension: answers `ready` with the run when the bench says so, and questions for parts. */
const SURROUNDINGS = `
  const state = {}
  globalThis.answers = 0
  globalThis.acquireVsCodeApi = () => ({
    getState: () => state.kept,
    setState: (kept) => { state.kept = kept },
    postMessage: async (message) => {
      if (message.type !== 'ask') return
      const { id, question } = message
      if (question.ask !== 'parts') return deliver({ type: 'failure', id, message: 'not in the bench' })
      const reply = await fetch('/parts', { method: 'POST', body: JSON.stringify(question.spanIds) })
      globalThis.answers++
      deliver({ type: 'answer', id, answer: { to: 'parts', segments: await reply.json() } })
    },
  })
  globalThis.deliver = (data) => dispatchEvent(new MessageEvent('message', { data }))
`

/** Serves until `close()`. `runs` by name: what `benchRun` gives; `dist` is where the built page is. */
export async function servePages(dist, runs) {
  let current
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://bench')
    try {
      const [type, body] = await contentOf(request, pathname)
      response.writeHead(200, { 'content-type': type }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  const contentOf = async (request, pathname) => {
    const [, kind, ...path] = pathname.split('/')
    switch (kind) {
      case 'ours':
        current = runs[path[0]]
        return ['text/html', pageOf(path[0], current.runId)]
      case 'columns':
        return ['application/octet-stream', Buffer.from(runs[path[0]].encoded)]
      case 'profile':
        return ['application/json', runs[path[0]].speedscope()]
      case 'parts':
        return ['application/json', JSON.stringify(current.partsOf(JSON.parse(await textOf(request))))]
      case 'flame.js':
        return ['text/javascript', await readFile(join(dist, 'webview', 'flame.js'))]
      default: {
        const file = join(speedscope, normalize(path.join('/') || 'index.html'))
        return [TYPES[extname(file)] ?? 'application/octet-stream', await readFile(file)]
      }
    }
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

function pageOf(run, runId) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bench</title></head><body>
<script>${SURROUNDINGS}
  globalThis.loaded = fetch('/columns/${run}').then((reply) => reply.arrayBuffer())
  globalThis.show = (columns) => deliver({ type: 'show', runId: ${JSON.stringify(runId)}, columns, live: false })
</script><script src="/flame.js"></script><script>
  if (location.search === '?now') loaded.then(show)
</script></body></html>`
}

async function textOf(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

// The session over real profilers, several folders at once, and everything that can go wrong with a profiler: VS Code alone is a fake.
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WebSocketServer } from 'ws'
import type { Session } from '../../../extension/profiler/session'
import { encodeCallSite } from '../../../profiler-agent/model/call-site'
import { type Ended, Playground } from '../../support/costflame'
import { FakeVscode, installFakeVscode } from '../../support/fake-vscode'
import { writeFiles } from '../../support/test-folders'
import { until } from '../../support/until'

describe('the session of a window', () => {
  let vscode: FakeVscode
  let session: Session
  const playgrounds: Playground[] = []
  const servers: Server[] = []

  beforeEach(() => {
    vscode = new FakeVscode()
    installFakeVscode(vscode)
  })
  afterEach(async () => {
    await session.dispose()
    for (const server of servers.splice(0)) {
      server.closeAllConnections()
      server.close()
    }
    for (const playground of playgrounds.splice(0)) await playground.remove()
  })

  function folder(): Playground {
    const made = new Playground()
    playgrounds.push(made)
    return made
  }

  async function sessionIn(...folders: readonly Playground[]): Promise<Session> {
    vscode.setFolders(...folders.map(({ path }) => path))
    const { Session: Made } = await import('../../../extension/profiler/session')
    const [first = folder()] = folders
    session = new Made(first.script, vscode.log as never)
    return session
  }

  /** A server that says the same to everybody. */
  async function answering(body: string): Promise<string> {
    const server = createServer((_req, res) =>
      res.writeHead(200, { 'content-type': 'application/json' }).end(body),
    )
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** A call that no provider answers, so it needs none: it is in the list all the same. */
  async function call(of: Playground, runId: string, line: number): Promise<void> {
    const status = session.allProfilers.find((each) => each.folder === of.path)?.status
    assert.equal(status?.is, 'running')
    await fetch(`${status.ready.proxy}/r/${runId}/openai/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-costflame-token': status.ready.token,
        'x-costflame-callsite': encodeCallSite([{ file: join(of.path, 'agent.ts'), line }]),
        'x-costflame-upstream': 'http://127.0.0.1:9',
      },
      body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] }),
    })
    await until(`the run ${runId}`, () => session.runs.some(({ id }) => id === runId))
  }

  const whyFailed = () => (session.profiler.is === 'failed' ? session.profiler.why : '')
  const idOf = ({ id }: { readonly id: string }) => id
  const filesOf = ({ lines }: Session) =>
    lines.map(({ root, callSite }) => `${root}/${callSite.file}:${callSite.line}`)

  it('starts no profiler for what is shown without being asked for', async () => {
    const [desk, shop] = [folder(), folder()]
    await sessionIn(desk, shop)
    await session.start(desk.path)
    await call(desk, 'desk-run', 3)
    assert.equal((await session.detailIfRunning('desk-run'))?.summary.id, 'desk-run')
    assert.equal(await session.askIfRunning<'agents'>({ ask: 'agents' }, shop.path), undefined)
    await session.stop()
    assert.equal(await session.detailIfRunning('another-run'), undefined)
    assert.equal(await session.askIfRunning<'spentToday'>({ ask: 'spentToday' }), undefined)
    assert.deepEqual(
      session.allProfilers.map(({ status }) => status.is),
      session.allProfilers.map(() => 'stopped'),
    )
  })

  it('shows the runs and lines of all folders, and takes each question to the folder of its run', async () => {
    const [desk, shop] = [folder(), folder()]
    await sessionIn(desk, shop)
    await session.start(desk.path)
    await call(desk, 'desk-run', 3)
    assert.deepEqual(session.runs.map(idOf), ['desk-run'])
    await session.start(shop.path)
    await call(shop, 'shop-run', 7)
    assert.deepEqual(session.runs.map(idOf), ['shop-run', 'desk-run'])
    assert.deepEqual(
      [session.folderOfRun('desk-run'), session.folderOfRun('shop-run'), session.folderOfRun('no-run')],
      [desk.path, shop.path, undefined],
    )
    await until('both lines', () => session.lines.length === 2, { seen: () => filesOf(session) })
    assert.deepEqual(filesOf(session).sort(), [`${desk.path}/agent.ts:3`, `${shop.path}/agent.ts:7`].sort())
    assert.equal((await session.getRun('desk-run'))?.id, 'desk-run')
    assert.equal((await session.getRun('shop-run'))?.id, 'shop-run')
    assert.equal(await session.getRun('no-run'), undefined)
    assert.equal((await session.getDetail('desk-run'))?.callSites[0]?.callSite.line, 3)
    await assert.rejects(
      session.askAboutRun({ ask: 'columns', runIds: ['desk-run', 'shop-run'] }),
      /different folders/,
    )
  })

  it('works in the folder of the active editor, and starts nothing in the others', async () => {
    const [desk, shop] = [folder(), folder()]
    await sessionIn(desk, shop)
    assert.equal(session.folder, desk.path)
    vscode.activate(join(shop.path, 'src', 'agent.ts'))
    assert.equal(session.folder, shop.path)
    vscode.activate('/elsewhere/notes.md')
    assert.equal(session.folder, shop.path)
    await session.start()
    assert.equal(vscode.context.get('costflame.profiler'), 'running')
    vscode.activate(join(desk.path, 'agent.ts'))
    assert.equal(vscode.context.get('costflame.profiler'), 'stopped')
    assert.deepEqual(
      session.allProfilers.filter(({ status }) => status.is === 'running').map((each) => each.folder),
      [shop.path],
    )
  })

  it('lets go of a folder that is taken out of the workspace', async () => {
    const [desk, shop] = [folder(), folder()]
    await sessionIn(desk, shop)
    await session.start(desk.path)
    await session.start(shop.path)
    await call(shop, 'shop-run', 7)
    vscode.setFolders(desk.path)
    assert.deepEqual(session.runs, [])
    await until('one profiler', () => session.allProfilers.length === 1)
    assert.equal(session.profiler.is, 'running')
  })

  it('starts nothing in a folder that is not trusted, and what was recorded there when it is', async () => {
    const desk = folder()
    writeFiles(desk.data, { '.keep': '' })
    vscode.setTrusted(false)
    await sessionIn(desk)
    await session.startWhereRecorded()
    await assert.rejects(session.start(), /Trust this folder first/)
    assert.equal(session.profiler.is, 'stopped')
    vscode.setTrusted(true)
    await until('a profiler', () => session.profiler.is === 'running')
  })

  it('says it once when a profiler is killed, and starts the next where programs look for it', async () => {
    const desk = folder()
    await sessionIn(desk)
    await session.start()
    const gateway = await answering('{"from":"the gateway"}')
    const ofARun = await answering('{"from":"the gateway of a run"}')
    const named = (url: string) => ({ environment: { OPENAI_BASE_URL: `${url}/v1` } })
    await session.ask<'environment'>({ ask: 'environment', ...named(gateway) })
    await session.ask<'environment'>({ ask: 'environment', ...named(ofARun), runId: 'a-run' })
    assert.ok(session.profiler.is === 'running')
    const before = session.profiler.ready
    const seen: string[] = []
    session.onDidChange(() => seen.push(session.profiler.is))
    process.kill(before.pid, 'SIGKILL')
    await until('the end', () => session.profiler.is === 'failed')
    assert.match(whyFailed(), /ended by SIGKILL/)
    assert.equal(seen.filter((is) => is === 'failed').length, 1)
    await session.start()
    assert.ok(session.profiler.is === 'running')
    assert.deepEqual(
      [session.profiler.ready.proxy, session.profiler.ready.token],
      [before.proxy, before.token],
    )
    assert.notEqual(session.profiler.ready.pid, before.pid)
    // Programs that were started before send their keys where the user's own variables said.
    const { proxy } = session.profiler.ready
    const replies = ['', '/r/a-run'].map((run) =>
      fetch(`${proxy}${run}/openai/v1/models`).then((it) => it.text()),
    )
    assert.deepEqual(await Promise.all(replies), [
      '{"from":"the gateway"}',
      '{"from":"the gateway of a run"}',
    ])
  })

  it('attaches to the one of two profilers that was chosen', async () => {
    const desk = folder()
    const [first, second] = [await desk.serve(), await desk.serve()]
    await sessionIn(desk)
    for (const { ready } of [first, second, first]) {
      await session.attach(desk.path, ready)
      assert.ok(session.profiler.is === 'running')
      assert.deepEqual([session.profiler.ready.pid, session.profiler.isOurs], [ready.pid, false])
    }
    await session.stop()
    const endedOf = (ended: Promise<Ended>) => Promise.race([ended, Promise.resolve('goes on')])
    assert.deepEqual([await endedOf(first.ended), await endedOf(second.ended)], ['goes on', 'goes on'])
  })

  it('goes on with one of its own where a newer profiler runs, and says once what to do', async () => {
    const desk = folder()
    await newerProfiler(desk)
    await sessionIn(desk)
    for (let round = 0; round < 2; round++) {
      await session.start()
      assert.ok(session.profiler.is === 'running')
      assert.equal(session.profiler.isOurs, true)
      await session.stop()
    }
    assert.equal(vscode.messages.length, 1)
    assert.match(vscode.messages[0] ?? '', /version 9\.9\.9.*Update the extension, or stop that profiler\./)
  })

  it('says once that the runs of a newer store cannot be shown', async () => {
    const desk = folder()
    writeFiles(desk.data, { '.keep': '' })
    const database = new DatabaseSync(join(desk.data, 'costflame.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    await sessionIn(desk)
    await session.start()
    await until('the message', () => vscode.messages.length > 0, { seen: () => vscode.logged })
    await session.stop()
    await session.start()
    assert.equal(session.profiler.is, 'running')
    await until(
      'the second complaint',
      () => vscode.logged.filter((line) => /newer Costflame\. Update this/.test(line)).length > 1,
    )
    assert.deepEqual(vscode.messages.length, 1)
    assert.match(vscode.messages[0] ?? '', /written by a newer Costflame.*Update the Costflame extension\.$/)
  })

  /** Announces itself as profilers do, and greets in a later version of the feed. */
  async function newerProfiler(of: Playground): Promise<void> {
    const server = createServer()
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) =>
      socket.send(
        JSON.stringify({ type: 'hello', feed: 99, version: '9.9.9', pid: process.pid, data: of.data }),
      ),
    )
    const { port } = server.address() as AddressInfo
    const authority = `127.0.0.1:${port}`
    const ready = {
      ...{ event: 'ready', version: '9.9.9', pid: process.pid, token: 'x', data: of.data },
      ...{ proxy: `http://${authority}`, feed: `ws://${authority}/feed`, otlp: `http://${authority}/otlp` },
    }
    const file = join(of.data, 'live', `${process.pid}.json`)
    writeFiles(of.data, { [`live/${process.pid}.json`]: JSON.stringify(ready) })
    // Others' files are not believed.
    chmodSync(file, 0o600)
  }
})

// Stands in for the Python debugger, which no test machine has: an adapter that starts nothing and tells what it was asked to launch.
const vscode = require('vscode')

/** What adapters were asked to launch or to attach to, oldest first. */
const requests = []

class StubAdapter {
  #sent = new vscode.EventEmitter()
  onDidSendMessage = this.#sent.event

  handleMessage({ seq, command, arguments: details }) {
    if (command === 'launch' || command === 'attach') requests.push({ command, details })
    this.#sent.fire({ type: 'response', seq: 0, request_seq: seq, command, success: true, body: {} })
    if (command === 'initialize') this.#sent.fire({ type: 'event', seq: 0, event: 'initialized' })
    if (command === 'disconnect') this.#sent.fire({ type: 'event', seq: 0, event: 'terminated' })
  }

  dispose() {
    this.#sent.dispose()
  }
}

exports.activate = (context) => {
  const factory = {
    createDebugAdapterDescriptor: () => new vscode.DebugAdapterInlineImplementation(new StubAdapter()),
  }
  for (const type of ['debugpy', 'python'])
    context.subscriptions.push(vscode.debug.registerDebugAdapterDescriptorFactory(type, factory))
  return { requests }
}

// How commands that go on until they are told to stop hear of it.

import type { Io } from './io'

/** Resolves at the first signal that asks the process to leave. */
export function stopSignal(io: Io): Promise<void> {
  return new Promise((resolve) => {
    io.onSignal(['SIGINT', 'SIGTERM', 'SIGHUP'], () => resolve())
  })
}

/** Resolves when whoever started the process has gone, or lets go of its standard input. */
export function endOfStdin({ stdin }: Io): Promise<void> {
  return new Promise((resolve) => {
    stdin.on('end', () => resolve())
    stdin.on('error', () => resolve())
    stdin.resume()
  })
}

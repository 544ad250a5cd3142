// What a client sets on its socket, for each connection that comes to stand behind it.

import type { Socket } from 'node:net'

export class SocketSettings {
  private readonly all = new Map<string, (socket: Socket) => unknown>()

  set(name: string, apply: (socket: Socket) => unknown, socket: Socket | undefined): void {
    this.all.set(name, apply)
    if (socket !== undefined) apply(socket)
  }

  applyTo(socket: Socket): void {
    // Heads and bodies come in one write or several, and none may wait for the other.
    socket.setNoDelay(true)
    for (const apply of this.all.values()) apply(socket)
  }
}

// All WebSockets that go through the proxy: opens each, asks the budget where one is concerned, and ends them when the proxy closes.

import type { Duplex } from 'node:stream'
import { answerOf, answerUpgrade } from '../answers'
import { BodyCopy } from '../body-copy'
import type { GateKeeper } from '../budget/gate-keeper'
import { GatedRequest } from '../budget/gated-request'
import { refuseSocket } from '../budget/refused-call'
import { CapturedCall, type CaptureTools } from '../captured-call'
import type { CallRequest } from '../client'
import { pairs, requestHeadersFor, withoutHeader } from '../forwarded-headers'
import type { Route } from '../routing'
import { unreachableAnswer } from '../unreachable'
import type { UpstreamConnections } from '../upstream-connections'
import { hasCallMessages } from './captured-socket'
import { SocketLink, type SocketLinkOptions } from './socket-link'
import type { Moment } from './traffic'

export interface SocketTools {
  readonly tools: CaptureTools
  readonly upstreams: UpstreamConnections
  readonly keeper: GateKeeper | undefined
  /** Called once for each socket, when it is over and its records have been handed on. */
  readonly onDelivered: () => void
}

/** How a budget is concerned with a socket. */
type SocketBudget = Pick<SocketLinkOptions, 'keeper' | 'hold'>
type LinkParts = SocketLinkOptions['parts']

export class SocketLinks {
  readonly #links = new Set<SocketLink>()

  constructor(readonly options: SocketTools) {}

  /** Takes over the socket of an upgrade; `head` is what came after the request. Never throws. */
  open(req: CallRequest, route: Route, since: Moment, socket: Duplex, head: Buffer): void {
    const { keeper } = this.options
    const identity = keeper?.nameSocket(req, route)
    const parts = { req, route, since, identity }
    const isGated = identity !== undefined && keeper?.concerns(identity) === true
    if (isGated && !hasCallMessages(route.path)) this.#askBudget(parts, socket, head)
    else this.#linkOrAnswer(parts, socket, head, { keeper: isGated ? keeper : undefined })
  }

  /** Sockets that are idle end, others when they come to be. */
  endWhenIdle(): void {
    for (const link of this.#links) link.endWhenIdle()
  }

  /** Its calls cannot be told apart, so that all of it is one. */
  #askBudget(parts: LinkParts, socket: Duplex, head: Buffer): void {
    const { keeper, tools, onDelivered } = this.options
    const { identity, since, req, route } = parts
    if (!keeper || !identity) return
    keeper.admit(new GatedRequest(identity, Buffer.alloc(0), since.startTime), (admission) => {
      if (admission.passes) {
        this.#linkOrAnswer(parts, socket, head, { hold: admission.hold })
        return
      }
      const facts = { req, route, identity, body: new BodyCopy(0), startTime: since.startTime }
      const call = new CapturedCall(facts, tools, onDelivered)
      refuseSocket(socket, call, admission.refusal, since.startedAt)
    })
  }

  #linkOrAnswer(parts: LinkParts, socket: Duplex, head: Buffer, budget: SocketBudget): void {
    try {
      this.#link(parts, socket, head, budget)
    } catch (error) {
      this.options.tools.guard.report('forwarding a WebSocket', error)
      answerUpgrade(
        socket,
        answerOf(500, 'proxy_fault', `The proxy failed: ${String(error)}. Please report this.`),
      )
    }
  }

  #link(parts: LinkParts, socket: Duplex, head: Buffer, budget: SocketBudget): void {
    const { tools, upstreams, onDelivered } = this.options
    const { req, route } = parts
    const link: SocketLink = new SocketLink(socket, head, {
      ...{ parts, tools, ...budget },
      unreachable: (error) => unreachableAnswer(route.provider, route.origin, error),
      onDelivered: () => {
        this.#links.delete(link)
        onDelivered()
      },
    })
    this.#links.add(link)
    const { dispatcher, isProxied } = upstreams
    const asked = requestHeadersFor(req.rawHeaders)
    // Messages that have to be looked at before they go on must not come compressed.
    const headers = budget.keeper ? withoutHeader(asked, 'sec-websocket-extensions') : asked
    dispatcher.dispatch(
      {
        ...{ origin: route.origin, path: route.path, method: 'GET', upgrade: 'websocket' },
        headers: isProxied ? pairs(headers) : headers,
      },
      link,
    )
  }
}

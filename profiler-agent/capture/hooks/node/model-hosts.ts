// Which hosts serve models, which of their paths are model calls, and how the proxy is asked for them. Pure.

import { PROVIDER_ORIGINS, providerOfHost } from '../../../model/provider'
import type { Settings } from './settings'
import { urlOf } from './url-of'

export interface ModelHost {
  readonly provider: string
  /** `https://host[:port]`, as the program addressed it. */
  readonly origin: string
  /** True where the proxy is told the host: it would send calls of this provider elsewhere. */
  readonly isNamed: boolean
}

/** Hosts that serve other things too, by provider: only these paths are model calls. All paths of other hosts are. The Python hook reads it, too. */
export const MODEL_PATHS: Readonly<Record<string, RegExp>> = {
  vertex: /\/(?:publishers|endpoints|cachedContents|batchPredictionJobs|interactions)\b/,
  azure: /^\/(?:openai|models|anthropic|providers)\//,
  openrouter: /^\/api\//,
  ollama: /^\/(?:api|v1)\//,
}

/** Endpoints by which a host that is nobody's is known to be spoken to as a model. */
export const MODEL_ENDPOINT =
  /\/(?:(?:chat\/)?completions|responses|embeddings|messages|rerank|realtime|images\/\w+|audio\/\w+|converse(?:-stream)?|invoke(?:-with-response-stream)?|chat|generate)$|:(?:stream)?(?:generateContent|rawPredict|predict)$/i

const MAX_KNOWN = 1000

export class ModelHosts {
  private readonly known = new Map<string, ModelHost | undefined>()

  constructor(private readonly settings: Pick<Settings, 'upstreams' | 'variableUpstreams'>) {}

  /** What is known of an origin (`https://host`, with its port if not the scheme's own); undefined where it serves no models that we know. */
  of(origin: string): ModelHost | undefined {
    if (!this.known.has(origin) && this.known.size < MAX_KNOWN) this.known.set(origin, this.find(origin))
    return this.known.get(origin)
  }

  /** True for a call that models are asked with. */
  isModelCall({ provider, origin }: ModelHost, path: string): boolean {
    const plain = path.split('?', 1)[0] ?? ''
    const isOwn = PROVIDER_ORIGINS[provider] === origin || providerOfHost(hostOf(origin)) === provider
    return (isOwn ? (MODEL_PATHS[provider] ?? /^/) : MODEL_ENDPOINT).test(plain)
  }

  private find(origin: string): ModelHost | undefined {
    const host = hostOf(origin)
    const provider = providerOfHost(host)
    // Their calls are signed for one host: they are observed.
    if (provider === 'bedrock') return undefined
    if (!provider.startsWith('custom:')) {
      const isOfScheme = origin.startsWith('https:') || provider === 'ollama'
      return isOfScheme ? { provider, origin, isNamed: !this.isFollowed(provider, origin) } : undefined
    }
    return this.configured(origin)
  }

  /** A host that the user named as the place of a provider. */
  private configured(origin: string): ModelHost | undefined {
    const { upstreams } = this.settings
    const provider = Object.keys(upstreams).find((each) => urlOf(upstreams[each] ?? '')?.origin === origin)
    return provider === undefined ? undefined : { provider, origin, isNamed: true }
  }

  /**
   * True where the proxy sends the calls of this provider to where this origin's belong. An upstream that the user named stands
   * for the provider itself; for one of several hosts (a region, a resource) only if it is on this machine, as a stand-in is.
   * The value of a variable stands for those clients only that read it.
   */
  private isFollowed(provider: string, origin: string): boolean {
    const { upstreams, variableUpstreams } = this.settings
    const upstream = Object.hasOwn(upstreams, provider) ? upstreams[provider] : undefined
    const isProvider = PROVIDER_ORIGINS[provider] === origin
    if (upstream === undefined) return isProvider
    if (urlOf(upstream)?.origin === origin) return true
    return !variableUpstreams.includes(provider) && (isProvider || isLoopback(upstream))
  }
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}

function isLoopback(url: string): boolean {
  return /^https?:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::|\/|$)/.test(url)
}

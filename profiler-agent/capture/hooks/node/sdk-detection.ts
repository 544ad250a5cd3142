// Notices that the process is about to use a model SDK: plain stacks lose the user's line inside those, and the line of the first
// call can only be told by what is done before it.

import { existsSync, readFileSync, statSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { isLauncher, watchModules } from './module-watch'
import { hasEntries } from './sdk-entries'

/** Packages that await between the user's call and the request. */
const SDK_PACKAGE =
  /^(?:openai|ai|@ai-sdk|@anthropic-ai|@openai\/agents[\w-]*|@langchain|langchain|@google\/genai|@google\/generative-ai|@aws-sdk\/client-bedrock-runtime|@mistralai|@mastra|cohere-ai|groq-sdk|together-ai|llamaindex|@llamaindex|ollama)(?:\/|$)/
const SDK_FOLDERS = [
  'openai',
  'ai',
  '@ai-sdk',
  '@anthropic-ai',
  '@langchain',
  '@google/genai',
  '@aws-sdk/client-bedrock-runtime',
]

/** Text of the SDKs that no minifier touches: header names and addresses. */
const BUNDLED_SDK = [
  'X-Stainless-',
  'x-stainless-',
  'anthropic-version',
  'vercel.ai.',
  'AmazonBedrockFrontendService',
]
const MIN_BUNDLE_BYTES = 16 * 1024
const MAX_BUNDLE_BYTES = 32 * 1024 * 1024

const INSTALLED = /[\\/]node_modules[\\/]/

interface ModuleApi {
  _resolveFilename?(request: string, ...rest: unknown[]): string
}

const moduleApi = nodeModule as unknown as ModuleApi & { default?: ModuleApi }

/**
 * Where an SDK is: `modules`, of which none is loaded yet; `bundle`, in a file of the program; `installed`, maybe loaded, maybe not.
 * A `client` is none, but calls may be lost in it as well.
 */
export type SdkPlace = 'modules' | 'client' | 'bundle' | 'installed'

/** Calls `onSeen` at most once for each place, at the latest when the first SDK module is resolved, where this Node can tell. */
export function watchForSdk(onSeen: (place: SdkPlace) => void): void {
  if (isLauncher()) return
  const seen = new Set<SdkPlace>()
  const see = (place: SdkPlace) => {
    if (!seen.has(place)) onSeen(place)
    seen.add(place)
  }
  const entry = process.argv[1]
  if (entry !== undefined && isBundleOfSdk(entry)) see('bundle')
  const isTold = watchModules({
    found(url, installed) {
      if (installed !== undefined && !seen.has('modules')) seePackage(installed, see)
      if (installed === undefined && !seen.has('bundle') && isUserModule(url) && isBundleOfSdk(url))
        see('bundle')
    },
  })
  if (isTold) return
  // This Node shows the resolution of `require` only; for `import` what is installed has to tell.
  if (isInstalledNear(SDK_FOLDERS)) see('installed')
  else watchRequire(() => see('installed'))
}

function seePackage(name: string, see: (place: SdkPlace) => void): void {
  if (SDK_PACKAGE.test(name)) see('modules')
  else if (hasEntries(name)) see('client')
}

function isUserModule(url: string): boolean {
  return /^file:.*\.[cm]?js$/.test(url) && !INSTALLED.test(url)
}

function watchRequire(onSeen: () => void): void {
  const api = moduleApi.default ?? moduleApi
  const original = api._resolveFilename
  if (original === undefined) return
  api._resolveFilename = function resolveFilename(this: unknown, request: string, ...rest: unknown[]) {
    if (api._resolveFilename === resolveFilename && SDK_PACKAGE.test(request)) {
      api._resolveFilename = original
      onSeen()
    }
    return original.call(this, request, ...rest)
  } as typeof original
}

/** True where one of these packages lies in a `node_modules` that the program would find. */
export function isInstalledNear(packages: readonly string[]): boolean {
  const entry = process.argv[1] ?? join(process.cwd(), 'x')
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    if (packages.some((name) => existsSync(join(folder, 'node_modules', name)))) return true
    if (dirname(folder) === folder) return false
  }
}

/** True for a file (path or file URL) that holds a bundled SDK. Reads it only when it is of a bundle's size. */
function isBundleOfSdk(file: string): boolean {
  try {
    const path = file.startsWith('file:') ? new URL(file) : file
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat?.isFile() || stat.size < MIN_BUNDLE_BYTES || stat.size > MAX_BUNDLE_BYTES) return false
    const code = readFileSync(path)
    return BUNDLED_SDK.some((text) => code.includes(text))
  } catch {
    // Unreadable: Node itself will say so.
    return false
  }
}

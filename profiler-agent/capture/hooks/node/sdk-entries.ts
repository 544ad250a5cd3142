// Where programs enter the model SDKs: data, one row for each way of building a package. What is not here is found all the same, but
// its first call may lack its line. Read in the packages themselves, in the versions of docs/sdks.md and the major versions before.

import { packageAt } from './module-watch'

export interface SdkEntries {
  /** Name as npm has it. */
  readonly package: RegExp
  /** Files inside the package that declare entries, `/` between folders. */
  readonly files: RegExp
  /** Methods of the classes declared there. */
  readonly methods: RegExp
  /** The methods may put their call into a queue, `method(options, handler)`. */
  readonly haveQueue?: true
  /** Functions declared there. */
  readonly functions?: readonly string[]
  /** Functions that a class gives to each object when it is made, by class. */
  readonly fields?: Readonly<Record<string, readonly string[]>>
}

/** All that are not meant to be the package's own. */
const PUBLIC = /^[^_]/

/** Made by Stainless, or after it: a class for each resource, and streams and runners that call them later. */
const STAINLESS =
  /^(?:openai|@anthropic-ai\/(?!claude)[\w-]+|groq-sdk|together-ai|@cerebras\/cerebras_cloud_sdk|@perplexity-ai\/perplexity_ai)$/

/** Of more than a hundred resources those that ask models; the others are met at the client's own methods, if they need a line. */
const MODEL_RESOURCES =
  /^resources\/(?:beta\/)?(?:assistants|audio|chat|completions|decisions|embeddings|images|live|messages|moderations|realtime|rerank|responses|safety|threads|videos)(?:\/.+)?\.m?js$/

export const SDK_ENTRIES: readonly SdkEntries[] = [
  { package: STAINLESS, files: MODEL_RESOURCES, methods: PUBLIC },
  {
    package: STAINLESS,
    files: /^(?:index|client|core)\.m?js$/,
    methods: /^(?:get|post|put|patch|delete|request)$/,
  },
  {
    package: /^ai$/,
    files: /^dist\/index\.m?js$/,
    methods: /^(?:generate|stream)$/,
    functions: [
      ...['generateText', 'streamText', 'generateObject', 'streamObject', 'embed', 'embedMany', 'rerank'],
      ...['generateImage', 'experimental_generateImage', 'generateSpeech', 'experimental_generateSpeech'],
      ...['transcribe', 'experimental_transcribe', 'createAgentUIStream', 'createAgentUIStreamResponse'],
    ],
  },
  {
    package: /^(?:langchain|@langchain\/[\w-]+)$/,
    files: /^dist\/(?:runnables|language_models|pregel|agents|embeddings?|tools)(?:\/\w+)?\.c?js$/,
    methods:
      /^(?:invoke|stream|streamEvents|batch|call|generate|generatePrompt|embedQuery|embedDocuments|withRetry)$/,
  },
  {
    package: /^@openai\/agents-core$/,
    files: /^dist\/run\.m?js$/,
    methods: /^run$/,
    functions: ['run'],
  },
  {
    package: /^@google\/(?:genai|generative-ai)$/,
    files: /^dist\/(?:node\/)?index\.[cm]?js$/,
    methods: /^(?:generate|sendMessage|embedContent|batchEmbed|countTokens|computeTokens|create)/,
    fields: {
      Models: [
        ...['generateContent', 'generateContentStream', 'generateImages', 'generateVideos'],
        ...['embedContent', 'editImage', 'upscaleImage'],
      ],
    },
  },
  { package: /^@mistralai\/mistralai$/, files: /^(?:esm\/)?sdk\/\w+\.js$/, methods: PUBLIC },
  {
    package: /^cohere-ai$/,
    files:
      /^(?:dist\/)?(?:(?:api\/(?:resources\/\w+\/)+client\/)?Client|ClientV2|CustomClient|BaseClient)\.js$/,
    methods: PUBLIC,
  },
  {
    package: /^ollama$/,
    files: /^dist\/(?:shared\/)?[\w.-]+\.[cm]js$/,
    methods: /^(?:chat|generate|embed|embeddings)$/,
  },
  {
    // Of every client of AWS.
    package: /^@smithy\/(?:core|smithy-client)$/,
    files: /^dist-(?:cjs|es)\/(?:submodules\/client\/(?:.+\/)?)?(?:index|client)\.js$/,
    methods: /^send$/,
  },
  // Clients, whose requests wait: got's for a turn of the event loop, undici's for one of so many connections.
  { package: /^got$/, files: /^dist\/source\/core\/index\.js$/, methods: /^flush$/ },
  {
    package: /^undici$/,
    files: /^lib\/(?:dispatcher\/)?dispatcher-base\.js$/,
    methods: /^dispatch$/,
    haveQueue: true,
  },
]

/** Rows by the name of their package: the modules of one are asked for one after the other. */
const rows = new Map<string, readonly SdkEntries[]>()

function rowsOf(name: string): readonly SdkEntries[] {
  let found = rows.get(name)
  if (found === undefined) {
    found = SDK_ENTRIES.filter((row) => row.package.test(name))
    rows.set(name, found)
  }
  return found
}

export function hasEntries(name: string): boolean {
  return rowsOf(name).length > 0
}

/** What the module at this URL declares; undefined for most. */
export function entriesAt(url: string): SdkEntries | undefined {
  const at = packageAt(url)
  return at && rowsOf(at.name).find((row) => row.files.test(at.file))
}

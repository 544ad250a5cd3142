// The environment variables by which SDKs are pointed at a base URL, and when one may be set without changing what a program does.

type Environment = Readonly<Record<string, string | undefined>>

/** `suffix` is what the SDK expects after the provider's own origin. */
export interface BaseUrlVariable {
  readonly name: string
  readonly provider: string
  readonly suffix: string
  /** False where a value of the user's own must stay as it is, and none may be added. Always allowed unless given. */
  readonly mayChange?: (environment: Environment) => boolean
  /** True where the variable may be set although the user has not; `isNamed`: they named an upstream. Always allowed unless given. */
  readonly mayAdd?: (environment: Environment, isNamed: boolean) => boolean
  /** Where a program without the variable calls, if the provider has no origin of its own; undefined where nobody can tell. */
  readonly upstream?: (environment: Environment) => string | undefined
}

const never = () => false

/** Azure's client of the openai SDK takes OPENAI_BASE_URL before its own endpoint, and LangChain's takes OPENAI_API_BASE. */
const usesAzure = (environment: Environment): boolean =>
  ['AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_AD_TOKEN', 'OPENAI_API_VERSION'].some(
    (name) => environment[name],
  ) || environment.OPENAI_API_TYPE === 'azure'

/** Only then is the variable nothing but an address: the Gemini CLI takes it for the wish to log in at a gateway. */
const hasGeminiKey = ({ GEMINI_API_KEY, GOOGLE_API_KEY }: Environment, isNamed: boolean): boolean =>
  isNamed || Boolean(GEMINI_API_KEY || GOOGLE_API_KEY)

const usesVertex = (environment: Environment, isNamed: boolean): boolean =>
  isNamed ||
  ['GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_CLOUD_PROJECT', 'GOOGLE_CLOUD_LOCATION'].some(
    (name) => environment[name],
  )

const usesClaudeOnVertex = (environment: Environment, isNamed: boolean): boolean =>
  isNamed ||
  ['CLOUD_ML_REGION', 'CLAUDE_CODE_USE_VERTEX', 'ANTHROPIC_VERTEX_PROJECT_ID'].some(
    (name) => environment[name],
  )

const isTrue = (value: string | undefined): boolean => /^(?:1|true|yes|on)$/i.test(value ?? '')

/** A signature covers the host, so a signed call cannot go through a proxy; a bearer key is valid anywhere. */
const sendsBedrockKey = (environment: Environment): boolean =>
  Boolean(environment.AWS_BEARER_TOKEN_BEDROCK) &&
  !/sigv4/i.test(environment.AWS_AUTH_SCHEME_PREFERENCE ?? '') &&
  !isTrue(environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) &&
  // The SDK refuses an endpoint together with either of these.
  !isTrue(environment.AWS_USE_FIPS_ENDPOINT) &&
  !isTrue(environment.AWS_USE_DUALSTACK_ENDPOINT)

/** SDKs differ in which of the two they read: where they disagree, nobody can tell. */
function bedrockOrigin({ AWS_REGION, AWS_DEFAULT_REGION }: Environment): string | undefined {
  const region = AWS_REGION || AWS_DEFAULT_REGION || ''
  const isPlain = /^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region) && !region.startsWith('cn-')
  if (!isPlain || (AWS_DEFAULT_REGION && AWS_DEFAULT_REGION !== region)) return undefined
  return `https://bedrock-runtime.${region}.amazonaws.com`
}

/** An address for all of AWS is Bedrock's too, until there is one for Bedrock alone. */
const bedrockEndpoint = (environment: Environment): string | undefined =>
  environment.AWS_ENDPOINT_URL || bedrockOrigin(environment)

const sendsClaudeBedrockKey = (environment: Environment): boolean =>
  sendsBedrockKey(environment) || isTrue(environment.CLAUDE_CODE_SKIP_BEDROCK_AUTH)

/**
 * In the order in which they decide where a provider's calls go. Left out are variables that programs read in more than one
 * way, unless the user has set one: then its meaning is known.
 */
export const BASE_URL_VARIABLES: readonly BaseUrlVariable[] = [
  { name: 'OPENAI_BASE_URL', provider: 'openai', suffix: '/v1', mayAdd: (env) => !usesAzure(env) },
  { name: 'OPENAI_API_BASE', provider: 'openai', suffix: '/v1', mayAdd: (env) => !usesAzure(env) },
  { name: 'ANTHROPIC_BASE_URL', provider: 'anthropic', suffix: '' },
  { name: 'ANTHROPIC_API_URL', provider: 'anthropic', suffix: '' },
  { name: 'GOOGLE_GEMINI_BASE_URL', provider: 'google', suffix: '', mayAdd: hasGeminiKey },
  { name: 'GEMINI_API_BASE', provider: 'google', suffix: '', mayAdd: never },
  { name: 'GOOGLE_VERTEX_BASE_URL', provider: 'vertex', suffix: '', mayAdd: usesVertex },
  { name: 'ANTHROPIC_VERTEX_BASE_URL', provider: 'vertex', suffix: '/v1', mayAdd: usesClaudeOnVertex },
  {
    ...{ name: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME', provider: 'bedrock', suffix: '' },
    ...{ mayChange: sendsBedrockKey, upstream: bedrockEndpoint },
  },
  {
    ...{ name: 'ANTHROPIC_BEDROCK_BASE_URL', provider: 'bedrock', suffix: '' },
    ...{ mayChange: sendsClaudeBedrockKey, mayAdd: sendsBedrockKey, upstream: bedrockOrigin },
  },
  { name: 'AZURE_OPENAI_ENDPOINT', provider: 'azure', suffix: '', mayAdd: never },
  { name: 'AZURE_API_BASE', provider: 'azure', suffix: '', mayAdd: never },
  { name: 'CO_API_URL', provider: 'cohere', suffix: '' },
  { name: 'GROQ_BASE_URL', provider: 'groq', suffix: '' },
  { name: 'TOGETHER_BASE_URL', provider: 'together', suffix: '/v1' },
  { name: 'OPENROUTER_BASE_URL', provider: 'openrouter', suffix: '/api/v1' },
  // Its server listens where the variable says, so a program that starts one must find it as it was.
  { name: 'OLLAMA_HOST', provider: 'ollama', suffix: '', mayAdd: never },
]

/**
 * Value of ENABLE_TOOL_SEARCH for Claude Code, which sends all tool definitions to an address that is not Anthropic's own: with
 * it the prompt is what it would have been. Undefined where it is not ours to say.
 */
export function toolSearchFor(environment: Environment, isAnthropicItself: boolean): string | undefined {
  const isElsewhere =
    isTrue(environment.CLAUDE_CODE_USE_BEDROCK) || isTrue(environment.CLAUDE_CODE_USE_VERTEX)
  const own = environment.ENABLE_TOOL_SEARCH
  return isAnthropicItself && !isElsewhere && (own === undefined || own === 'true') ? 'true' : undefined
}

// Whose API a request means: whose cache rules, and whose usage fields where several speak one wire format.

/** Providers that the server stands in for. */
const SERVED = [
  'openai',
  'anthropic',
  'google',
  'deepseek',
  'xai',
  'groq',
  'mistral',
  'openrouter',
  'azure',
] as const

/** Models of providers that speak the format of OpenAI, for base URLs that do not name the provider. */
const BY_MODEL: readonly { readonly model: RegExp; readonly provider: string }[] = [
  { model: /^deepseek/, provider: 'deepseek' },
  { model: /^grok/, provider: 'xai' },
  { model: /^(mistral|ministral|magistral|codestral|devstral|pixtral)/, provider: 'mistral' },
  { model: /\//, provider: 'openrouter' },
]

/** The provider whose name is the first part of the path (`/deepseek/v1/chat/completions`), else the one that has such models, else `usual`. */
export function providerOf(pathname: string, model: string, usual: string): string {
  const [, first] = pathname.split('/')
  const named = SERVED.find((provider) => provider === first)
  return named ?? BY_MODEL.find((row) => row.model.test(model))?.provider ?? usual
}

// What a budget answers in a call's own format, so that its SDK raises one clear error and does not try again. Sends nothing.

import type { BudgetRefusal } from '../../../model/call-gate'
import { HEADERS } from '../../../model/headers'
import type { CallFormat } from './call-format'

/** Payment required: no SDK that we know tries this again, as they do 408, 409, 429 and 5xx. */
export const BUDGET_STATUS = 402
const CODE = 'budget_exceeded'
const AWS_ERROR = 'AccessDeniedException'

/** The provider's own error object for a refusal; as a whole body and as what a stream says. */
export function budgetError(format: CallFormat, { message }: BudgetRefusal, requestId: string): object {
  switch (format) {
    case 'anthropic':
      return {
        type: 'error',
        error: { type: 'billing_error', message, details: { error_code: CODE } },
        request_id: requestId,
      }
    case 'gemini':
    case 'interactions':
      return { error: { code: BUDGET_STATUS, message, status: 'FAILED_PRECONDITION' } }
    case 'converse':
    case 'invoke':
    case 'bedrock':
      return { message, __type: AWS_ERROR }
    case 'cohere':
      return { message }
    case 'mistral':
    case 'mistral-conversations':
      return { object: 'error', message, type: 'insufficient_quota', param: null, code: CODE }
    case 'ollama':
    case 'ollama-chat':
      return { error: message }
    case 'openai-chat':
    case 'openai-completions':
    case 'openai-responses':
    case 'openai':
      // LangChain gives up at once where it reads `insufficient_quota`.
      return { error: { message, type: 'insufficient_quota', param: null, code: CODE } }
  }
}

/** A whole answer: status line, headers and body as they go out. */
export interface BudgetAnswer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Uint8Array
}

export function budgetAnswer(format: CallFormat, refusal: BudgetRefusal, requestId: string): BudgetAnswer {
  const body = Buffer.from(JSON.stringify(budgetError(format, refusal, requestId)))
  const isAws = format === 'converse' || format === 'invoke' || format === 'bedrock'
  const headers = {
    'content-type': 'application/json',
    'content-length': String(body.length),
    'x-should-retry': 'false',
    [HEADERS.budget]: 'exceeded',
    ...(isAws ? { 'x-amzn-errortype': AWS_ERROR } : {}),
  }
  return { status: BUDGET_STATUS, headers: Object.entries(headers).flat(), body }
}

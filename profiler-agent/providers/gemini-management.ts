// What Google's services bill nothing for: jobs whose results are billed later, polls, sign-in, looking after resources.

import { GEMINI_FORMAT } from './gemini-generate'
import { methodOf } from './gemini-notation'
import type { ExchangeParts } from './parts'
import { isFailed } from './provider-error'
import { failedReading, unbilledReading } from './reading'
import type { WireFormat } from './wire-format'

const METHODS: readonly string[] = [
  'batchGenerateContent',
  'asyncBatchEmbedContent',
  'cancel',
  'fetchPredictOperation',
  'updateGenerateContentBatch',
  'updateEmbedContentBatch',
  'register',
]

const COLLECTIONS =
  /\/(batchPredictionJobs|fileSearchStores|corpora|auth_tokens|operations|permissions|webhooks)$/

const SIGN_IN_AND_STORAGE =
  /^(oauth2|sts|iamcredentials|accounts|www|storage|cloudresourcemanager|serviceusage)\.(googleapis|google)\.com$/

export const GEMINI_MANAGEMENT: WireFormat = {
  recognises: isFree,
  read: (parts) =>
    isFailed(parts)
      ? failedReading(parts, GEMINI_FORMAT, 'other', [])
      : unbilledReading(parts, GEMINI_FORMAT, 'other', null),
}

function isFree({ exchange, path }: ExchangeParts): boolean {
  const host = URL.canParse(exchange.url) ? new URL(exchange.url).hostname : ''
  if (SIGN_IN_AND_STORAGE.test(host)) return true
  const isGoogle = host.endsWith('.googleapis.com') || ['google', 'vertex'].includes(exchange.provider)
  return isGoogle && (METHODS.includes(methodOf(path)) || COLLECTIONS.test(path))
}

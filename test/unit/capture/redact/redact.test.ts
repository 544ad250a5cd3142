// Redaction: no credential survives in headers, URLs, text or bodies, and nothing else is harmed.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  credentialsIn,
  credentialsInBytes,
  credentialsInText,
  signaturesIn,
} from '../../../../profiler-agent/capture/credentials'
import {
  REDACTED,
  redactHeaders,
  redactTag,
  redactText,
  redactUrl,
  SecretMemory,
} from '../../../../profiler-agent/capture/redact'

import { atOnce } from '../../../../profiler-agent/capture/steps'

const KEY = 'sk-canary-0123456789abcdef'

describe('redactHeaders', () => {
  it('masks every header that lets its holder in', () => {
    const names = [
      ...[
        'authorization',
        'proxy-authorization',
        'x-api-key',
        'api-key',
        'x-goog-api-key',
        'cookie',
        'set-cookie',
      ],
      ...[
        'x-amz-security-token',
        'openai-organization',
        'x-auth-token',
        'cf-access-client-secret',
        'helicone-auth',
      ],
      ...['x-litellm-key', 'x-functions-key', 'x-goog-iap-jwt-assertion', 'x-authentication', 'key'],
    ]
    for (const name of names)
      assert.deepEqual(redactHeaders({ [name]: `Bearer ${KEY}` }), { [name]: REDACTED })
  })

  it('keeps headers that only sound like it', () => {
    const headers = {
      'x-ratelimit-remaining-tokens': '12',
      'idempotency-key': 'stainless-node-retry-1',
      'x-amzn-bedrock-input-token-count': '7',
      'sec-websocket-key': 'dGhlIHNhbXBsZQ==',
      'surrogate-key': 'models v1',
    }
    assert.deepEqual(redactHeaders(headers), headers)
  })

  it('masks keys in WebSocket subprotocols and URLs in values', () => {
    assert.deepEqual(
      redactHeaders({
        'sec-websocket-protocol': `realtime, openai-insecure-api-key.${KEY}`,
        location: `https://u:pw@host/x?key=${KEY}&a=1`,
      }),
      {
        'sec-websocket-protocol': `realtime, openai-insecure-api-key.${REDACTED}`,
        location: `https://${REDACTED}@host/x?key=${REDACTED}&a=1`,
      },
    )
  })
})

describe('redactUrl', () => {
  it('masks credential parameters and user info, and keeps the rest as typed', () => {
    assert.equal(
      redactUrl(`https://host/a%2Fb/./c?x=1&key=${KEY}&api_key=k&access_token=t&max_tokens=5`),
      `https://host/a%2Fb/./c?x=1&key=${REDACTED}&api_key=${REDACTED}&access_token=${REDACTED}&max_tokens=5`,
    )
    assert.equal(redactUrl('postgres://me:secret@db/x'), `postgres://${REDACTED}@db/x`)
  })

  it('masks them under every name and in every notation that servers read', () => {
    const names = [
      ...['X-Goog-Signature', 'X-Goog-Credential', 'X-Amz-Security-Token', 'AWSAccessKeyId', 'sig', 'sas'],
      ...[
        'code',
        'sessionid',
        'PHPSESSID',
        'tavilyApiKey',
        'api_secret',
        'clientSecret',
        'access_key',
        'private_key',
        'passphrase',
      ],
      ...['jwt', 'k%65y', 'api%5Fkey'],
    ]
    for (const name of names)
      assert.equal(redactUrl(`https://h/x?a=1&${name}=${KEY}&b=2`), `https://h/x?a=1&${name}=${REDACTED}&b=2`)
    assert.equal(redactUrl(`https://h/x?a=1;key=${KEY};b=2`), `https://h/x?a=1;key=${REDACTED};b=2`)
    const others = 'https://h/x?page_size=1&cache_key=2&alt=sse&model=x&code_style=a&a%zz=1'
    assert.equal(redactUrl(others), others)
  })
})

describe('redactText', () => {
  it('masks what is shaped like a key, though nobody announced it', () => {
    assert.equal(redactText(`Incorrect API key: ${KEY}.`), `Incorrect API key: ${REDACTED}.`)
    assert.equal(redactText('Authorization: Bearer abcdefghijkl'), `Authorization: Bearer ${REDACTED}`)
  })
})

describe('redactTag', () => {
  it('masks a tag that is named like a key', () => {
    assert.deepEqual(
      ['apikey', 'vendor_token', 'plan', 'tokens'].map((name) => redactTag(name, 'gold')),
      [REDACTED, REDACTED, 'gold', 'gold'],
    )
  })
})

describe('credentialsIn', () => {
  it('finds the bare values in headers and URL', () => {
    assert.deepEqual(
      credentialsIn(
        { authorization: `Bearer ${KEY}`, 'x-api-key': 'k1', cookie: 'sid=0123456789abcdef; theme=dark' },
        'https://u:p%40ss@host/?key=k2',
      ),
      [KEY, 'k1', '0123456789abcdef', 'k2', 'k2', 'p%40ss', 'p@ss'],
    )
  })

  it('finds what is in URLs of other headers, and in binary metadata', () => {
    assert.deepEqual(
      credentialsIn({
        location: 'https://u:pw-of-u@h/?api_key=k1',
        'authorization-bin': 'k2',
        accept: 'a://b',
      }),
      ['k1', 'k1', 'pw-of-u', 'pw-of-u', 'k2'],
    )
  })

  it('finds what JSON names as a credential, and no description or schema', () => {
    const tool = {
      authorization: 'tok-12345678',
      headers: { Authorization: 'Bearer tok-87654321', Accept: 'application/json' },
    }
    assert.deepEqual(credentialsInText(JSON.stringify(tool)), ['tok-12345678', 'tok-87654321'])
    assert.deepEqual(credentialsInText(JSON.stringify(JSON.stringify({ api_key: 'k-12345678' }))), [
      'k-12345678',
    ])
    assert.deepEqual(
      credentialsInText(
        '{"password": {"type": "string"}, "api_key": "The key to use", "max_tokens": "12345678"}',
      ),
      [],
    )
  })

  it('finds a bare token or secret that can be no word, and leaves words, cursors and paths of that name', () => {
    const found = [
      '{"token":"q7Zr2Lk9Vb4Xn8Tj6Wp3"}',
      '{"note":"{\\"secret\\": \\"0f3d5c7b9a1e2d4c6b8a\\"}"}',
      '{"token":"ab/cD+12345678901234=="}',
    ].flatMap(credentialsInText)
    assert.deepEqual(found, ['q7Zr2Lk9Vb4Xn8Tj6Wp3', '0f3d5c7b9a1e2d4c6b8a', 'ab/cD+12345678901234=='])
    const left = [
      '{"token":" lighthouse","logprob":-0.25}',
      '{"token":"internationalisation-of-harbours"}',
      '{"secret":"projects/harbour/secrets/tide-key-2/versions/1"}',
      '{"token":{"type":"string"},"page":"q7Zr2Lk9Vb4Xn8Tj6Wp3"}',
      '{"token":"https://harbour.example/tokens/2026"}',
    ]
    assert.deepEqual(left.flatMap(credentialsInText), [])
  })

  it('finds what stands in the URLs that JSON names', () => {
    const tool = {
      type: 'mcp',
      server_url: `https://mcp.example/?tavilyApiKey=${KEY}`,
      url: 'https://h/?a=1',
    }
    assert.deepEqual(credentialsInText(JSON.stringify({ tools: [tool] })), [KEY])
    assert.deepEqual(credentialsInText(JSON.stringify(JSON.stringify(tool))), [KEY])
    assert.deepEqual(credentialsInText('{"url": "https:\\/\\/u:pw-of-someone@h\\/x"}'), ['pw-of-someone'])
  })

  it('finds what a header hands on as JSON', () => {
    assert.deepEqual(
      credentialsIn({
        'x-portkey-config': `{"provider":"openai","api_key":"${KEY}","retry":{"attempts":3}}`,
      }),
      [KEY],
    )
  })

  it('finds the access key of a signed request, and apart from it the signature', () => {
    const signed = (signature: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDCANARY0123456789/20260102/eu-west-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    })
    const signature = '5f1b'.repeat(16)
    assert.deepEqual(credentialsIn(signed(signature)), ['AKIDCANARY0123456789'])
    assert.equal(signaturesIn(signed(signature)).at(-1), signature)
    const url = `https://h/x?X-Amz-Credential=AKIDCANARY0123456789%2F20260102%2Fs3&X-Amz-Signature=${signature}`
    assert.deepEqual(credentialsIn({}, url), ['AKIDCANARY0123456789'])
    assert.ok(signaturesIn({}, url).includes(signature))
  })

  it('finds the password in basic credentials', () => {
    const basic = Buffer.from('user:pass word').toString('base64')
    assert.deepEqual(credentialsIn({ authorization: `Basic ${basic}` }), [
      basic,
      'user:pass word',
      'pass word',
    ])
  })
})

describe('SecretMemory', () => {
  const memoryOf = (...values: string[]) => {
    const memory = new SecretMemory()
    memory.remember(values)
    return memory
  }
  const maskedJson = (memory: SecretMemory, text: string) =>
    Buffer.from(memory.maskBytes(Buffer.from(text), true)).toString('utf8')

  it('masks a value wherever it turns up, escaped or not', () => {
    const memory = memoryOf('ab/cd"ef+12345')
    assert.equal(memory.maskText('key ab/cd"ef+12345!'), `key ${REDACTED}!`)
    assert.equal(maskedJson(memory, '{"a":"ab/cd\\"ef+12345"}'), `{"a":"${REDACTED}"}`)
    assert.equal(maskedJson(memory, '{"a":"ab\\/cd\\"ef+12345"}'), `{"a":"${REDACTED}"}`)
    assert.equal(maskedJson(memory, '{"a":"ab%2Fcd%22ef%2B12345"}'), `{"a":"${REDACTED}"}`)
  })

  it('masks a value in base64, wherever it stands among other bytes', () => {
    const memory = memoryOf(KEY)
    for (const before of ['', 'u', 'me', 'you', 'user:', 'Bearer '])
      for (const after of ['', '!', '!!'])
        for (const notation of ['base64', 'base64url'] as const) {
          const masked = memory.maskText(Buffer.from(before + KEY + after).toString(notation))
          const left = masked.split(REDACTED).map((part) => Buffer.from(part, notation).toString())
          assert.equal(left.length, 2)
          // No more is left of it than the bits that share a character with its neighbours.
          assert.ok((left[0] ?? '').length <= before.length + 1, masked)
          assert.ok((masked.split(REDACTED)[1] ?? '').length <= 6, masked)
        }
  })

  it('gives the same bytes back where there is nothing to mask', () => {
    const body = Buffer.from('{"a":1}')
    assert.equal(memoryOf(KEY).maskBytes(body, true), body)
  })

  it('does not remember words that local servers take as keys', () => {
    const memory = memoryOf('ollama', 'messages', 'placeholder', '12345678')
    assert.equal(memory.isEmpty, true)
  })

  it('keeps the 4,096 secrets seen last', () => {
    const memory = memoryOf(KEY)
    for (let index = 0; index < 4095; index++) memory.remember([`secret-number-${index}`])
    memory.remember([KEY])
    memory.remember(['one-more-secret-1'])
    assert.equal(
      memory.maskText(`${KEY} secret-number-0 secret-number-1 secret-number-4094`),
      `${REDACTED} secret-number-0 ${REDACTED} ${REDACTED}`,
    )
  })

  it('masks one that stands within, or reaches into, another as one', () => {
    const memory = memoryOf('inner-secret-1', 'the-inner-secret-1-and-more', 'and-more-of-it-2')
    assert.equal(
      memory.maskText('a the-inner-secret-1-and-more-of-it-2 b inner-secret-1'),
      `a ${REDACTED} b ${REDACTED}`,
    )
  })

  it('masks a value in hex, in base64 inside JSON, and in the lower case of a header’s name', () => {
    const memory = memoryOf('Canary-0123456789-Key')
    const hex = Buffer.from('Canary-0123456789-Key').toString('hex')
    const base64 = Buffer.from('Canary-0123456789-Key').toString('base64')
    assert.equal(memory.maskText(`${hex} ${hex.toUpperCase()}`), `${REDACTED} ${REDACTED}`)
    assert.equal(memory.maskText('x-costflame-tag-canary-0123456789-key'), `x-costflame-tag-${REDACTED}`)
    assert.equal(
      maskedJson(memory, `{"a":"${base64}","b":"${hex}"}`),
      `{"a":"${REDACTED}","b":"${REDACTED}"}`,
    )
  })

  it('masks what one record brings over what is remembered, and keeps none of it', () => {
    const memory = memoryOf(KEY)
    const both = memory.with(['only-this-call-1'])
    assert.equal(both.maskText(`${KEY} only-this-call-1`), `${REDACTED} ${REDACTED}`)
    assert.equal(memory.maskText('only-this-call-1'), 'only-this-call-1')
    assert.deepEqual([both.values, memory.since(0), memory.since(1)], [['only-this-call-1'], [KEY], []])
  })

  it('leaves no secret in valid JSON, and leaves the JSON valid', () => {
    const secret = fc.string({
      minLength: 8,
      maxLength: 20,
      unit: fc.constantFrom(...'ab1\\"/ne.u0-{}[]:,é'),
    })
    const text = (value: string) =>
      fc
        .tuple(fc.string(), fc.constantFrom(value, `\n${value}`, `\\${value}`), fc.string())
        .map((parts) => parts.join(''))
    fc.assert(
      fc.property(
        secret.chain((value) =>
          fc.tuple(fc.constant(value), fc.array(text(value), { maxLength: 4 }), fc.jsonValue()),
        ),
        ([value, texts, other]) => {
          const memory = memoryOf(value)
          const masked: unknown = JSON.parse(maskedJson(memory, JSON.stringify({ texts, other })))
          if (memory.isEmpty || /^[\s\d.+\-{}[\]:,truefalsnE]+$/.test(value)) return
          for (const string of stringsIn(masked)) assert.equal(string.includes(value), false)
        },
      ),
      { numRuns: 500 },
    )
  })
})

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)])
}

describe('long bytes', () => {
  const MB = 1024 * 1024

  /** A body in which the text stands at this byte, in valid JSON. */
  function bodyWith(text: string, at: number): Buffer {
    const body = Buffer.alloc(MB, 'x')
    body.write('{"a":"')
    body.write(text, at)
    body.write('"}', MB - 2)
    return body
  }

  it('are masked like short ones, wherever a secret stands', () => {
    const secrets = new SecretMemory()
    secrets.remember([KEY, 'canary-0123456789abcdef-and-more'])
    const edge = 256 * 1024
    for (const at of [edge - KEY.length, edge - KEY.length + 1, edge - 8, edge - 1, edge, 3 * edge - 5]) {
      const body = bodyWith(`${KEY}-and-more`, at)
      const masked = atOnce(secrets.maskLongBytes(body, true))
      assert.deepEqual(Buffer.from(masked), Buffer.from(secrets.maskBytes(body, true)), `at ${at}`)
      assert.ok(!Buffer.from(masked).includes('canary'))
    }
  })

  it('name the same credentials as short ones', () => {
    for (const at of [256 * 1024 - 20, 256 * 1024 - 1, 512 * 1024])
      assert.deepEqual(atOnce(credentialsInBytes(bodyWith(`","api_key":"${KEY}","b":"`, at))), [KEY])
  })
})

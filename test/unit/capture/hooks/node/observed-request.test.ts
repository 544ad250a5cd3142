// Which requests the hook looks at, and what of them it tells.

import assert from 'node:assert/strict'
import {
  observedProvider,
  secretsIn,
  withoutSecrets,
} from '../../../../../profiler-agent/capture/hooks/node/observed-request'

const providerOf = (url: string, headers: Readonly<Record<string, string>> = {}, method = 'POST') =>
  observedProvider({ method, url: new URL(url), headers })

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
})

describe('what is observed in the process', () => {
  it('is what goes to the model hosts of Bedrock, however it proves itself', () => {
    for (const host of [
      'bedrock-runtime.us-east-1.amazonaws.com',
      'bedrock-runtime-fips.us-gov-west-1.amazonaws.com',
      'bedrock-runtime.cn-north-1.amazonaws.com.cn',
      'bedrock-runtime.eu-west-1.api.aws',
      'vpce-0abc-xyz.bedrock-runtime.us-east-1.vpce.amazonaws.com',
      'bedrock-mantle.us-east-1.api.aws',
    ])
      assert.equal(providerOf(`https://${host}/model/m/converse`), 'bedrock', host)
  })

  it('is what is signed for Bedrock at any other host', () => {
    const gateway = 'https://gateway.example/llm/model/m%3A0/invoke-with-response-stream'
    assert.equal(providerOf(gateway, signedFor('bedrock')), 'bedrock')
    assert.equal(providerOf(gateway, signedFor('s3')), undefined)
    assert.equal(providerOf(gateway, { authorization: 'Bearer x' }), undefined)
    assert.equal(providerOf('https://gateway.example/agents/a', signedFor('bedrock')), undefined)
  })

  it('is what asks a model at a host that nobody named', () => {
    const gateway = 'custom:gateway.example:8443'
    const base = 'https://gateway.example:8443/llm'
    assert.equal(providerOf(`${base}/v1/chat/completions`), gateway)
    assert.equal(providerOf(`${base}/v1beta/models/m:streamGenerateContent?alt=sse`), gateway)
    assert.equal(providerOf(`${base}/v1/messages`, { 'anthropic-version': '2023-06-01' }), gateway)
    assert.equal(providerOf(`${base}/v1/messages`, { authorization: 'Bearer x' }), undefined)
    assert.equal(providerOf(`${base}/v1/embeddings`, { authorization: 'Bearer x' }), gateway)
    assert.equal(providerOf(`${base}/v1/embeddings`), undefined)
    assert.equal(providerOf(`${base}/v1/chat/completions`, {}, 'GET'), undefined)
  })

  it('is nothing else', () => {
    for (const url of [
      'https://s3.us-east-1.amazonaws.com/model/m/converse',
      'https://bedrock.us-east-1.amazonaws.com/foundation-models',
      'https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/model/m/converse',
      'https://api.openai.com/v1/models',
    ])
      assert.equal(providerOf(url), undefined, url)
    assert.equal(providerOf('https://bedrock-runtime.us-east-1.amazonaws.com/', {}, 'CONNECT'), undefined)
  })

  it('is told without what lets its holder in', () => {
    const headers = {
      ':path': '/model/m/converse',
      authorization: 'Bearer bedrock-key-0123',
      'x-amz-security-token': 'a/b+c/0123456789',
      cookie: 'session=1',
      'amz-sdk-invocation-id': 'i-1',
    }
    assert.deepEqual(withoutSecrets(headers), { 'amz-sdk-invocation-id': 'i-1' })
    assert.deepEqual(secretsIn(headers), [
      'a/b+c/0123456789',
      'a\\/b+c\\/0123456789',
      'a%2Fb%2Bc%2F0123456789',
      'bedrock-key-0123',
      'bedrock-key-0123',
      'bedrock-key-0123',
    ])
    const google = {
      'x-goog-api-key': 'google-key-0123',
      'ocp-apim-subscription-key': 'azure-key-0123',
      accept: '*/*',
    }
    assert.deepEqual(withoutSecrets(google), { accept: '*/*' })
    assert.deepEqual(new Set(secretsIn(google)), new Set(['google-key-0123', 'azure-key-0123']))
  })
})

// Which requests the hook looks at, and what of them it tells.

import assert from 'node:assert/strict'
import {
  isObserved,
  secretsIn,
  withoutSecrets,
} from '../../../../../profiler-agent/capture/hooks/node/observed-request'

const observes = (url: string, headers: Readonly<Record<string, string>> = {}, method = 'POST') =>
  isObserved({ method, url: new URL(url), headers })

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
      assert.equal(observes(`https://${host}/model/m/converse`), true, host)
  })

  it('is what is signed for Bedrock at any other host', () => {
    const gateway = 'https://gateway.example/llm/model/m%3A0/invoke-with-response-stream'
    assert.equal(observes(gateway, signedFor('bedrock')), true)
    assert.equal(observes(gateway, signedFor('s3')), false)
    assert.equal(observes(gateway, { authorization: 'Bearer x' }), false)
    assert.equal(observes('https://gateway.example/agents/a', signedFor('bedrock')), false)
  })

  it('is nothing else', () => {
    for (const url of [
      'https://s3.us-east-1.amazonaws.com/model/m/converse',
      'https://bedrock.us-east-1.amazonaws.com/foundation-models',
      'https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/model/m/converse',
      'https://api.openai.com/v1/chat/completions',
    ])
      assert.equal(observes(url), false, url)
    assert.equal(observes('https://bedrock-runtime.us-east-1.amazonaws.com/', {}, 'CONNECT'), false)
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
  })
})

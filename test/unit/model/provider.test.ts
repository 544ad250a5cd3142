import assert from 'node:assert/strict'
import { providerOfHost } from '../../../profiler-agent/model/provider'

describe('providerOfHost', () => {
  for (const [host, provider] of [
    ['api.openai.com', 'openai'],
    ['eu.api.openai.com', 'openai'],
    ['api.anthropic.com', 'anthropic'],
    ['generativelanguage.googleapis.com', 'google'],
    ['aiplatform.googleapis.com', 'vertex'],
    ['europe-west4-aiplatform.googleapis.com', 'vertex'],
    ['aiplatform.us.rep.googleapis.com', 'vertex'],
    ['acme.openai.azure.com', 'azure'],
    ['acme.services.ai.azure.com', 'azure'],
    ['acme.cognitiveservices.azure.com', 'azure'],
    ['bedrock-runtime.us-east-1.amazonaws.com', 'bedrock'],
    ['bedrock-runtime-fips.us-gov-west-1.amazonaws.com', 'bedrock'],
    ['bedrock-mantle.eu-central-1.api.aws', 'bedrock'],
    ['vpce-0a1b-2c3d.bedrock-runtime.us-east-1.vpce.amazonaws.com', 'bedrock'],
    ['openrouter.ai', 'openrouter'],
    ['api.mistral.ai', 'mistral'],
    ['api.cohere.com', 'cohere'],
    ['api.cohere.ai', 'cohere'],
    ['api.groq.com', 'groq'],
    ['api.deepseek.com', 'deepseek'],
    ['api.x.ai', 'xai'],
    ['us-east-1.api.x.ai', 'xai'],
    ['api.together.xyz', 'together'],
    ['api.together.ai', 'together'],
    ['api.fireworks.ai', 'fireworks'],
    ['api.cerebras.ai', 'cerebras'],
    ['api.perplexity.ai', 'perplexity'],
    ['router.huggingface.co', 'huggingface'],
    ['127.0.0.1:11434', 'ollama'],
    ['localhost:11434', 'ollama'],
    ['ollama.com', 'ollama'],
    ['localhost:8000', 'custom:localhost:8000'],
    // Agents are another service with prices of their own.
    ['bedrock-agent-runtime.us-east-1.amazonaws.com', 'custom:bedrock-agent-runtime.us-east-1.amazonaws.com'],
    ['api.openai.com.evil.example', 'custom:api.openai.com.evil.example'],
    ['openai.com', 'custom:openai.com'],
    ['com', 'custom:com'],
    ['', 'custom:'],
  ] as const)
    it(`calls ${host || 'no host'} ${provider}`, () => {
      assert.equal(providerOfHost(host), provider)
    })
})

// A program that asks providers at their own hosts, as SDKs without a base-URL variable do.
const messages = [{ role: 'user', content: 'hello' }]
const hosts = [
  'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent',
  'https://api.mistral.ai/v1/chat/completions',
  'https://api.cohere.com/v2/chat',
  'http://localhost:11434/api/chat',
  'https://desk.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01',
  'https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google/models/m:generateContent',
  'https://api.deepseek.com/chat/completions',
  'https://api.x.ai/v1/chat/completions',
  'https://api.openai.com/v1/chat/completions',
]
for (const url of hosts) {
  const body = JSON.stringify({ model: 'm', messages })
  const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  console.log(reply.status, reply.url === url, reply.redirected)
}

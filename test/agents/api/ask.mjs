// One model call, by fetch, at the address that the environment gives.
export async function ask(text) {
  const response = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: 'gpt-5-mini', messages: [{ role: 'user', content: text }] }),
  })
  const { choices } = await response.json()
  return choices[0].message.content
}

// What to wear, with @google/genai: function calling by hand, then a stream.
import { GoogleGenAI, Type } from '@google/genai'

const ai = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY })
const model = 'gemini-2.5-flash'

const config = {
  systemInstruction: 'You say what to wear. Ask for the weather first.',
  tools: [
    {
      functionDeclarations: [
        {
          name: 'get_weather',
          description: 'The weather in a city now.',
          parameters: {
            type: Type.OBJECT,
            properties: { city: { type: Type.STRING } },
            required: ['city'],
          },
        },
      ],
    },
  ],
}

function getWeather({ city }) {
  return { city, degrees: 7, rain: true }
}

const contents = [{ role: 'user', parts: [{ text: 'What should I wear in Bergen today?' }] }]

const first = await ai.models.generateContent({ model, contents, config }) // <- ask
contents.push(first.candidates[0].content)
const [call] = first.functionCalls
contents.push({
  role: 'user',
  parts: [{ functionResponse: { id: call.id, name: call.name, response: getWeather(call.args) } }],
})
const second = await ai.models.generateContent({ model, contents, config }) // <- answer
console.log(second.text)

const question = 'Name one thing to wear in rain.'
const stream = await ai.models.generateContentStream({ model, contents: question }) // <- stream
for await (const chunk of stream) process.stdout.write(chunk.text ?? '')
console.log()

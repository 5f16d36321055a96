// Calls the handlers as Next.js does, without Next.js.
import { GET, POST } from './route.mjs'

const params = (...path) => ({ params: Promise.resolve({ path }) })
const post = (headers) =>
  new Request('http://localhost:3000/api/ai/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'say: hello from a route' }],
    }),
  })

const refused = await POST(post({}), params('chat', 'completions'))
console.log('without a session:', refused.status)

const answer = await POST(post({ cookie: 'session=abc' }), params('chat', 'completions'))
console.log('with one:', answer.status, (await answer.json()).choices[0].message.content)

const list = new Request('http://localhost:3000/api/ai/models', {
  headers: { cookie: 'session=abc' },
})
const models = await GET(list, params('models'))
console.log('models:', (await models.json()).data.length)

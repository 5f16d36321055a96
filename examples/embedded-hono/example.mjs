import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { createCopilotFetch } from 'jetway'

// A `fetch` that signs in, adds Copilot's headers, mends answers and never touches the network for anything else.
const copilot = createCopilotFetch({ signIn: 'never' })

const app = new Hono()
app.get('/', (c) => c.text('My application'))
// Who may ask is yours to say: everyone who passes here spends your seat.
app.use('/ai/*', bearerAuth({ token: process.env.APP_TOKEN ?? 'let-me-in' }))
app.post('/ai/*', (c) => {
  const path = c.req.path.slice('/ai'.length)
  return copilot(`https://api.githubcopilot.com${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: c.req.raw.body,
    duplex: 'half',
    // A browser that goes away ends the call, too.
    signal: c.req.raw.signal,
  })
})

const server = serve({
  fetch: app.fetch,
  hostname: '127.0.0.1',
  port: Number(process.env.PORT ?? 0),
})
await new Promise((resolve) => server.once('listening', resolve))
const url = `http://127.0.0.1:${server.address().port}`
console.log('listening on', url)

// Ask it, as a page of yours would; a server of yours ends here.
const ask = (token) =>
  fetch(`${url}/ai/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'say: hello from Hono' }],
      stream: true,
    }),
  })
console.log('without the token:', (await ask('wrong')).status)
const answer = await ask('let-me-in')
const events = await answer.text()
const text = [...events.matchAll(/"content":"([^"]*)"/g)].map((match) => match[1]).join('')
console.log('streamed:', answer.headers.get('content-type'), text)
server.close()

// app/api/ai/[...path]/route.js of a Next.js application: web-standard handlers, for the Node runtime.
import { createCopilotFetch } from 'jetway'

export const runtime = 'nodejs'

const copilot = createCopilotFetch({ signIn: 'never' })

export async function POST(request, { params }) {
  const refused = refuse(request)
  if (refused) return refused
  const { path } = await params
  return copilot(`https://api.githubcopilot.com/${path.join('/')}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: request.body,
    duplex: 'half',
    signal: request.signal,
  })
}

export async function GET(request, { params }) {
  const refused = refuse(request)
  if (refused) return refused
  const { path } = await params
  return copilot(`https://api.githubcopilot.com/${path.join('/')}`)
}

/** Put your session check here: everyone who passes spends your seat. */
function refuse(request) {
  if (request.headers.get('cookie')?.includes('session=')) return undefined
  return Response.json({ error: { message: 'sign in first' } }, { status: 401 })
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { tryParseJson } from '../../core/json.ts'
import { readBody } from '../server/read-body.ts'
import { requestUrl } from '../server/request-url.ts'
import type { Control } from './control.ts'

const PREFIX = '/_emulator/'
const MAX_BYTES = 4_194_304

export function isControlPath(path: string): boolean {
  return path.startsWith(PREFIX)
}

type Call = (argument?: unknown) => unknown

/**
 * `POST /_emulator/<group>/<name>`: the argument as JSON in, `{"result": …}` out. `GET` passes its query as the
 * argument.
 */
export async function handleControl(
  control: Control,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = requestUrl(message.url)
  const body = await readBody(message, MAX_BYTES)
  const send = (status: number, value: unknown): void => {
    const text = `${JSON.stringify(value)}\n`
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(text)
  }
  // A web page could reach this port; a test never says that it comes from one.
  if (message.headers.origin !== undefined) {
    send(403, { error: 'the control endpoint takes no calls from web pages' })
    return
  }
  if (body.state !== 'read') {
    send(413, { error: `the body is larger than ${MAX_BYTES} bytes` })
    return
  }
  const text = body.bytes.toString()
  const argument =
    message.method === 'GET' ? queryArgument(url) : text === '' ? undefined : tryParseJson(text)
  if (text !== '' && argument === undefined) {
    send(400, { error: 'the body is not JSON' })
    return
  }
  const found = functionAt(control, url.pathname)
  if (!found) {
    send(404, { error: `${url.pathname} does not exist; there are ${names(control).join(', ')}` })
    return
  }
  try {
    send(200, { result: (await found(argument)) ?? null })
  } catch (error) {
    send(400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function functionAt(control: Control, path: string): Call | undefined {
  const [group, name, ...rest] = path.slice(PREFIX.length).split('/')
  if (group === undefined || name === undefined || rest.length > 0) return undefined
  if (!Object.hasOwn(control, group)) return undefined
  const functions = control[group as keyof Control] as unknown as Record<string, Call>
  return Object.hasOwn(functions, name) ? functions[name] : undefined
}

function queryArgument(url: URL): unknown {
  return url.search === '' ? undefined : Object.fromEntries(url.searchParams)
}

function names(control: Control): string[] {
  return Object.entries(control).flatMap(([group, functions]) =>
    Object.keys(functions as object).map((name) => `${PREFIX}${group}/${name}`),
  )
}

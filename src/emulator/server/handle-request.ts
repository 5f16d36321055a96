import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PlanHost } from '../accounts/plans.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonValue } from '../../core/json.ts'
import { errorText, githubError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import type { FaultAction } from '../faults/fault.ts'
import { namedError } from '../faults/named-errors.ts'
import { noteCredential, readCredential } from '../gates/credential.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import { dataFrame } from '../streams/frame.ts'
import type { World } from '../world.ts'
import { headersOf, parseBody } from './incoming.ts'
import type { Incoming } from './incoming.ts'
import { readBody } from './read-body.ts'
import type { Reply, WholeReply } from './reply.ts'
import { requestUrl } from './request-url.ts'
import { findRoute } from './routes.ts'
import type { FoundRoute, Route, Service } from './routes.ts'
import { remarksOn } from '../records/remarks.ts'
import { startRecord } from '../records/start-record.ts'
import { serviceHeaders } from './service-headers.ts'
import { pause } from '../streams/run-steps.ts'
import { writeReply } from './write-reply.ts'

/** One request from its head to its last byte. */
export async function handleRequest(
  world: World,
  routes: readonly Route[],
  planHost: PlanHost | undefined,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = requestUrl(message.url)
  const path = url.pathname
  const found = findRoute(routes, message.method ?? 'GET', path)
  const headers = headersOf(message)
  const record = startRecord(world, {
    method: message.method ?? 'GET',
    url,
    headers,
    rawHeaders: message.rawHeaders,
    route: found?.route.name ?? 'unknown',
  })
  world.requests.add(record)

  const body = await readBody(message, world.settings.maxBodyBytes)
  if (body.state === 'broken') {
    record.outcome = 'aborted'
    world.requests.touch()
    return
  }
  const text = body.state === 'read' ? body.bytes.toString() : ''
  const json = parseBody(text)
  noteBody(world, record, json, text)
  const credential = readCredential(world, headers['authorization'])
  noteCredential(record, credential)
  record.remarks = remarksOn(record)

  const taken = world.faults.take({
    route: record.route,
    method: record.method,
    path,
    model: record.model,
    login: record.login,
    initiator: record.initiator,
    stream: record.stream,
  })
  const incoming: Incoming = {
    method: record.method,
    path,
    query: url.searchParams,
    headers,
    text,
    json,
    planHost,
    credential,
    fault: taken?.action,
    record,
  }
  record.fault = taken?.id
  const fault = taken?.action
  if (await stopsBeforeHead(world, response, fault)) {
    record.outcome = fault?.kind === 'reset' ? 'cut' : 'aborted'
    world.requests.touch()
    return
  }

  const service = found?.route.service ?? serviceOf(path)
  const reply = dressed(
    world,
    incoming,
    service,
    body.state === 'too-large'
      ? errorText(413, '413 Request Entity Too Large')
      : (scripted(fault) ?? answer(world, incoming, found, service)),
  )
  record.status = reply.status
  const model = record.model === undefined ? undefined : world.catalogue.find(record.model)
  record.outcome = await writeReply(response, reply, {
    world,
    record,
    quirks: world.quirks.of(model),
    fault,
    errorFrame:
      found?.route.errorFrame ?? ((code, text) => dataFrame({ error: { code, message: text } })),
  })
  world.requests.touch()
}

function noteBody(
  world: World,
  record: RecordedRequest,
  json: JsonValue | undefined,
  text: string,
): void {
  const object = asObject(json)
  record.bodyBytes = Buffer.byteLength(text)
  record.model = asString(object?.['model'])
  record.stream = object?.['stream'] === true
  if (world.settings.recordBodies) record.body = json ?? (text === '' ? undefined : text)
}

async function stopsBeforeHead(
  world: World,
  response: ServerResponse,
  fault: FaultAction | undefined,
): Promise<boolean> {
  if (fault?.kind === 'delay') await pause(world, fault.ms)
  if (fault?.kind !== 'stall' && fault?.kind !== 'reset') return false
  if ((fault.after ?? 'nothing') !== 'nothing') return false
  if (fault.kind === 'reset') response.destroy()
  else if (!response.destroyed) {
    await new Promise((resolve) => {
      response.on('close', resolve)
    })
  }
  return true
}

/** The answer a fault puts in place of the real one. */
export function scripted(fault: FaultAction | undefined): WholeReply | undefined {
  if (fault?.kind === 'error') {
    return namedError(fault.name, { message: fault.message, retryAfter: fault.retryAfter })
  }
  if (fault?.kind !== 'reply') return undefined
  const text = typeof fault.body === 'string' ? fault.body : undefined
  const body = text ?? (fault.body === undefined ? '' : JSON.stringify(fault.body))
  return {
    kind: 'whole',
    status: fault.status,
    headers: {
      'content-type': text === undefined ? 'application/json' : 'text/plain; charset=utf-8',
      ...fault.headers,
    },
    body,
  }
}

function answer(
  world: World,
  incoming: Incoming,
  found: FoundRoute | undefined,
  service: Service,
): Reply {
  if (!found) {
    return service === 'github'
      ? githubError(404, 'Not Found')
      : errorText(404, '404 page not found')
  }
  try {
    return found.route.handle(world, incoming, found.parts)
  } catch (error) {
    if (error instanceof Refusal) {
      incoming.record.gate = error.gate
      return error.reply
    }
    incoming.record.gate = 'emulator-defect'
    return errorText(
      500,
      `the emulator failed: ${error instanceof Error ? error.stack : 'unknown'}`,
    )
  }
}

/** Adds the service's headers, and turns JSON errors into what the quirk asks for. */
function dressed(world: World, incoming: Incoming, service: Service, reply: Reply): Reply {
  const headers = { ...serviceHeaders(world, service, incoming), ...reply.headers }
  const { model } = incoming.record
  const quirks = world.quirks.of(model === undefined ? undefined : world.catalogue.find(model))
  const isJsonError = reply.kind === 'whole' && reply.status >= 400 && reply.body.startsWith('{')
  if (isJsonError && quirks.errorType === 'application/json') {
    headers['content-type'] = 'application/json'
  }
  return { ...reply, headers }
}

/** Unknown paths answer as the service they would belong to. */
function serviceOf(path: string): Service {
  if (path.startsWith('/login/')) return 'login'
  return /^\/(?:api\/v3\/|copilot_internal\/|copilot\/|user\b|graphql)/.test(path)
    ? 'github'
    : 'copilot'
}

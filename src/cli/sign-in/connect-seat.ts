import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { KEY_VARIABLE } from '../clients/agents.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError, UsageError } from '../exit-codes.ts'
import { createGatewayClient } from '../gateway/gateway-client.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import { textIn } from '../keys/text-in.ts'
import { showCode } from './show-code.ts'
import { startCountdown } from './countdown.ts'

const MAX_KEY_LENGTH = 4096
const SHORTEST_WAIT_S = 1

/** Connects one's own seat to one's user at a team's gateway. The GitHub token goes there and is never seen here. */
export async function connectSeat(
  url: string,
  context: CommandContext,
  input: CommandInput,
): Promise<void> {
  const { environment, signal, terminal } = context
  const key = await readKey(context)
  const client = createGatewayClient({ url, key, environment, signal })
  try {
    const user = input.options.get('user')
    const who = typeof user === 'string' ? { user_id: user } : {}
    const started = await client.post('/seats/connect/start', who)
    const code = {
      verificationUri: textIn(started, 'verification_uri'),
      userCode: textIn(started, 'user_code'),
      expiresAtMs: systemClock.now() + numberIn(started, 'expires_in') * 1000,
    }
    const asJson = input.options.has('json')
    if (asJson) {
      await printEvent(context, {
        event: 'code',
        verification_uri: code.verificationUri,
        user_code: code.userCode,
        expires_at: new Date(code.expiresAtMs).toISOString(),
      })
    } else showCode(code, context, input)
    const stopCountdown = asJson
      ? () => {}
      : startCountdown(terminal, systemClock, code.expiresAtMs)
    let done: JsonObject
    try {
      const handle = textIn(started, 'flow_handle')
      done = await poll(
        client,
        { ...who, flow_handle: handle },
        numberIn(started, 'interval'),
        signal,
      )
    } finally {
      stopCountdown()
    }
    const { login, plan } = { login: textIn(done, 'github_login'), plan: textIn(done, 'plan') }
    if (asJson) await printEvent(context, { event: 'connected', login, plan, gateway: url })
    else {
      const seat = [login, plan && `plan ${plan}`].filter(Boolean).join(', ')
      terminal.say(
        terminal.paint.green(
          `Connected ${seat || 'the seat'} to ${url}: your keys there now use it.`,
        ),
      )
    }
  } finally {
    await client.close()
  }
}

async function poll(
  client: GatewayClient,
  body: JsonObject,
  intervalS: number,
  signal: AbortSignal,
): Promise<JsonObject> {
  let wait = Math.max(SHORTEST_WAIT_S, intervalS)
  for (;;) {
    await delay(wait * 1000, undefined, { signal })
    const answer = await client.post('/seats/connect/poll', body)
    const status = textIn(answer, 'status')
    if (status === 'connected') return answer
    const end = ENDS[status]
    if (end !== undefined) {
      const detail = textIn(answer, 'detail')
      throw new ExitError(EXIT.signIn, detail === '' ? end : `${end}: ${detail}`)
    }
    const told = numberIn(answer, 'interval')
    if (told > 0) wait = told
  }
}

const ENDS: Readonly<Record<string, string>> = {
  expired: 'the code ran out before it was entered; start again',
  denied: 'it was refused at GitHub',
  no_copilot_seat: 'this GitHub account has no Copilot seat',
}

async function readKey({ environment, stdin }: CommandContext): Promise<string> {
  const given = environment[KEY_VARIABLE]
  if (given !== undefined && given !== '') return given
  let text = ''
  if (stdin.isTTY !== true) {
    for await (const piece of stdin) {
      text += String(piece)
      if (text.length > MAX_KEY_LENGTH) throw new UsageError('the pipe holds too much to be a key')
    }
  }
  const key = text.trim()
  if (key !== '') return key
  throw new UsageError(
    `your key at that gateway is needed: in ${KEY_VARIABLE}, or in a pipe; never as an argument`,
  )
}

async function printEvent({ terminal }: CommandContext, event: object): Promise<void> {
  await terminal.print(`${JSON.stringify(event)}\n`)
}

function numberIn(object: JsonObject, name: string): number {
  const value = object[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

import type { RequestBody } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import type { Engine } from '../../core/engine.ts'
import { asObject, tryParseJson } from '../../core/json.ts'
import type { Log } from '../../core/log.ts'
import { SealError, type Seal } from '../seats/seal.ts'
import { AnswerTap } from './answer-tap.ts'
import { answerText } from './answer-text.ts'
import type { KeptPrompt, PromptStore, SealedPrompt } from './prompt-store.ts'
import type { Redact } from './redactor.ts'
import { shortJson, shortText, type ShortText } from './short-text.ts'

/** Keeps what was asked and answered, for those who asked for it. Not made at all where nobody did. */
export interface PromptKeeper {
  /** The same engine, whose calls are kept. */
  wrap(engine: Engine): Engine
  /** What is kept of a call, by the ledger's id. */
  find(callId: string): Promise<KeptPrompt | undefined>
  /** Writes what waits. */
  flush(): Promise<void>
}

export interface PromptKeeperOptions {
  readonly store: PromptStore
  /** Nothing is kept in the clear. */
  readonly seal: Seal
  readonly redact: Redact
  readonly clock: Clock
  readonly log: Log
  readonly keepMs: number
  /** Of each text, in characters. */
  readonly longest: number
}

/** An answer streams about so many bytes for each character of text. */
const BYTES_PER_CHARACTER = 64
/** All answers under way and all that wait to be written, together. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_WAITING = 500
const INTERVAL_MS = 200

interface Waiting {
  readonly callId: string
  readonly body: RequestBody
  readonly tap: AnswerTap
  readonly held: number
}

/**
 * Redacting, sealing and writing are done after the call, one at a time. What finds no room is not kept: keeping must never slow
 * down or stop what it keeps.
 */
export function createPromptKeeper(options: PromptKeeperOptions): PromptKeeper {
  const { store, seal, redact, clock, log, keepMs, longest } = options
  let held = 0
  let waiting: Waiting[] = []
  let writing = Promise.resolve()
  let cancelTimer: (() => void) | undefined
  let failing = false

  const release = (rows: readonly Waiting[]): void => {
    for (const row of rows) held -= row.held
  }

  const sealed = ({ callId, body, tap }: Waiting): SealedPrompt => {
    const answer = answerOf(tap, longest, redact)
    const kept: KeptPrompt = {
      request: shortJson(body.json, longest, redact),
      requestCharacters: body.bytes.length,
      answer: answer.text,
      answerCharacters: answer.characters,
    }
    const { keyId, box } = seal.seal(JSON.stringify(kept), nameOf(callId))
    return { callId, expiresAtMs: clock.now() + keepMs, keyId, box }
  }

  const write = async (rows: readonly Waiting[]): Promise<void> => {
    try {
      for (const row of rows) {
        await store.save([sealed(row)])
        // Calls come first.
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
      }
      failing = false
    } catch {
      if (!failing) log.warn('prompts could not be kept; calls go on', { calls: rows.length })
      failing = true
    } finally {
      release(rows)
    }
  }

  const flush = (): Promise<void> => {
    cancelTimer?.()
    cancelTimer = undefined
    const rows = waiting
    waiting = []
    writing = writing.then(() => write(rows))
    return writing
  }

  const take = (callId: string, body: RequestBody, tap: AnswerTap): void => {
    const row = { callId, body, tap, held: tap.bytes + body.bytes.length }
    held += body.bytes.length
    if (waiting.length >= MOST_WAITING || held > MOST_BYTES) {
      release([row])
      return
    }
    waiting.push(row)
    cancelTimer ??= clock.setTimer(INTERVAL_MS, () => void flush())
  }

  return {
    wrap: (engine) => ({
      async run(call, sink) {
        if (call.operation !== 'generate') return engine.run(call, sink)
        let left = longest * BYTES_PER_CHARACTER
        const tap = new AnswerTap(sink, (bytes) => {
          if (bytes > left || held + bytes > MOST_BYTES) return false
          left -= bytes
          held += bytes
          return true
        })
        const record = await engine.run(call, tap)
        take(record.uid, call.body, tap)
        return record
      },
      listModels: (caller, signal) => engine.listModels(caller, signal),
    }),
    async find(callId) {
      try {
        return await openPrompt(store, seal, callId, clock.now())
      } catch (error) {
        // Its key was dropped in a rotation: as good as gone.
        if (error instanceof SealError) return undefined
        throw error
      }
    },
    flush,
  }
}

function answerOf({ chunks, contentType }: AnswerTap, longest: number, redact: Redact): ShortText {
  const text = Buffer.concat(chunks).toString('utf8')
  if (/event-stream|ndjson/.test(contentType)) return shortText(answerText(text), longest, redact)
  const json = asObject(tryParseJson(text))
  if (!json) return shortText(text, longest, redact)
  return { text: shortJson(json, longest, redact), characters: text.length }
}

/** Also for a command that reads beside the gateway. */
export async function openPrompt(
  store: PromptStore,
  seal: Seal,
  callId: string,
  nowMs: number,
): Promise<KeptPrompt | undefined> {
  const row = await store.find(callId, nowMs)
  if (!row) return undefined
  return JSON.parse(seal.open({ keyId: row.keyId, box: row.box }, nameOf(callId))) as KeptPrompt
}

/** What the seal is bound to. */
const nameOf = (callId: string): string => `prompt of ${callId}`

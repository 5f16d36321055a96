import { createHash } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { JetwayError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Seal } from '../seats/seal.ts'

/** Writes that came with an `Idempotency-Key`. `store/admin` keeps them on both databases. */
export interface IdempotencyStore {
  /** Takes the place of this id for whoever comes first; the others get what stands there. */
  begin(
    id: string,
    fingerprint: string,
    nowMs: number,
  ): Promise<'begun' | { readonly fingerprint: string; readonly answer: string | undefined }>
  finish(id: string, answer: string): Promise<void>
  /** It failed, or whoever began it is gone: the next may begin. */
  forget(id: string): Promise<void>
}

/** Does a write once, however often it is sent: a client that lost the answer sends it again and gets the same. */
export interface OnlyOnce {
  run<Answer extends JsonValue>(
    request: {
      readonly actor: string
      readonly key: string
      /** Method, path and body: the same key with another request is a mistake. */
      readonly content: string
    },
    work: () => Promise<Answer>,
  ): Promise<Answer>
}

/** Answers may hold a new key, so they are kept sealed only. Without a seal a repeated write is named, and not answered again. */
export function createOnlyOnce(options: {
  readonly store: IdempotencyStore
  readonly clock: Clock
  readonly seal: Seal | undefined
}): OnlyOnce {
  const { store, clock, seal } = options

  return {
    async run({ actor, key, content }, work) {
      const id = digest(`${actor}\n${key}`)
      const fingerprint = digest(content)
      const begun = await store.begin(id, fingerprint, clock.now())
      if (begun !== 'begun') {
        if (begun.fingerprint !== fingerprint) throw otherRequest()
        if (begun.answer === undefined) throw stillRunning()
        // What `sealed` put in: the answer of the same write.
        return opened(begun.answer, id) as Awaited<ReturnType<typeof work>>
      }
      const answer = await orForget(id, work)
      // It is done: were it forgotten now, the next one sent would do it again.
      await store.finish(id, sealed(answer, id)).catch(() => undefined)
      return answer
    },
  }

  async function orForget<Answer>(id: string, work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work()
    } catch (error) {
      await store.forget(id).catch(() => undefined)
      throw error
    }
  }

  function sealed(answer: JsonValue, id: string): string {
    if (!seal) return ''
    const { keyId, box } = seal.seal(JSON.stringify(answer), id)
    return `${keyId}.${box}`
  }

  function opened(kept: string, id: string): JsonValue {
    const dot = kept.indexOf('.')
    if (!seal || dot === -1) throw doneBefore()
    const text = seal.open({ keyId: kept.slice(0, dot), box: kept.slice(dot + 1) }, id)
    return JSON.parse(text) as JsonValue
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function refused(message: string, code: string, status: number): JetwayError {
  return new JetwayError(message, { status, code, param: 'Idempotency-Key' })
}

function otherRequest(): JetwayError {
  return refused(
    'this Idempotency-Key was sent before with another request: use a new one for each write',
    'idempotency_key_reused',
    422,
  )
}

function stillRunning(): JetwayError {
  return refused(
    'the write with this Idempotency-Key is still under way: ask again in a moment',
    'idempotent_write_running',
    409,
  )
}

function doneBefore(): JetwayError {
  return refused(
    'the write with this Idempotency-Key was done before; its answer is not kept, since no seal key is set',
    'idempotent_write_done',
    409,
  )
}

import type { IncomingHttpHeaders } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import type { Engine } from '../../../core/engine.ts'
import { BadRequestError, ServiceUnavailableError } from '../../../core/errors.ts'
import type { JetwayError } from '../../../core/errors.ts'
import { asString } from '../../../core/json.ts'
import { errorFrame, readClientFrame } from '../../../dialects/responses/index.ts'
import { asJetwayError } from '../../call/encode-refusal.ts'
import { parseBody } from '../../call/parse-body.ts'
import { presentedKeys } from '../../call/presented-keys.ts'
import { clientGone } from '../../call/read-body.ts'
import { causeOf, retryHeaders } from '../../call/serve-call.ts'
import type { GatewayHouse } from '../../house.ts'
import type { ResponseBook } from '../response-book.ts'
import { runResponses, wholeInput } from '../run-responses.ts'
import { createConnectionMemory } from './connection-memory.ts'
import type { ConnectionMemory, MemoryBudget } from './connection-memory.ts'
import { makeFrameCall } from './frame-call.ts'
import { FrameSink } from './frame-sink.ts'
import { keepAlive } from './keep-alive.ts'
import { warmUp } from './warm-up.ts'

export interface ConnectionOptions {
  readonly house: GatewayHouse
  /** The engine itself: the book is asked here, behind the connection's own memory. */
  readonly engine: Engine
  readonly book: ResponseBook
  readonly budget: MemoryBudget
  readonly upgrade: IncomingHttpHeaders
}

const MEMORY_BOUNDS = { maxResponses: 8, maxBytes: 64 * 1024 * 1024 }
/** Close codes of RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001

/** One client's connection: responses one after another, each a call of its own. */
export class Connection {
  readonly #socket: WebSocket
  readonly #options: ConnectionOptions
  readonly #memory: ConnectionMemory
  readonly #running = new Set<AbortController>()
  /** The response under way, as the client sees it. */
  #current: AbortController | undefined
  #first = true
  #leaving = false

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#memory = createConnectionMemory(options.budget, MEMORY_BOUNDS)
    const alive = keepAlive(socket, options.house.clock)
    socket.on('message', (data, isBinary) => {
      alive.used()
      void this.#take(data, isBinary)
    })
    // A frame over the bound, or one that breaks the protocol: `ws` has said so and closes.
    socket.on('error', () => {})
    socket.on('close', () => {
      alive.stop()
      this.#memory.clear()
      for (const controller of this.#running) controller.abort(clientGone())
    })
  }

  /** No further responses; the one under way comes to its end. */
  leave(): void {
    this.#leaving = true
    if (this.#current === undefined) this.#socket.close(GOING_AWAY, 'the gateway is stopping')
  }

  async #take(data: RawData, isBinary: boolean): Promise<void> {
    const { house } = this.#options
    const receivedAt = house.clock.monotonic()
    if (this.#current !== undefined) {
      this.#refuse(inProgress())
      return
    }
    const first = this.#first
    this.#first = false
    const controller = new AbortController()
    this.#current = controller
    this.#running.add(controller)
    try {
      await this.#create(data, isBinary, first, controller, receivedAt)
    } catch (thrown) {
      const error = asJetwayError(thrown)
      if (error !== thrown) house.log.error('a frame failed', { cause: causeOf(thrown) })
      if (!controller.signal.aborted) this.#refuse(error)
    } finally {
      this.#running.delete(controller)
      this.#over(controller)
    }
  }

  async #create(
    data: RawData,
    isBinary: boolean,
    first: boolean,
    controller: AbortController,
    receivedAt: number,
  ): Promise<void> {
    const { house, engine, book, upgrade } = this.#options
    if (isBinary) throw new BadRequestError('send text frames', { code: 'invalid_frame' })
    const { body, generate } = readClientFrame(parseBody(bytesOf(data)))
    // For each turn: a connection may outlive its key.
    const caller = await house.authenticator.authenticate(presentedKeys(upgrade))
    const { signal } = controller
    if (signal.aborted) return
    const call = makeFrameCall({ body, upgrade, first, caller, signal, receivedAt, house })
    // As at OpenAI: a turn that fails takes what it went on from along, so that nobody builds on half a turn; clients send all
    // of it again. What is stored can still be gone on from.
    const forget = (): void => {
      this.#memory.forget(asString(body['previous_response_id']) ?? '')
    }
    if (!generate) {
      const input = await wholeInput(call, book, this.#memory)
      const { frames, response } = warmUp(call, house.clock.now())
      this.#memory.remember(input ?? [], response)
      for (const frame of frames) this.#socket.send(frame)
      return
    }
    const sink = new FrameSink(this.#socket, (failed) => {
      if (failed) forget()
      this.#over(controller)
    })
    const ticket = {
      place: -1,
      abandon: () => {
        controller.abort(stopping())
      },
    }
    house.inFlight.enter(ticket)
    try {
      await runResponses(engine, book, call, sink, this.#memory)
    } catch (error) {
      forget()
      throw error
    } finally {
      house.inFlight.leave(ticket)
    }
  }

  /** The response is over as far as the client sees it: the next may come before this one is settled. */
  #over(controller: AbortController): void {
    if (this.#current !== controller) return
    this.#current = undefined
    if (this.#leaving) this.#socket.close(GOING_AWAY, 'the gateway is stopping')
  }

  #refuse(error: JetwayError): void {
    this.#options.house.onRefused({
      id: '-',
      method: 'GET',
      route: 'responses (WebSocket)',
      error,
    })
    this.#socket.send(errorFrame(error, retryHeaders(error)))
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}

function inProgress(): JetwayError {
  return new BadRequestError(
    'a response is under way on this connection: wait for its end, or open another connection',
    { status: 409, code: 'response_in_progress' },
  )
}

function stopping(): ServiceUnavailableError {
  return new ServiceUnavailableError('the gateway is stopping; connect again in a moment', {
    code: 'stopping',
    retry_after: 1,
  })
}

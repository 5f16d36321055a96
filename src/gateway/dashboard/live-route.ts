import type { Caller } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { ServiceUnavailableError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { whoIs } from '../admin/who.ts'
import type { OwnRoute } from '../own/own-route.ts'
import type { LiveCalls, Mine, Subscription } from './live-calls.ts'

const MAX_SUBSCRIBERS = 100
/** Proxies end a connection that is silent for a minute. */
const HEARTBEAT_MS = 15_000
/** The page then comes again, and is asked for its key again: one that was revoked sees no more. */
const LONGEST_MS = 300_000
const PATH = '/ui/api/live'

/** Calls opening and closing, as server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function liveRoute(calls: LiveCalls, clock: Clock): OwnRoute {
  return {
    method: 'GET',
    path: PATH,
    access: 'caller',
    summary: 'Calls under way, as events; without the role, one’s own',
    answer({ caller, signal }) {
      if (calls.subscribers >= MAX_SUBSCRIBERS) {
        throw new ServiceUnavailableError('too many pages watch this gateway live', {
          code: 'too_many_watchers',
        })
      }
      const subscription = calls.subscribe(mineOf(caller))
      return {
        body: null,
        pieces: events(subscription, clock, signal),
        headers: {
          'content-type': 'text/event-stream; charset=utf-8',
          // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
          'x-accel-buffering': 'no',
        },
      }
    },
  }
}

function mineOf(caller: Caller | undefined): Mine {
  const { administrator, userId, keyId } = whoIs(caller, PATH)
  if (administrator) return () => true
  return (other) => (userId === undefined ? other.keyId === keyId : other.userId === userId)
}

async function* events(
  subscription: Subscription,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const endsAt = clock.monotonic() + LONGEST_MS
  const close = (): void => {
    subscription.close()
  }
  signal.addEventListener('abort', close, { once: true })
  try {
    yield snapshot(subscription)
    while (!signal.aborted && clock.monotonic() < endsAt) {
      yield await nextText(subscription, clock)
    }
  } finally {
    signal.removeEventListener('abort', close)
    subscription.close()
  }
}

async function nextText(subscription: Subscription, clock: Clock): Promise<string> {
  let cancel = (): void => {}
  const quiet = new Promise<void>((resolve) => {
    cancel = clock.setTimer(HEARTBEAT_MS, resolve)
  })
  await Promise.race([subscription.next(), quiet])
  cancel()
  const happened = subscription.take()
  if (!happened) return snapshot(subscription)
  if (happened.length === 0) return ': still here\n\n'
  return happened.map(({ name, data }) => event(name, data)).join('')
}

function snapshot(subscription: Subscription): string {
  subscription.take()
  return event('calls', { calls: [...subscription.open()] })
}

function event(name: string, data: JsonObject): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

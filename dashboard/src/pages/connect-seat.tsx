import { useEffect, useState } from 'preact/hooks'
import { ask, messageOf } from '../data/api.ts'
import type { Person, Session } from '../data/types.ts'
import { Problem } from '../parts/card.tsx'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Form } from '../parts/form.tsx'

interface Flow {
  readonly user_code: string
  readonly verification_uri: string
  readonly interval: number
  readonly flow_handle: string
}

interface Polled {
  readonly status: string
  readonly github_login?: string
  readonly detail?: string
}

const WORDS: Readonly<Record<string, string>> = {
  expired: 'The code has run out. Close this and begin again.',
  denied: 'GitHub says that it was denied.',
  no_copilot_seat: 'Signed in, but this account has no Copilot seat.',
}

/** GitHub's device flow: a code is shown here and entered there. */
export function ConnectSeat(props: {
  session: Session
  people: readonly Person[]
  onClose: () => void
}) {
  const { session, people, onClose } = props
  const [flow, setFlow] = useState<Flow & { readonly user: string | null }>()
  const start = async ({ user_id: user, host }: Record<string, unknown>): Promise<void> => {
    const body = { ...(user ? { user_id: user } : {}), ...(host ? { host } : {}) }
    const started = await ask<Flow>('/seats/connect/start', { method: 'POST', body })
    setFlow({ ...started, user: typeof user === 'string' ? user : null })
  }
  const names = people.map(({ user_id: id }) => [id, id] as const)
  return (
    <Dialog title="Connect a GitHub Copilot seat" onClose={onClose}>
      {flow ? (
        <Waiting flow={flow} onClose={onClose} />
      ) : (
        <>
          {session.role === 'administrator' && names.length === 0 && (
            <p class="note">
              A seat belongs to a person: <a href="#/people">add one</a> first.
            </p>
          )}
          <Form
            fields={[
              ...(session.role === 'administrator'
                ? [
                    {
                      name: 'user_id',
                      label: 'For',
                      type: 'select' as const,
                      options: names,
                      value: session.user_id ?? '',
                    },
                  ]
                : []),
              { name: 'host', label: 'GitHub host', hint: 'Empty: github.com. Else acme.ghe.com.' },
            ]}
            send="Get a code"
            onSend={start}
          />
        </>
      )}
    </Dialog>
  )
}

function Waiting(props: { flow: Flow & { readonly user: string | null }; onClose: () => void }) {
  const { flow, onClose } = props
  const polled = usePolling(flow)
  if (polled.status === 'connected') {
    return (
      <>
        <p role="status">
          Connected: <strong>{polled.github_login}</strong>.
        </p>
        <div class="actions end">
          <button type="button" class="primary" onClick={onClose}>
            Done
          </button>
        </div>
      </>
    )
  }
  const words = WORDS[polled.status] ?? polled.detail
  return (
    <>
      <p>
        Open{' '}
        <a href={flow.verification_uri} target="_blank" rel="noreferrer">
          {flow.verification_uri}
        </a>{' '}
        and enter this code:
      </p>
      <p class="user-code">
        <strong>{flow.user_code}</strong> <Copy text={flow.user_code} />
      </p>
      {words === undefined ? (
        <p class="note" role="status">
          Waiting for GitHub…
        </p>
      ) : (
        <Problem text={words} />
      )}
    </>
  )
}

/** Asks at GitHub's pace until it is decided. */
function usePolling(flow: Flow & { readonly user: string | null }): Polled {
  const [polled, setPolled] = useState<Polled>({ status: 'pending' })
  useEffect(() => {
    const controller = new AbortController()
    void poll(flow, controller.signal, setPolled)
    return () => {
      controller.abort()
    }
  }, [flow])
  return polled
}

async function poll(
  flow: Flow & { readonly user: string | null },
  signal: AbortSignal,
  tell: (polled: Polled) => void,
): Promise<void> {
  let seconds = Math.max(flow.interval || 0, 1)
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    if (signal.aborted) return
    try {
      const body = {
        flow_handle: flow.flow_handle,
        ...(flow.user === null ? {} : { user_id: flow.user }),
      }
      const polled = await ask<Polled>('/seats/connect/poll', { method: 'POST', body, signal })
      if (polled.status === 'slow_down') seconds += 5
      else if (polled.status !== 'pending') {
        tell(polled)
        return
      }
    } catch (error) {
      if (!signal.aborted) tell({ status: 'failed', detail: messageOf(error) })
      return
    }
  }
}

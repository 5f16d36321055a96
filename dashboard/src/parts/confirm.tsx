import { useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { messageOf } from '../data/api.ts'
import { Problem } from './card.tsx'
import { Dialog } from './dialog.tsx'

/** Asks before what cannot be undone. */
export function Confirm(props: {
  title: string
  action: string
  onDo: () => Promise<void>
  onClose: () => void
  children: ComponentChildren
}) {
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const run = async (): Promise<void> => {
    setBusy(true)
    try {
      await props.onDo()
      props.onClose()
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.children}</p>
      {problem !== undefined && <Problem text={problem} />}
      <div class="actions end">
        <button type="button" onClick={props.onClose}>
          Cancel
        </button>
        <button type="button" class="danger" disabled={busy} onClick={() => void run()}>
          {props.action}
        </button>
      </div>
    </Dialog>
  )
}

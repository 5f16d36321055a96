import { ask } from '../data/api.ts'
import { Card } from '../parts/card.tsx'
import { useState } from 'preact/hooks'
import { messageOf } from '../data/api.ts'
import { Problem } from '../parts/card.tsx'

export function SignIn({ onDone }: { onDone: () => void }) {
  const [problem, setProblem] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const key = new FormData(event.target as HTMLFormElement).get('key')
    setBusy(true)
    setProblem(undefined)
    try {
      await ask('/ui/api/session', { method: 'POST', body: { key } })
      onDone()
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <main class="alone">
      <div class="brand big">
        <img src="/ui/assets/icon.svg" alt="" width="40" height="40" /> Jetway
      </div>
      <Card>
        <h1>Sign in</h1>
        <p class="note">
          With the master key you see everything; with a key of your own, what is yours. The key
          stays in a cookie that no script can read, for twelve hours.
        </p>
        <form class="form" onSubmit={(event) => void submit(event)}>
          <div class="field">
            <label for="key">Key</label>
            <input
              id="key"
              name="key"
              type="password"
              required
              autocomplete="current-password"
              spellcheck={false}
              placeholder="sk-…"
            />
          </div>
          {problem !== undefined && <Problem text={problem} />}
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      </Card>
    </main>
  )
}

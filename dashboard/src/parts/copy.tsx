import { useState } from 'preact/hooks'

export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [done, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
      setTimeout(() => {
        setDone(false)
      }, 2000)
    } catch {
      // Without leave to use the clipboard the text can still be selected.
      setDone(false)
    }
  }
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      <span aria-live="polite">{done ? 'Copied' : label}</span>
    </button>
  )
}

export function Code({ text }: { text: string }) {
  return (
    <div class="code">
      <pre tabIndex={0}>{text}</pre>
      <Copy text={text} />
    </div>
  )
}

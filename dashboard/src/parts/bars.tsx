import { credits } from '../data/format.ts'

export interface Bar {
  readonly name: string
  readonly value: number
  readonly note?: string
}

/** The largest few, each with a bar; a list to who cannot see it. */
export function Bars({ bars, unit }: { bars: readonly Bar[]; unit: string }) {
  const most = Math.max(...bars.map((bar) => bar.value), 0)
  return (
    <ol class="bars">
      {bars.map((bar) => (
        <li key={bar.name}>
          <div class="bar-line">
            <span class="bar-name" title={bar.name}>
              {bar.name}
            </span>
            <span class="bar-value">
              {credits(bar.value)} <span class="note">{unit}</span>
            </span>
          </div>
          <div class="bar" aria-hidden="true">
            <div style={{ width: `${most === 0 ? 0 : (bar.value / most) * 100}%` }} />
          </div>
          {bar.note && <div class="note">{bar.note}</div>}
        </li>
      ))}
    </ol>
  )
}

import type { CallRow } from '../data/types.ts'
import { Badge } from './card.tsx'

const TONES = { ok: 'good', failed: 'bad', refused: 'warn', aborted: 'plain' } as const

export function Outcome({ call }: { call: Pick<CallRow, 'outcome' | 'status_code'> }) {
  return (
    <Badge tone={TONES[call.outcome]}>
      {call.outcome}
      {call.outcome === 'ok' ? '' : ` ${call.status_code || ''}`}
    </Badge>
  )
}

import { count, credits } from '../data/format.ts'
import type { Explained, Model } from '../data/types.ts'
import { useData } from '../data/use-data.ts'
import { Card } from '../parts/card.tsx'
import { Table } from '../parts/table.tsx'

const NANO = 1_000_000_000

interface Kind {
  readonly name: string
  readonly tokens: number
  readonly nanoEach: number | undefined
}

/** Tokens by kind, priced with today's catalogue; what was billed stands below, and is what counts. */
export function CostByKind({ call }: { call: Explained }) {
  const models = useData<{ models: readonly Model[] }>('/ui/api/models')
  const prices = models.value?.models.find(({ id, name }) => (id ?? name) === call.model)?.prices
  const fresh = call.prompt_tokens - call.cached_tokens - call.cache_write_tokens
  const kinds: readonly Kind[] = [
    { name: 'Input', tokens: fresh, nanoEach: prices?.inputNanoCredits },
    {
      name: 'Read from cache',
      tokens: call.cached_tokens,
      nanoEach: prices?.cachedInputNanoCredits,
    },
    {
      name: 'Written to cache',
      tokens: call.cache_write_tokens,
      nanoEach: prices?.cacheWriteNanoCredits,
    },
    { name: 'Output', tokens: call.completion_tokens, nanoEach: prices?.outputNanoCredits },
  ]
  const costOf = ({ tokens, nanoEach }: Kind): string =>
    nanoEach === undefined ? '–' : credits((tokens * nanoEach) / NANO)
  return (
    <Card title="Cost by kind of token" note="At the catalogue’s prices of now">
      <Table
        label="Tokens and credits"
        rows={kinds}
        keyOf={({ name }) => name}
        columns={[
          { title: 'Kind', show: ({ name }) => name },
          { title: 'Tokens', show: ({ tokens }) => count(tokens), number: true },
          { title: 'Credits', show: costOf, number: true },
        ]}
      />
      <p class="note">
        Billed: {credits(call.spend_credits)} credits
        {call.reasoning_tokens > 0 &&
          `, ${count(call.reasoning_tokens)} of the output was reasoning`}
        {call.saved_credits > 0 && `; caching saved ${credits(call.saved_credits)}`}.
      </p>
    </Card>
  )
}

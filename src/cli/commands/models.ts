import type { ModelInfo } from '../../sdk/types/models.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { withClient } from '../with-client.ts'
import type { Column } from '../table-text.ts'
import { tableText } from '../table-text.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const models = await withClient(context, (client) =>
    client.listModels({ signal: context.signal }),
  )
  await context.terminal.print(
    input.options.has('json') ? `${JSON.stringify({ models })}\n` : tableText(models, COLUMNS),
  )
}

const COLUMNS: readonly Column<ModelInfo>[] = [
  { title: 'MODEL', text: ({ id }) => id },
  { title: 'VENDOR', text: ({ vendor }) => vendor },
  { title: 'CONTEXT', text: ({ limits }) => count(limits.context_tokens), right: true },
  { title: 'PROMPT', text: ({ limits }) => count(limits.prompt_tokens), right: true },
  { title: 'OUTPUT', text: ({ limits }) => count(limits.output_tokens), right: true },
  { title: 'WIRES', text: ({ wires }) => wires.join(' ') },
  { title: 'PRICE', text: price },
  { title: 'POLICY', text: ({ policy }) => (policy === 'enabled' ? '' : (policy ?? '')) },
]

function count(tokens: number | undefined): string {
  if (tokens === undefined) return '-'
  return tokens >= 10_000 ? `${Math.round(tokens / 1000)}k` : String(tokens)
}

/** Credits per million tokens in and out, or premium requests per turn on plans billed by request. */
function price({ prices, multiplier }: ModelInfo): string {
  if (prices) return `${prices.input} in, ${prices.output} out`
  return multiplier === undefined ? '-' : `${multiplier}x`
}

import type { Model, WireName } from '../../core/model.ts'

/** Copilot takes `response_format: json_schema` for Claude on chat completions, and no notice of it. */
export function ignoresSchema(wire: WireName, { vendor }: Model): boolean {
  return wire === 'chat' && /anthropic/i.test(vendor)
}

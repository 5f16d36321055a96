import { expect, test } from 'vitest'
import { lossWarnings } from './loss-warnings.ts'

const request = { model: 'm', messages: [], temperature: 0.3, extra_body: { metadata: {} } }

test.each<[string | undefined, ReturnType<typeof lossWarnings>]>([
  [undefined, []],
  ['temperature', [{ type: 'unsupported', feature: 'temperature' }]],
  ['metadata', [{ type: 'unsupported', feature: 'metadata' }]],
  [
    'top_k, presence_penalty',
    [
      { type: 'unsupported', feature: 'topK' },
      { type: 'unsupported', feature: 'presencePenalty' },
    ],
  ],
  ['reasoning_effort, reasoning.effort', [{ type: 'unsupported', feature: 'reasoningEffort' }]],
  ['late_system', [{ type: 'compatibility', feature: 'late_system' }]],
])('%j', (degraded, warnings) => {
  const headers: Record<string, string> =
    degraded === undefined ? {} : { 'x-jetway-degraded': degraded }
  expect(lossWarnings({ status: 200, headers, request_id: 'r' }, request)).toEqual(warnings)
})

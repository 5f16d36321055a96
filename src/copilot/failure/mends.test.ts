import { describe, expect, test } from 'vitest'
import { coded, read } from './__fixtures__/answers.ts'

describe('what a refusal teaches', () => {
  const model = 'm'
  for (const [name, body, mend] of [
    [
      'max_tokens',
      coded(
        'invalid_request_body',
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
      { kind: 'rename-parameter', from: 'max_tokens', to: 'max_completion_tokens', model },
    ],
    [
      'temperature',
      coded(
        'invalid_request_body',
        "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      ),
      { kind: 'drop-parameter', name: 'temperature', model },
    ],
    [
      'top_p',
      coded('unsupported_parameter', "Unsupported parameter: 'top_p'", { param: 'top_p' }),
      { kind: 'drop-parameter', name: 'top_p', model },
    ],
    [
      'both',
      coded(
        'invalid_request_error',
        '`temperature` and `top_p` cannot both be specified for this model.',
      ),
      { kind: 'drop-parameter', name: 'temperature', model },
    ],
    [
      'an effort',
      coded('invalid_reasoning_effort', 'model m does not support reasoning effort'),
      { kind: 'drop-parameter', name: 'reasoning_effort', model },
    ],
    [
      'a tool that the model does not have',
      coded('invalid_request_body', 'The requested tool web_search is not supported.'),
      { kind: 'drop-parameter', name: 'tools: web_search', model },
    ],
    [
      'a tool that the account may not use',
      coded('unsupported_value', 'The use of the web search tool is not supported.', {
        param: 'tools',
      }),
      { kind: 'drop-parameter', name: 'tools: web_search', model },
    ],
    [
      'a tool that Claude does not have',
      coded('invalid_request_body', 'rejected tool(s): web_fetch'),
      { kind: 'drop-parameter', name: 'tools: web_fetch', model },
    ],
    [
      "Anthropic's own field",
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'context_management: Extra inputs are not permitted',
        },
      },
      { kind: 'drop-parameter', name: 'context_management', model },
    ],
    [
      'nothing that changes the meaning',
      coded('invalid_request_body', "Unsupported parameter: 'response_format'"),
      undefined,
    ],
    [
      'nothing from a nested field',
      coded('invalid_request_body', 'tools.0.custom.x: Extra inputs are not permitted'),
      undefined,
    ],
    [
      'nothing from a wrong value',
      coded('invalid_request_body', 'temperature must be a number', { param: 'temperature' }),
      undefined,
    ],
  ] as const) {
    test(`about ${name}`, () => {
      expect(read(400, body).mend).toEqual(mend)
    })
  }

  for (const [name, body] of [
    [
      'quoted',
      coded(
        'unsupported_api_for_model',
        'model "m" is not accessible via the /chat/completions endpoint',
      ),
    ],
    [
      'unquoted',
      coded(
        'unsupported_api_for_model',
        'model m is not accessible via the /chat/completions endpoint',
      ),
    ],
    [
      'as an unknown model',
      coded('model_not_supported', 'Model is not supported for this request.'),
    ],
    [
      'as an unknown model, plainly',
      coded('model_not_supported', 'The requested model is not supported.'),
    ],
  ] as const) {
    test(`the wire is another one: ${name}`, () => {
      const found = read(400, body, { context: { hasOtherWire: () => true } })
      expect(found.mend).toEqual({ kind: 'other-wire', wire: 'chat', model })
      expect(read(400, body).mend).toBeUndefined()
    })
  }

  test('a policy comes before another wire', () => {
    const unconfigured = {
      openPolicy: () => ({ state: 'unconfigured', terms: 'T&C' }),
      hasOtherWire: () => true,
    }
    const body = coded('model_not_supported', 'The requested model is not supported.')
    const told = read(400, body, { context: unconfigured })
    expect(told.mend).toBeUndefined()
    expect(told.error).toMatchObject({ status: 403, code: 'policy_not_accepted' })
    expect(told.error.message).toMatch(/T&C/)
    const accepted = read(400, body, { context: { ...unconfigured, acceptPolicies: true } })
    expect(accepted.mend).toEqual({ kind: 'accept-policy', model })
    const disabled = { openPolicy: () => ({ state: 'disabled' }), acceptPolicies: true }
    expect(read(400, body, { context: disabled }).mend).toBeUndefined()
  })
})

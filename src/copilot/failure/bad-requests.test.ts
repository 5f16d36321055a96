import { describe, expect, test } from 'vitest'
import { coded, expectMeaning, read } from './__fixtures__/answers.ts'
import type { Row } from './__fixtures__/answers.ts'

const ROWS: readonly Row[] = [
  {
    name: 'unknown or not entitled',
    status: 400,
    body: coded('model_not_supported', 'The requested model is not supported.', {
      param: 'model',
      type: 'invalid_request_error',
    }),
    kind: 'BadRequestError',
    answered: 400,
    code: 'model_not_supported',
    message: /part of the plan/,
  },
  {
    name: 'prompt too long',
    status: 400,
    body: coded(
      'model_max_prompt_tokens_exceeded',
      'prompt token count of 140000 exceeds the limit of 128000',
    ),
    kind: 'ContextWindowExceededError',
    code: 'model_max_prompt_tokens_exceeded',
  },
  {
    name: 'prompt too long, 2025',
    status: 400,
    body: coded(
      'model_max_prompt_tokens_exceeded',
      'prompt token count of 140000 exceeds the limit of 128000',
      { param: '', type: '' },
    ),
    kind: 'ContextWindowExceededError',
  },
  {
    name: "prompt too long, Anthropic's words",
    status: 400,
    body: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'prompt is too long: 210000 tokens > 200000 maximum',
      },
    },
    kind: 'ContextWindowExceededError',
    code: 'context_length_exceeded',
  },
  {
    name: "prompt too long, OpenAI's words",
    status: 400,
    body: coded('context_length_exceeded', 'Your input exceeds the context window of this model.'),
    kind: 'ContextWindowExceededError',
  },
  {
    name: 'a wrong body',
    status: 400,
    body: coded('invalid_request_body', 'messages is missing'),
    kind: 'BadRequestError',
    code: 'invalid_request_body',
    message: /^messages is missing$/,
  },
  {
    name: 'a lost answer',
    status: 400,
    body: coded('previous_response_not_found', 'Previous response not found'),
    kind: 'BadRequestError',
    code: 'previous_response_not_found',
  },
  {
    name: 'off topic',
    status: 400,
    body: 'off_topic: not about software\n',
    kind: 'ContentPolicyViolationError',
    code: 'off_topic',
  },
  {
    name: 'a filter',
    status: 400,
    body: coded('content_filter', 'filtered'),
    kind: 'ContentPolicyViolationError',
  },
  {
    name: 'no editor version',
    status: 400,
    body: 'bad request: missing Editor-Version header for IDE auth\n',
    kind: 'BadRequestError',
    code: 'missing_editor_version',
    message: /editor-version/,
  },
  {
    name: 'a token kind',
    status: 400,
    body: 'bad request: Personal Access Tokens are not supported for this endpoint\n',
    kind: 'AuthenticationError',
    answered: 401,
    code: 'token_kind_refused',
    mend: 'renew-credential',
  },
  {
    name: 'a server token',
    status: 400,
    body: 'GitHub App Server-To-Server Tokens are not supported for this endpoint',
    kind: 'AuthenticationError',
    mend: 'renew-credential',
  },
  {
    name: 'a bad header',
    status: 400,
    body: 'bad request: Authorization header is badly formatted',
    kind: 'AuthenticationError',
    mend: 'renew-credential',
  },
  {
    name: 'nothing but a status',
    status: 400,
    body: 'Bad Request\n',
    kind: 'BadRequestError',
    message: /^Bad Request$/,
  },
  {
    name: 'nothing at all',
    status: 400,
    body: '',
    kind: 'BadRequestError',
    code: 'bad_request',
    message: /without saying why/,
  },
  {
    name: 'an intermittent policy',
    status: 400,
    body: {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'FAILED_PRECONDITION: constraint vertexai.allowedPartnerModelFeatures',
      },
    },
    kind: 'ServiceUnavailableError',
    answered: 503,
  },
]

describe('what an answer means', () => {
  for (const row of ROWS) {
    test(`${row.status}: ${row.name}`, () => {
      expectMeaning(row)
    })
  }

  test('both numbers of an overflow are read', () => {
    for (const message of [
      'prompt token count of 140000 exceeds the limit of 128000',
      'prompt is too long: 140000 tokens > 128000 maximum',
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 140000 tokens.",
      'The input token count (140000) exceeds the maximum number of tokens allowed (128000).',
    ]) {
      expect(read(400, coded('invalid_request_body', message)).error).toMatchObject({
        message,
        body: { prompt_tokens: 140_000, max_prompt_tokens: 128_000 },
      })
    }
  })
})

import { describe, expect, test } from 'vitest'
import { configReference } from '../src/config/reference.ts'
import * as errors from '../src/core/errors.ts'
import { expectPage } from './support/page.ts'

/** What each class means to whoever gets it, and what to do. */
const MEANING: Readonly<Record<errors.ErrorName, string>> = {
  JetwayError:
    'The root of all. On its own: a defect here, or a conflict (409). Report it with its `request_id`.',
  BadRequestError:
    'The request is wrong; `param` names the field. Mend it: the same call fails again.',
  ContextWindowExceededError:
    'The prompt is longer than the model takes; the message holds both numbers. Shorten it, or let `context_window_fallbacks` name a larger model.',
  ContentPolicyViolationError: 'A filter refused prompt or answer.',
  UnsupportedParamsError:
    'The model does not take a parameter. Leave it out, or set `drop_params`.',
  AuthenticationError:
    'No sign-in, or GitHub takes it no more: `jetway login`. On a gateway: no key, or an unknown one.',
  QuotaExceededError:
    'The seat’s own quota at GitHub is used up; `jetway usage` says when it returns.',
  PermissionDeniedError:
    'Signed in, but not allowed: no Copilot on the plan, a policy of the organisation, a model whose terms are not accepted, or a key that may not use the model.',
  NotFoundError: 'No such model or path; the message names the nearest ones.',
  MethodNotAllowedError: 'The path takes another method.',
  PayloadTooLargeError: 'The body is over the limit (64 MiB unless set otherwise).',
  Timeout:
    '504: the upstream was slower than `timeout` or `stream_timeout`. 408: the client sent its request too slowly.',
  UnprocessableEntityError: 'The upstream understood the request and will not do it.',
  RateLimitError:
    'Too many calls: GitHub’s limit, or one of the key’s. `retry_after` says when to come again, the message which limit it was.',
  BudgetExceededError:
    'A budget of the key, its user or its team has not this much left; the message says whose, and when it returns.',
  InternalServerError: 'The upstream failed.',
  APIConnectionError:
    'The upstream could not be reached, or the connection broke before an answer.',
  BadGatewayError: 'The upstream answered what is no answer.',
  ServiceUnavailableError:
    'The upstream, or this gateway’s own store, is not there now. Try again in a moment.',
}

describe('pages made from the code', () => {
  test('errors', () => {
    const classes = new Map<string, unknown>(Object.entries(errors))
    const rows = Object.entries(errors.ERROR_TABLE).map(([name, { status, retryable }]) => {
      const Kind = classes.get(name) as typeof errors.JetwayError
      const parent = (Object.getPrototypeOf(Kind) as { kind?: string }).kind
      const kind = parent === undefined || parent === 'JetwayError' ? '' : ` (a ${parent})`
      return `| \`${name}\`${kind} | ${status} | ${retryable ? 'yes' : 'no'} | ${MEANING[name as errors.ErrorName]} |`
    })
    expectPage(
      'errors.md',
      `# Errors

Made from the table in \`src/core/errors.ts\`. Every class can be imported from \`jetway\`; \`instanceof\` works, also across two copies of the
package. Each error has \`status\`, \`message\`, \`llm_provider\`, \`model\`, \`request_id\`, and where known \`retry_after\` (seconds), \`code\`, \`param\` and
\`body\`. A gateway answers with the same status, in the shape of the client's own wire; a failure after the first byte of a stream
ends it with that wire's error event.

"Again" says whether the same call may succeed a moment later: such calls are repeated by themselves, before the first byte, as \`num_retries\` allows.

| class | status | again | what it means, and what to do |
|---|---|---|---|
${rows.join('\n')}
`,
    )
  })

  test('configuration', () => {
    const rows = configReference().map(
      ({ path, description }) => `| \`${path}\` | ${description.replaceAll('|', '\\|')} |`,
    )
    expect(rows.length).toBeGreaterThan(40)
    expectPage(
      'configuration.md',
      `# Configuration

Made from the schema in \`src/config/schema.ts\`. \`jetway start --config config.yaml\`; a LiteLLM file works as it is, for what concerns Copilot. With no
file, every model of your plan is served under its own name. \`os.environ/NAME\` stands for a variable wherever a text may stand. The
file is watched: a good change counts from the next call on, a bad one is reported and the old one stays. \`jetway config check FILE\` looks at it
without starting anything, and names what is wrong by file, line and column.

A flag of the command wins over the environment, the environment over the file, the file over the default.

\`\`\`yaml
model_list:
  - model_name: github_copilot/*
    litellm_params:
      model: github_copilot/*
  - model_name: fast
    litellm_params:
      model: github_copilot/gpt-4o-mini
router_settings:
  fallbacks:
    - fast: [github_copilot/gpt-4o]
general_settings:
  master_key: os.environ/JETWAY_MASTER_KEY
\`\`\`

| setting | meaning |
|---|---|
${rows.join('\n')}
`,
    )
  })
})

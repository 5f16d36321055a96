import { expect, test } from 'vitest'
import { findRoute } from './routes.ts'

const cases: readonly [method: string, path: string, found: object][] = [
  ['POST', '/chat/completions', { route: { kind: 'call', dialect: 'chat' } }],
  ['POST', '/v1/chat/completions/', { route: { kind: 'call', dialect: 'chat' } }],
  ['POST', '/some/where/v1/completions', { route: { kind: 'call', dialect: 'completions' } }],
  ['POST', '/v1/responses', { route: { kind: 'call', dialect: 'responses' } }],
  ['POST', '/v1/messages', { route: { kind: 'call', dialect: 'messages' } }],
  [
    'POST',
    '/v1/messages/count_tokens',
    { route: { kind: 'call', dialect: 'messages:count_tokens' } },
  ],
  ['POST', '/embeddings', { route: { kind: 'call', dialect: 'embeddings' } }],
  ['GET', '/v1/models', { route: { kind: 'models' } }],
  ['GET', '/models/gpt-4o', { route: { kind: 'model', id: 'gpt-4o' } }],
  [
    'GET',
    '/models/github_copilot/gpt-4o',
    { route: { kind: 'model', id: 'github_copilot/gpt-4o' } },
  ],
  [
    'GET',
    '/models/github_copilot%2Fgpt-4o',
    { route: { kind: 'model', id: 'github_copilot/gpt-4o' } },
  ],
  ['GET', '/models/%E0%A4%A', { kind: 'unknown' }],
  ['GET', '/chat/completions', { kind: 'wrong-method', allowed: 'POST' }],
  ['DELETE', '/v1/models/gpt-4o', { kind: 'wrong-method', allowed: 'GET' }],
  ['POST', '/images/generations', { kind: 'unknown' }],
]

test.each(cases)('%s %s', (method, path, found) => {
  expect(findRoute(method, path)).toMatchObject(found)
})

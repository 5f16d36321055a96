import { expect, test } from 'vitest'

import { promptBody, requestText } from './prompts.mjs'

const dialects = /** @type {const} */ (['chat', 'responses', 'messages'])

for (const dialect of dialects) {
  test.each([
    ['small', 600],
    ['large', 300_000],
  ])(`${dialect}: a %s prompt is a body of %d bytes`, (prompt, bytes) => {
    const kind = { dialect, wire: dialect, stream: true, prompt: /** @type {never} */ (prompt) }
    const body = promptBody(kind, { dialect, path: '/', model: 'm' })
    expect(Buffer.byteLength(body)).toBe(bytes)
    expect(JSON.parse(body)).toMatchObject({ model: 'm', stream: true })
  })
}

test('a large prompt ends with the user, as a call does', () => {
  const kind = /** @type {const} */ ({
    dialect: 'chat',
    wire: 'chat',
    stream: false,
    prompt: 'large',
  })
  const body = JSON.parse(promptBody(kind, { dialect: 'chat', path: '/', model: 'm' }))
  expect(body.messages.at(-1).role).toBe('user')
  expect(body).not.toHaveProperty('stream')
})

test('the request says its length in bytes and carries the headers given', () => {
  const route = /** @type {const} */ ({ dialect: 'messages', path: '/v1/messages', model: 'm' })
  const text = requestText(route, 4000, { authorization: 'Bearer k' }, '{"a":"é"}')
  expect(text.split('\r\n')).toEqual([
    'POST /v1/messages HTTP/1.1',
    'host: 127.0.0.1:4000',
    'user-agent: jetway-bench',
    'accept: */*',
    'content-type: application/json',
    'anthropic-version: 2023-06-01',
    'authorization: Bearer k',
    'content-length: 10',
    '',
    '{"a":"é"}',
  ])
})

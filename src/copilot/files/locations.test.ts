import { expect, test } from 'vitest'
import { tokenLocations } from './locations.ts'

const usual = '/home/ann/.config/litellm/github_copilot'

for (const [name, environment, folder, accessToken, apiKey] of [
  ['nothing set', {}, usual, `${usual}/access-token`, `${usual}/api-key.json`],
  [
    "a quoted tilde, as LiteLLM's documentation has it",
    { GITHUB_COPILOT_TOKEN_DIR: '~/.config/litellm/github_copilot' },
    usual,
    `${usual}/access-token`,
    `${usual}/api-key.json`,
  ],
  [
    '$HOME',
    { GITHUB_COPILOT_TOKEN_DIR: '$HOME/tokens', GITHUB_COPILOT_API_KEY_FILE: 'key' },
    '/home/ann/tokens',
    '/home/ann/tokens/access-token',
    '/home/ann/tokens/key',
  ],
  [
    'braces, and a file elsewhere',
    {
      GITHUB_COPILOT_TOKEN_DIR: '${HOME}/tokens/',
      GITHUB_COPILOT_ACCESS_TOKEN_FILE: '/run/secrets/github',
    },
    '/home/ann/tokens',
    '/run/secrets/github',
    '/home/ann/tokens/api-key.json',
  ],
  [
    'a tilde in the middle means nothing',
    { GITHUB_COPILOT_TOKEN_DIR: '/srv/~ann' },
    '/srv/~ann',
    '/srv/~ann/access-token',
    '/srv/~ann/api-key.json',
  ],
] as const) {
  test(`token files: ${name}`, () => {
    expect(tokenLocations({ HOME: '/home/ann', ...environment })).toEqual({
      folder,
      accessToken,
      apiKey,
    })
  })
}

test('a folder for a file name is refused', () => {
  expect(() => tokenLocations({ HOME: '/home/ann', GITHUB_COPILOT_API_KEY_FILE: 'keys/' })).toThrow(
    /GITHUB_COPILOT_API_KEY_FILE must be the name of a file/,
  )
})

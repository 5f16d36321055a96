import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useConfigFolder } from './__fixtures__/use-config-folder.ts'

const { currentFolder, load, problems, shown } = useConfigFolder()

describe('YAML', () => {
  test('anchors and merge keys', async () => {
    const { settings } = await load(`x: &shared { api_key: k, timeout: 3 }
model_list:
  - { model_name: a, litellm_params: { <<: *shared, model: openai/a, timeout: 5 } }
  - { model_name: b, litellm_params: { model: openai/b, <<: [*shared, { rpm: 1 }] } }
`)
    expect(settings.deployments).toMatchObject([
      { apiKey: 'k', timeoutMs: 5000 },
      { apiKey: 'k', timeoutMs: 3000, requestsPerMinute: 1 },
    ])
  })

  test('aliases inside aliases are refused before they fill the memory', async () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0
        ? 'l0: &l0 [x, x, x, x, x, x, x, x, x, x]'
        : `l${level}: &l${level} [${Array.from({ length: 10 }, () => `*l${level - 1}`).join(', ')}]`,
    )
    expect((await problems(levels.join('\n')))[0]).toMatch(/more than 100000 values/)
  })

  test('deep nesting is refused', async () => {
    expect((await problems(`a: ${'['.repeat(200)}${']'.repeat(200)}`))[0]).toMatch(
      /nested more than 64 deep/,
    )
  })

  test.each(['', '# nothing\n', 'null\n', 'model_list:\n', 'jetway:\n  port:\n'])(
    'nothing in it: %j',
    async (text) => {
      expect((await load(text)).settings.gateway.port).toBe(4000)
    },
  )
})

describe('include', () => {
  test('lists are joined, maps merged, and the including file wins', async () => {
    const folder = currentFolder()
    await mkdir(join(folder, 'parts'))
    await writeFile(
      join(folder, 'parts/models.yaml'),
      `include: more.yaml
model_list:
  - { model_name: b, litellm_params: { model: gpt-4o } }
jetway: { port: 1, keep_alive: 9 }
`,
    )
    await writeFile(
      join(folder, 'parts/more.yaml'),
      'model_list:\n  - { model_name: c, litellm_params: { model: gpt-4o } }\n',
    )
    const { settings, files } = await load(`include: [parts/models.yaml]
model_list:
  - { model_name: a, litellm_params: { model: gpt-4o } }
jetway: { port: 2 }
`)
    expect(settings.deployments.map(({ modelName }) => modelName)).toEqual(['a', 'b', 'c'])
    expect(settings.gateway.port).toBe(2)
    expect(settings.router.keepAliveMs).toBe(9000)
    expect(files.map(shown)).toEqual(['config.yaml', 'parts/models.yaml', 'parts/more.yaml'])
  })

  test('an error in an included file names that file', async () => {
    const folder = currentFolder()
    await writeFile(join(folder, 'other.yaml'), 'jetway:\n  port: x\n')
    expect(await problems('include: other.yaml')).toEqual([
      'other.yaml:2:9: jetway.port must be a whole number',
    ])
  })

  test.each([
    ['include: config.yaml', /^config\.yaml:1:10: include: .*config\.yaml includes itself$/],
    ['include: missing.yaml', /^config\.yaml:1:10: .*missing\.yaml does not exist$/],
    ['include: .', /^config\.yaml:1:10: .* is a folder, not a file$/],
    ['include: { a: 1 }', /^config\.yaml:1:10: include must be a file name or a list of them$/],
  ])('%j', async (text, expected) => {
    expect((await problems(text))[0]).toMatch(expected)
  })
})

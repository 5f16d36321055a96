import { describe, expect, test } from 'vitest'
import { useConfigFolder } from './__fixtures__/use-config-folder.ts'
import type { LoadOptions } from './index.ts'

const { load, problems, shown, warnings } = useConfigFolder()

describe('precedence', () => {
  const file = 'jetway: { port: 3 }\ngeneral_settings: { master_key: from-file }\n'

  test('a flag wins over the environment, that over the file', async () => {
    const port = async (options: Partial<LoadOptions>): Promise<number> =>
      (await load(file, options)).settings.gateway.port
    expect(await port({})).toBe(3)
    expect(await port({ environment: { PORT: '4' } })).toBe(4)
    expect(await port({ environment: { PORT: '4', JETWAY_PORT: '5' } })).toBe(5)
    expect(await port({ environment: { JETWAY_PORT: '5' }, flags: { port: 6 } })).toBe(6)
    expect(await port({ environment: { JETWAY_PORT: '5' }, flags: { port: 0 } })).toBe(0)
  })

  test.each([
    [{}, 'from-file'],
    [{ LITELLM_MASTER_KEY: 'l' }, 'l'],
    [{ LITELLM_MASTER_KEY: 'l', JETWAY_MASTER_KEY: 'j' }, 'j'],
    [{ JETWAY_MASTER_KEY: '' }, 'from-file'],
  ])('master key with %j', async (environment, expected) => {
    expect((await load(file, { environment })).settings.gateway.masterKey).toBe(expected)
  })

  test('where each value came from can be asked', async () => {
    const { origins } = await load(file, {
      environment: { JETWAY_MASTER_KEY: 'k' },
      flags: { host: '::1' },
    })
    const source = (setting: string): string | undefined =>
      origins.find((origin) => origin.setting === setting)?.source
    expect(source('gateway.host')).toBe('--host')
    expect(source('gateway.master_key')).toBe('JETWAY_MASTER_KEY')
    expect(shown(source('gateway.port') ?? '')).toBe('config.yaml:1:17')
    expect(source('router.num_retries')).toBe('default')
    expect(JSON.stringify(origins)).not.toContain('from-file')
  })
})

describe('environment variables', () => {
  test('stand anywhere a value may, as text that is read as the number or truth value wanted', async () => {
    const { settings } = await load(
      `jetway: { port: os.environ/A, responses_web_socket: os.environ/B }
model_list:
  - { model_name: os.environ/C, litellm_params: { model: github_copilot/gpt-4o } }
`,
      { environment: { A: '4321', B: 'False', C: 'mine' } },
    )
    expect(settings.gateway).toMatchObject({ port: 4321, responses: { webSocket: false } })
    expect(settings.deployments[0]?.modelName).toBe('mine')
  })

  test('the file’s own section gives defaults for them, and the process’s win', async () => {
    const text = `environment_variables: { NAME: from-file, COUNT: 3 }
model_list:
  - { model_name: os.environ/NAME, litellm_params: { model: github_copilot/gpt-4o } }
`
    const alone = await load(text)
    expect(alone.settings.deployments[0]?.modelName).toBe('from-file')
    expect(alone.environment).toMatchObject({ NAME: 'from-file', COUNT: '3' })
    const over = await load(text, { environment: { NAME: 'process' } })
    expect(over.settings.deployments[0]?.modelName).toBe('process')
  })

  test('one that is not set leaves the value out and is named', async () => {
    const text = `model_list:
  - model_name: a
    litellm_params: { model: openai/a, api_key: os.environ/MISSING }
`
    expect(await warnings(text)).toEqual([
      'config.yaml:3:49: model_list[0].litellm_params.api_key names the environment variable MISSING, which is not set',
    ])
  })

  test('a master key that is not set is an error, not an open gateway', async () => {
    const text = 'general_settings:\n  master_key: os.environ/MISSING\n'
    expect(await problems(text)).toEqual([
      'config.yaml:2:15: general_settings.master_key names the environment variable MISSING, which is not set; ' +
        'without it the gateway would be open',
    ])
    const { settings } = await load(text, { environment: { JETWAY_MASTER_KEY: 'k' } })
    expect(settings.gateway.masterKey).toBe('k')
  })
})

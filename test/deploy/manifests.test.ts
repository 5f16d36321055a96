import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'
import { run } from '../support/run.ts'
import { deploy, deployFiles, read, secondsOf, yamlDocuments } from './files.ts'

/** Seconds that running calls have, unless the configuration says otherwise. */
const DRAIN_SECONDS = 30
const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() }

describe('files of deploy/', () => {
  const outsideTemplates = deployFiles().filter((file) => !file.includes('templates/'))

  test.each(outsideTemplates.filter((file) => /\.ya?ml$/.test(file)))('%s is YAML', (file) => {
    expect(yamlDocuments(read(file)).length).toBeGreaterThan(0)
  })

  test.each(outsideTemplates.filter((file) => file.endsWith('.json')))('%s is JSON', (file) => {
    expect(typeof JSON.parse(read(file))).toBe('object')
  })

  test('none holds a secret', () => {
    const values = [...read('compose', '.env.example').matchAll(/^[A-Z_]+=(.*)$/gm)]
    expect(values.length).toBeGreaterThan(3)
    expect(values.filter((match) => match[1] !== '')).toEqual([])
  })
})

describe('docker', () => {
  const dockerfile = read('docker', 'Dockerfile')
  const instructions = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter(Boolean)
  const last = instructions.slice(instructions.findLastIndex((line) => line.startsWith('FROM ')))

  test('the last stage runs as nobody, has a health check and says what it is', () => {
    expect(last).toContain('USER 65532:65532')
    expect(last.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true)
    for (const label of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(last.join('\n')).toContain(`org.opencontainers.image.${label}=`)
    }
    expect(last.filter((line) => line.startsWith('COPY ') && !line.includes('--from='))).toEqual([])
  })

  test('what it copies is there, and not left out of the context', () => {
    const ignore = read('docker', 'Dockerfile.dockerignore').split('\n')
    const sources = instructions
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1))
      .filter((source) => source !== '.')
    expect(sources.length).toBeGreaterThan(2)
    for (const source of sources) {
      expect(existsSync(join(root, source)), `${source} is not there`).toBe(true)
      expect(ignore).toContain(`!${source}`)
    }
  })

  test('the context has what the build reads', () => {
    const ignore = read('docker', 'Dockerfile.dockerignore')
    for (const name of ['src', 'scripts', 'dashboard', 'tsconfig.json', 'tsconfig.build.json']) {
      expect(existsSync(join(root, name)), `${name} is not there`).toBe(true)
      expect(ignore).toContain(`\n!${name}\n`)
    }
  })

  test('the manifest of the image has the drivers and nothing of development', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jetway-image-'))
    const file = join(folder, 'package.json')
    writeFileSync(file, readFileSync(join(root, 'package.json')))
    const script = join(deploy, 'docker', 'production-manifest.mjs')
    expect((await run(process.execPath, [script, file], { env })).code).toBe(0)
    const changed = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>
    rmSync(folder, { recursive: true })
    expect(Object.keys(changed['dependencies'] ?? {})).toEqual(
      expect.arrayContaining(['undici', 'pg', '@redis/client']),
    )
    expect(changed).not.toHaveProperty('devDependencies')
    expect(changed).not.toHaveProperty('scripts')
  })
})

describe('compose', () => {
  const text = read('compose', 'compose.yaml')
  const [file] = yamlDocuments(text) as [
    {
      services: Record<
        string,
        { volumes?: string[]; depends_on?: object } & Record<string, unknown>
      >
      volumes: object
    },
  ]

  test('each variable is in the example, each volume is declared, each mounted file is there', () => {
    const example = read('compose', '.env.example')
    const variables = [...text.matchAll(/\$\{(\w+)/g)].map((match) => match[1] ?? '')
    for (const name of variables) expect(example).toContain(`\n${name}=`)
    for (const { volumes = [] } of Object.values(file.services)) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':')
        if (source.startsWith('.')) {
          expect(existsSync(join(deploy, 'compose', source)), `${source} is not there`).toBe(true)
        } else expect(Object.keys(file.volumes)).toContain(source)
      }
    }
  })

  test('the gateway is confined, reached from this machine only, and has time to drain', () => {
    const { gateway } = file.services
    expect(gateway).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      ports: ['127.0.0.1:4000:4000'],
    })
    const grace = secondsOf(gateway?.['stop_grace_period'] as string)
    expect(grace).toBeGreaterThan(DRAIN_SECONDS)
    expect(Object.keys(gateway?.depends_on ?? {})).toEqual(['postgres', 'redis'])
  })

  test('its configuration is a good one', async () => {
    const args = ['config', 'check', join(deploy, 'compose', 'config.yaml')]
    const ran = await run(process.execPath, [join(root, 'dist', 'jetway.js'), ...args], {
      env: { ...env, JETWAY_MASTER_KEY: 'sk-test' },
    })
    expect(ran.code, `refused: ${ran.stderr}`).toBe(0)
  })
})

describe('systemd', () => {
  test.each(['jetway.service', 'jetway-user.service'])('%s', (name) => {
    const unit = read('systemd', name)
    expect(unit).toContain('\nExecReload=kill -HUP $MAINPID\n')
    expect(unit).toContain('\nProtectSystem=strict\n')
    expect(unit).toContain('\nRestartPreventExitStatus=4\n')
    const stop = /^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1] ?? '0'
    expect(Number(stop)).toBeGreaterThan(DRAIN_SECONDS)
  })

  test('the system unit takes its secrets as credentials', () => {
    const unit = read('systemd', 'jetway.service')
    for (const name of ['master-key', 'seal-key']) {
      expect(unit).toContain(`\nLoadCredential=${name}:/etc/jetway/${name}\n`)
      expect(unit).toContain(`$$CREDENTIALS_DIRECTORY/${name}`)
    }
    expect(unit).not.toMatch(/^Environment=JETWAY_MASTER_KEY/m)
  })
})

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deploy, deployFiles, read, yamlDocuments } from './files.ts'

const chart = join(deploy, 'helm', 'jetway')
const [values] = yamlDocuments(read('helm', 'jetway', 'values.yaml')) as [Record<string, unknown>]

interface Schema {
  readonly additionalProperties?: boolean | object
  readonly properties?: Readonly<Record<string, Schema>>
}

describe('the chart, as it is written', () => {
  test('the schema knows each value, and refuses others', () => {
    const schema = JSON.parse(read('helm', 'jetway', 'values.schema.json')) as Schema
    expect(schema.additionalProperties).toBe(false)
    for (const [name, value] of Object.entries(values)) {
      const member = schema.properties?.[name]
      expect(member, `${name} is not in the schema`).toBeDefined()
      if (member?.additionalProperties !== false) continue
      const inner = Object.keys(value as object)
      expect(Object.keys(member.properties ?? {})).toEqual(expect.arrayContaining(inner))
    }
  })

  test('each value that a template reads is in values.yaml, and each of these is read', () => {
    const templates = deployFiles().filter((file) => file.includes('jetway/templates/'))
    const text = templates.map((file) => read(file)).join('\n')
    const used = [...text.matchAll(/\.Values\.(\w+)(?:\.(\w+))?/g)]
    expect(used.length).toBeGreaterThan(30)
    for (const [, name = '', inner] of used) {
      expect(values).toHaveProperty(inner === undefined ? name : `${name}.${inner}`)
    }
    expect(new Set(used.map((match) => match[1]))).toEqual(new Set(Object.keys(values)))
  })
})

/** Helm is no package of npm or Debian: `HELM=/path/to/helm` names it. */
const helm = process.env['HELM']

describe.skipIf(helm === undefined)(`the chart, rendered (${helm ?? 'HELM is not set'})`, () => {
  const cases = ['', 'one-replica', 'everything']
  const withValues = (name: string): string[] => [
    '--kube-version',
    '1.31.0',
    ...(name === '' ? [] : ['--values', join(chart, 'ci', `${name}.yaml`)]),
  ]
  const run = (...args: string[]): string =>
    execFileSync(helm ?? '', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

  test.each(cases)('lint %s', (name) => {
    expect(run('lint', chart, '--strict', ...withValues(name))).toContain('0 chart(s) failed')
  })

  test.each(cases)('template %s: more patience than pause and drain', (name) => {
    const documents = yamlDocuments(run('template', 'jetway', chart, ...withValues(name)))
    const byKind = new Map(documents.map((one) => [(one as { kind: string }).kind, one]))
    const config = byKind.get('ConfigMap') as { data: { 'config.yaml': string } }
    const [{ jetway }] = yamlDocuments(config.data['config.yaml']) as [
      { jetway: { drain_timeout: number } },
    ]
    const deployment = byKind.get('Deployment') as {
      spec: { replicas?: number; template: { spec: { terminationGracePeriodSeconds: number } } }
    }
    const grace = deployment.spec.template.spec.terminationGracePeriodSeconds
    expect(grace).toBeGreaterThan(jetway.drain_timeout + Number(values['preStopSeconds']))
    expect(byKind.has('HorizontalPodAutoscaler')).toBe(name === 'everything')
    expect(deployment.spec.replicas === undefined).toBe(name === 'everything')
    expect(byKind.has('PersistentVolumeClaim')).toBe(name === 'one-replica')
    expect(byKind.has('PodDisruptionBudget')).toBe(name !== 'one-replica')
  })

  test.each([
    ['persistence.enabled=true', 'for one replica'],
    ['replicaCount=two', 'want integer'],
    ['replicas=3', 'replicas'],
  ])('refuses %s', (setting, reason) => {
    expect(() =>
      run('template', 'jetway', chart, '--kube-version', '1.31.0', '--set', setting),
    ).toThrow(reason)
  })
})

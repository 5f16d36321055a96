import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { deploy, deployFiles, read, yamlDocuments } from './files.ts'
import { tool } from './tools.ts'

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

/** No package of npm or Debian: built by Go; `HELM=/path/to/helm` names another. */
const helm = tool('helm', process.env['HELM'])
const validator = tool('kubectl-validate')
/** Of a resource that Prometheus' operator brings: its schema is in no tool, so its joints are looked at here. */
const FOREIGN = 'ServiceMonitor'

describe.skipIf(helm.reason)(`the chart, rendered (${helm.reason ?? 'helm'})`, () => {
  const cases = ['', 'one-replica', 'everything']
  const withValues = (name: string): string[] => [
    '--kube-version',
    '1.31.0',
    ...(name === '' ? [] : ['--values', join(chart, 'ci', `${name}.yaml`)]),
  ]
  const run = (...args: string[]): string =>
    execFileSync(helm.path, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

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

  test.each(cases)('%s: the service monitor finds the service, and its port', (name) => {
    const documents = yamlDocuments(run('template', 'jetway', chart, ...withValues(name)))
    const byKind = new Map(documents.map((one) => [(one as { kind: string }).kind, one]))
    const monitor = byKind.get(FOREIGN) as
      | {
          apiVersion: string
          spec: { selector: { matchLabels: object }; endpoints: { port: string; path: string }[] }
        }
      | undefined
    expect(monitor !== undefined).toBe(name === 'everything')
    if (!monitor) return
    const service = byKind.get('Service') as {
      metadata: { labels: object }
      spec: { ports: { name: string }[] }
    }
    expect(monitor.apiVersion).toBe('monitoring.coreos.com/v1')
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels)
    const ports = service.spec.ports.map((port) => port.name)
    expect(monitor.spec.endpoints).toMatchObject([{ path: '/metrics' }])
    for (const { port } of monitor.spec.endpoints) expect(ports).toContain(port)
  })

  describe.skipIf(validator.reason)(
    `what it renders, against Kubernetes’ schemas (${validator.reason ?? 'kubectl-validate'})`,
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'jetway-manifests-'))
      afterAll(() => {
        rmSync(folder, { recursive: true })
      })
      const validate = (name: string, text: string): string => {
        const file = join(folder, `${name === '' ? 'plain' : name}.yaml`)
        writeFileSync(file, text)
        const args = [file, '--version', '1.30', '--output', 'json']
        const { stdout } = spawnSync(validator.path, args, { encoding: 'utf8' })
        return stdout
      }
      const known = (name: string): string =>
        run('template', 'jetway', chart, ...withValues(name))
          .split(/^---$/m)
          .filter((text) => text.trim() !== '' && !text.includes(`kind: ${FOREIGN}`))
          .join('---')

      test.each(cases)('%s', (name) => {
        const text = known(name)
        expect(text.match(/^kind: /gm)?.length).toBeGreaterThan(3)
        const [answers] = Object.values(JSON.parse(validate(name, text)) as object) as [
          { status: string }[],
        ]
        expect(answers.filter(({ status }) => status !== 'Success')).toEqual([])
      })

      test('a field that Kubernetes does not know is found', () => {
        const text = known('').replace('serviceAccountName:', 'serviceAccountNames:')
        expect(validate('wrong', text)).toContain('serviceAccountNames')
      })
    },
  )

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

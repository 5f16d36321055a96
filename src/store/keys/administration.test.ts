import { afterAll, describe, expect, test } from 'vitest'
import { createVirtualClock, type VirtualClock } from '../../core/virtual-clock.ts'
import { generateKeySchema, newUserSchema } from '../../policy/admin/fields.ts'
import {
  createKeyAdministration,
  type KeyAdministration,
} from '../../policy/admin/key-administration.ts'
import { hashSecret } from '../../policy/keys/secret.ts'
import { createAuditLog } from '../audit/audit.ts'
import { createBudgets } from '../budgets/budgets.ts'
import type { Database } from '../database/open.ts'
import { migrate } from '../migrations/migrate.ts'
import { testDatabases } from '../testing/databases.ts'
import { createLedger } from '../ledger/ledger.ts'
import { createKeyStore } from './keys.ts'

const databases = await testDatabases()
afterAll(() => Promise.all(databases.map((database) => database.close())))

interface House {
  readonly admin: KeyAdministration
  readonly database: Database
  readonly clock: VirtualClock
  changes: number
}

describe.each(databases)('administration on $name', (testDatabase) => {
  async function inHouse(use: (house: House) => Promise<void>): Promise<void> {
    const database = await testDatabase.open()
    await migrate(database)
    const clock = createVirtualClock(Date.UTC(2026, 0, 31))
    const house: House = {
      database,
      clock,
      changes: 0,
      admin: createKeyAdministration({
        keys: createKeyStore(database),
        budgets: createBudgets(database),
        ledger: createLedger(database),
        audit: createAuditLog(database),
        clock,
        onChange: () => house.changes++,
      }),
    }
    try {
      await use(house)
    } finally {
      await database.close()
    }
  }

  test('a key is shown once, and is known by id, alias and itself afterwards', () =>
    inHouse(async ({ admin, database }) => {
      const made = await admin.generateKey(
        { key_alias: 'ci', max_budget: 5, budget_duration: '1mo', rpm_limit: 10, duration: '1mo' },
        'master',
      )
      const secret = made['key'] as string
      expect(made).toMatchObject({
        key_alias: 'ci',
        max_budget: 5,
        max_budget_credits: 500,
        rpm_limit: 10,
        tpm_limit: null,
        expires: '2026-02-28T00:00:00.000Z',
        budget_reset_at: '2026-02-01T00:00:00.000Z',
        spend: 0,
        spend_credits: 0,
      })
      for (const name of [made['key_id'] as string, 'ci', secret]) {
        const info = await admin.keyInfo(name)
        expect(info['key_alias']).toBe('ci')
        expect(JSON.stringify(info)).not.toContain(secret)
      }
      const everything = JSON.stringify([
        await database.query.selectFrom('keys').selectAll().execute(),
        await database.query.selectFrom('audit').selectAll().execute(),
      ])
      expect(everything).not.toContain(secret)
      expect(everything).toContain(hashSecret(secret))
    }))

  test('what was spent shows in dollars and credits', () =>
    inHouse(async ({ admin, database, clock }) => {
      const made = await admin.generateKey(
        { max_budget_credits: 10, budget_duration: '1d' },
        'master',
      )
      const accounts = [{ scope: `key:${made['key_id'] as string}`, periodStartMs: clock.now() }]
      await createBudgets(database).post({
        holder: 'x',
        entries: accounts.map(({ scope, periodStartMs }) => ({
          scope,
          periodStartMs,
          spentNanoCredits: 2_500_000_000,
          holdNanoCredits: 0,
        })),
        expiresAtMs: 1,
      })
      expect(await admin.keyInfo(made['key_id'] as string)).toMatchObject({
        spend: 0.025,
        spend_credits: 2.5,
      })
    }))

  test('left out stays, null clears, and a late change is refused', () =>
    inHouse(async (house) => {
      const { admin } = house
      const made = await admin.generateKey(
        { key_alias: 'ci', rpm_limit: 10, max_budget_credits: 3 },
        'master',
      )
      const key = made['key_id'] as string
      expect(await admin.updateKey({ key, tpm_limit: 7, rpm_limit: null }, 'master')).toMatchObject(
        {
          key_alias: 'ci',
          rpm_limit: null,
          tpm_limit: 7,
          max_budget_credits: 3,
          version: 2,
        },
      )
      await expect(
        admin.updateKey({ key, blocked: true, version: 1 }, 'master'),
      ).rejects.toMatchObject({ status: 409 })
      expect(await admin.updateKey({ key, blocked: true, version: 2 }, 'master')).toMatchObject({
        blocked: true,
      })
      expect(house.changes).toBe(3)
    }))

  test('a rotated key has another secret', () =>
    inHouse(async ({ admin, database, clock }) => {
      const made = await admin.generateKey({ key_alias: 'ci' }, 'master')
      const rotated = await admin.rotateKey('ci', '1h', 'master')
      expect(rotated['key']).not.toBe(made['key'])
      const store = createKeyStore(database)
      expect(
        await store.findGrant(hashSecret(made['key'] as string), clock.now() + 3_599_999),
      ).toBeDefined()
      expect(
        await store.findGrant(hashSecret(made['key'] as string), clock.now() + 3_600_000),
      ).toBeUndefined()
    }))

  test.each([
    ['an unknown user', { user_id: 'nobody' }, 'there is no user nobody'],
    ['an unknown team', { team_id: 'none' }, 'there is no team none'],
    ['an alias that is taken', { key_alias: 'ci' }, 'another key is called ci'],
  ])('a key for %s is refused', (_, fields, message) =>
    inHouse(async ({ admin }) => {
      await admin.generateKey({ key_alias: 'ci' }, 'master')
      await expect(admin.generateKey(fields, 'master')).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining(message) as string,
      })
    }),
  )

  test.each([
    [{ max_budget: 1, max_budget_credits: 500 }, 'max_budget'],
    [{ max_budget: null, max_budget_credits: 500 }, 'max_budget'],
    [{ max_budget: 0, max_budget_credits: 1 }, 'max_budget'],
    [{ max_budget: 9, soft_budget: 1, soft_budget_credits: 5 }, 'soft_budget'],
  ])('%j names one budget twice, and differently', (fields, param) =>
    inHouse(async ({ admin }) => {
      const refused = { status: 400, param, message: expect.stringContaining(param) as string }
      await expect(admin.generateKey(fields, 'master')).rejects.toMatchObject(refused)
      await expect(admin.createTeam(fields, 'master')).rejects.toMatchObject(refused)
      await expect(admin.createUser(fields, 'master')).rejects.toMatchObject(refused)
      const made = await admin.generateKey({}, 'master')
      const changed = admin.updateKey({ key: made['key_id'] as string, ...fields }, 'master')
      await expect(changed).rejects.toMatchObject(refused)
      expect((await admin.listKeys({ limit: 9 }))['keys']).toHaveLength(1)
    }),
  )

  test.each([
    [{ max_budget: 5, max_budget_credits: 500 }, 500],
    [{ max_budget: 0.07, max_budget_credits: 7 }, 7],
    [{ max_budget: 1234567.89, max_budget_credits: 123456789 }, 123_456_789],
    [{ max_budget: 0, max_budget_credits: 0 }, 0],
    [{ max_budget: null, max_budget_credits: null }, null],
  ])('%j is one budget', (fields, credits) =>
    inHouse(async ({ admin }) => {
      expect(await admin.generateKey(fields, 'master')).toMatchObject({
        max_budget_credits: credits,
      })
    }),
  )

  test('an unknown key is named without showing it', () =>
    inHouse(async ({ admin }) => {
      await expect(admin.keyInfo('sk-very-secret-value')).rejects.toMatchObject({
        status: 404,
        message: expect.stringContaining('sk-…alue') as string,
      })
    }))

  test('users and teams live through make, change, list and delete', () =>
    inHouse(async ({ admin, database }) => {
      expect(
        await admin.createTeam({ team_id: 'red', team_alias: 'Red', max_budget: 1 }, 'master'),
      ).toMatchObject({ max_budget_credits: 100 })
      await expect(admin.createTeam({ team_id: 'red' }, 'master')).rejects.toMatchObject({
        status: 409,
      })
      expect(await admin.createUser({ user_email: 'ada@example.com' }, 'master')).toMatchObject({
        user_role: 'member',
      })
      await admin.createUser({ user_id: 'bob', user_role: 'administrator' }, 'master')
      expect(await admin.updateUser({ user_id: 'bob', blocked: true }, 'master')).toMatchObject({
        blocked: true,
        user_role: 'administrator',
        version: 2,
      })
      await expect(
        admin.updateTeam({ team_id: 'red', version: 9 }, 'master'),
      ).rejects.toMatchObject({ status: 409 })
      expect(await admin.updateTeam({ team_id: 'red', models: ['gpt-*'] }, 'master')).toMatchObject(
        { models: ['gpt-*'], team_alias: 'Red' },
      )
      expect((await admin.listUsers({ limit: 10 }))['users']).toHaveLength(2)
      await admin.deleteUser('bob', 'user:ada')
      await admin.deleteTeam('red', 'master')
      await expect(admin.userInfo('bob')).rejects.toMatchObject({ status: 404 })
      await expect(admin.teamInfo('red')).rejects.toMatchObject({ status: 404 })
      const { entries } = await createAuditLog(database).list(50)
      expect(entries.map((entry) => entry.action).toSorted()).toEqual([
        'team.create',
        'team.delete',
        'team.update',
        'user.create',
        'user.create',
        'user.delete',
        'user.update',
      ])
      expect(entries.find((entry) => entry.action === 'user.delete')).toMatchObject({
        actor: 'user:ada',
        subject: 'user:bob',
      })
    }))

  test.each(['user', 'team'] as const)(
    'a key whose %s was deleted says so, and gets no new secret until it has another owner',
    (kind) =>
      inHouse(async ({ admin }) => {
        await admin.createUser({ user_id: 'core' }, 'master')
        await admin.createTeam({ team_id: 'core' }, 'master')
        const made = await admin.generateKey({ key_alias: 'ci', [`${kind}_id`]: 'core' }, 'master')
        expect(made).toMatchObject({ deleted_owner: null })
        await (kind === 'user'
          ? admin.deleteUser('core', 'master')
          : admin.deleteTeam('core', 'master'))
        expect(await admin.keyInfo('ci')).toMatchObject({ deleted_owner: kind, blocked: false })
        expect(await admin.listKeys({ limit: 10 })).toMatchObject({
          keys: [{ deleted_owner: kind }],
        })
        await expect(admin.rotateKey('ci', undefined, 'master')).rejects.toMatchObject({
          status: 400,
          code: 'key_owner_deleted',
          message: expect.stringMatching(
            `the ${kind} core of the key ci was deleted.*${kind}_id null`,
          ) as string,
        })
        const freed = await admin.updateKey({ key: 'ci', [`${kind}_id`]: null }, 'master')
        expect(freed).toMatchObject({ deleted_owner: null })
        expect(await admin.rotateKey('ci', undefined, 'master')).toHaveProperty('key')
      }),
  )

  test('deleting keys says which are gone', () =>
    inHouse(async ({ admin }) => {
      const made = await admin.generateKey({ key_alias: 'ci' }, 'master')
      expect(await admin.deleteKeys(['ci'], 'master')).toEqual({ deleted_keys: [made['key_id']] })
      expect(await admin.listKeys({ limit: 10 })).toEqual({ keys: [], next: null })
    }))
})

describe('the fields of requests', () => {
  test.each([
    [{ max_budget: -1 }, 'max_budget'],
    [{ budget_duration: 'soon' }, 'budget_duration'],
    [{ rpm_limit: 1.5 }, 'rpm_limit'],
    [{ key_alias: '' }, 'key_alias'],
    [{ budgte: 3 }, 'budgte'],
  ])('%j is refused and %s named', (fields, field) => {
    const result = generateKeySchema().safeParse(fields)
    expect(result.success).toBe(false)
    expect(JSON.stringify(result.error?.issues)).toContain(field)
  })

  test('a mail address must be one', () => {
    expect(newUserSchema().safeParse({ user_email: 'ada' }).success).toBe(false)
  })
})

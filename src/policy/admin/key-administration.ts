import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { BadRequestError, NotFoundError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Budgets } from '../budgets/allowances.ts'
import { parseDuration } from '../budgets/period.ts'
import type { KeyFilter, KeyStore } from '../keys/key-store.ts'
import type { VirtualKey } from '../keys/key.ts'
import { createSecret, displaySecret, hashSecret } from '../keys/secret.ts'
import type { AuditLog } from './audit.ts'
import { changedMeanwhile } from './conflicts.ts'
import { expiryOf, keyAnswer, limitsFromFields, type KeyFields } from './fields.ts'
import { createMemberAdministration } from './member-administration.ts'
import { createNote } from './note.ts'
import type { SpendReader } from './spend-reader.ts'
import { createSpendingOf } from './spending-of.ts'

export interface AdministrationOptions {
  readonly keys: KeyStore
  readonly budgets: Pick<Budgets, 'spending'>
  readonly ledger: SpendReader
  readonly audit: AuditLog
  readonly clock: Clock
  /** Tells every process that grants have changed. */
  readonly onChange: () => void
}

export interface UpdateKey extends KeyFields {
  readonly key: string
  readonly version?: number | undefined
}
/** Keys, users and teams as administrators handle them: by HTTP, by the command, from the dashboard. Each act is audited. */
export function createKeyAdministration(options: AdministrationOptions) {
  const { keys, budgets, ledger, audit, clock, onChange } = options
  const note = createNote({ audit, clock, onChange })
  const spendingOf = createSpendingOf({ budgets, ledger, clock })

  const answerKey = async (key: VirtualKey): Promise<JsonObject> => {
    const [[spend = { spentNanoCredits: 0 }], [deletedOwner]] = await Promise.all([
      spendingOf('key', [key]),
      keys.findDeletedOwners([key]),
    ])
    return keyAnswer(key, spend, clock.now(), deletedOwner)
  }

  /** By id, alias or secret. */
  const requireKey = async (nameOrSecret: string): Promise<VirtualKey> => {
    const key = await keys.findKey(
      nameOrSecret.startsWith('sk-') ? hashSecret(nameOrSecret) : nameOrSecret,
    )
    if (key) return key
    const shown = nameOrSecret.startsWith('sk-') ? displaySecret(nameOrSecret) : nameOrSecret
    throw new NotFoundError(`there is no key ${shown}: \`jetway keys list\` names them all`, {
      code: 'key_not_found',
      param: 'key',
    })
  }

  const requireOwners = async (
    userId: string | null | undefined,
    teamId: string | null | undefined,
  ): Promise<void> => {
    if (userId && !(await keys.findUser(userId))) {
      throw new BadRequestError(`there is no user ${userId}: make it first`, {
        code: 'user_not_found',
        param: 'user_id',
      })
    }
    if (teamId && !(await keys.findTeam(teamId))) {
      throw new BadRequestError(`there is no team ${teamId}: make it first`, {
        code: 'team_not_found',
        param: 'team_id',
      })
    }
  }

  /** A new secret of a key that is good for nothing would be good for nothing. */
  const requireLivingOwner = async (key: VirtualKey): Promise<void> => {
    const [deletedOwner] = await keys.findDeletedOwners([key])
    if (!deletedOwner) return
    const { kind, id } = deletedOwner
    throw new BadRequestError(
      `the ${kind} ${id} of the key ${key.alias ?? key.display} was deleted, so the key works no more: give it another with /key/update (${kind}_id null: none), or delete it`,
      { code: 'key_owner_deleted', param: 'key' },
    )
  }

  const requireFreeAlias = async (
    alias: string | null | undefined,
    ownId?: string,
  ): Promise<void> => {
    if (!alias) return
    const holder = await keys.findKey(alias)
    if (holder && holder.id !== ownId) {
      throw aliasTaken(alias)
    }
  }

  return {
    /** The only answer that ever holds the secret, as `key`. */
    async generateKey(fields: KeyFields, actor: string): Promise<JsonObject> {
      await requireOwners(fields.user_id, fields.team_id)
      await requireFreeAlias(fields.key_alias)
      const secret = createSecret()
      const now = clock.now()
      const key: VirtualKey = {
        id: `key_${randomUUID()}`,
        display: displaySecret(secret),
        alias: fields.key_alias ?? undefined,
        userId: fields.user_id ?? undefined,
        teamId: fields.team_id ?? undefined,
        models: fields.models ?? [],
        routes: fields.allowed_routes ?? [],
        limits: limitsFromFields(fields),
        expiresAtMs: fields.duration ? expiryOf(fields.duration, now) : undefined,
        blocked: fields.blocked ?? false,
        metadata: fields.metadata ?? {},
        createdAtMs: now,
        updatedAtMs: now,
        version: 1,
      }
      if ((await keys.insertKey(key, hashSecret(secret))) === 'alias-taken')
        throw aliasTaken(key.alias)
      await note(actor, 'key.create', `key:${key.id}`, {
        alias: key.alias ?? null,
        display: key.display,
      })
      return { key: secret, ...(await answerKey(key)) }
    },

    async keyInfo(name: string): Promise<JsonObject> {
      return answerKey(await requireKey(name))
    },

    async listKeys(filter: KeyFilter): Promise<JsonObject> {
      const page = await keys.listKeys(filter)
      const [spends, deletedOwners] = await Promise.all([
        spendingOf('key', page.keys),
        keys.findDeletedOwners(page.keys),
      ])
      const answers = page.keys.map((key, index) =>
        keyAnswer(key, spends[index] ?? { spentNanoCredits: 0 }, clock.now(), deletedOwners[index]),
      )
      return { keys: answers, next: page.next ?? null }
    },

    async updateKey(fields: UpdateKey, actor: string): Promise<JsonObject> {
      const key = await requireKey(fields.key)
      await requireOwners(fields.user_id, fields.team_id)
      await requireFreeAlias(fields.key_alias, key.id)
      if (fields.version !== undefined && fields.version !== key.version)
        throw changedMeanwhile(key.version)
      const now = clock.now()
      const updated = await keys.updateKey(
        key.id,
        key.version,
        {
          alias: fields.key_alias,
          userId: fields.user_id,
          teamId: fields.team_id,
          models: fields.models,
          routes: fields.allowed_routes,
          limits: limitsFromFields(fields, key.limits),
          expiresAtMs: fields.duration
            ? expiryOf(fields.duration, now)
            : (fields.duration as null | undefined),
          blocked: fields.blocked,
          metadata: fields.metadata,
        },
        now,
      )
      if (!updated) throw changedMeanwhile()
      const { key: _, version: __, ...changes } = fields
      await note(actor, 'key.update', `key:${key.id}`, { changed: Object.keys(changes) })
      return answerKey(updated)
    },

    async rotateKey(
      name: string,
      graceText: string | undefined,
      actor: string,
      version?: number,
    ): Promise<JsonObject> {
      const key = await requireKey(name)
      if (version !== undefined && version !== key.version) throw changedMeanwhile(key.version)
      await requireLivingOwner(key)
      const secret = createSecret()
      const now = clock.now()
      const graceMs =
        graceText === undefined ? 0 : (parseDuration(graceText) ?? expiryOf(graceText, now) - now)
      const rotated = await keys.rotateKey(
        key.id,
        hashSecret(secret),
        displaySecret(secret),
        now + graceMs,
        now,
      )
      if (!rotated) throw changedMeanwhile()
      await note(actor, 'key.rotate', `key:${key.id}`, {
        grace_ms: graceMs,
        display: rotated.display,
      })
      return { key: secret, ...(await answerKey(rotated)) }
    },

    async deleteKeys(names: readonly string[], actor: string): Promise<JsonObject> {
      const found = await Promise.all(names.map(requireKey))
      for (const key of found) {
        await keys.deleteKey(key.id, clock.now())
        await note(actor, 'key.delete', `key:${key.id}`, {
          alias: key.alias ?? null,
          display: key.display,
        })
      }
      return { deleted_keys: found.map((key) => key.id) }
    },

    ...createMemberAdministration({ keys, clock, note, spendingOf }),
  }
}

export type KeyAdministration = ReturnType<typeof createKeyAdministration>

function aliasTaken(alias: string | undefined): BadRequestError {
  return new BadRequestError(`another key is called ${alias ?? ''}`, {
    code: 'alias_taken',
    param: 'key_alias',
  })
}

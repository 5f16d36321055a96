import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { BadRequestError, JetwayError, NotFoundError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { BudgetStore } from '../budgets/budget-store.ts'
import { parseDuration, periodAt } from '../budgets/period.ts'
import type { KeyStore } from '../keys/key-store.ts'
import type { Limits, Team, User, VirtualKey } from '../keys/key.ts'
import { createSecret, displaySecret, hashSecret } from '../keys/secret.ts'
import type { AuditLog } from './audit.ts'
import {
  expiryOf,
  keyAnswer,
  limitsFromFields,
  teamAnswer,
  userAnswer,
  type KeyFields,
  type MemberFields,
  type Spend,
} from './fields.ts'

export interface AdministrationOptions {
  readonly keys: KeyStore
  readonly budgets: BudgetStore
  readonly audit: AuditLog
  readonly clock: Clock
  /** Tells every process that grants have changed. */
  readonly onChange: () => void
}

export interface UpdateKey extends KeyFields {
  readonly key: string
  readonly version?: number | undefined
}
type NewUser = MemberFields & {
  readonly user_id?: string | undefined
  readonly user_alias?: string | null | undefined
  readonly user_email?: string | null | undefined
  readonly user_role?: User['role'] | undefined
}
type NewTeam = MemberFields & {
  readonly team_id?: string | undefined
  readonly team_alias?: string | null | undefined
}

/** Keys, users and teams as administrators handle them: by HTTP, by the command, from the dashboard. Each act is audited. */
export function createKeyAdministration(options: AdministrationOptions) {
  const { keys, budgets, audit, clock, onChange } = options

  const note = async (
    actor: string,
    action: string,
    subject: string,
    detail: JsonObject,
  ): Promise<void> => {
    await audit.append({ id: randomUUID(), atMs: clock.now(), actor, action, subject, detail })
    onChange()
  }

  const spendOf = async (scope: string, limits: Limits): Promise<Spend> => {
    const { startMs } = periodAt(limits.budget?.period, clock.now())
    const [row] = await budgets.spending([{ scope, periodStartMs: startMs }])
    return { spentNanoCredits: row?.spentNanoCredits ?? 0 }
  }

  const answerKey = async (key: VirtualKey): Promise<JsonObject> =>
    keyAnswer(key, await spendOf(`key:${key.id}`, key.limits), clock.now())

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

  const requireFreeAlias = async (
    alias: string | null | undefined,
    ownId?: string,
  ): Promise<void> => {
    if (!alias) return
    const holder = await keys.findKey(alias)
    if (holder && holder.id !== ownId) {
      throw new BadRequestError(`another key is called ${alias}`, {
        code: 'alias_taken',
        param: 'key_alias',
      })
    }
  }

  const changedMember = <Kind extends User | Team>(fields: MemberFields, before: Kind): Kind => ({
    ...before,
    models: fields.models ?? before.models,
    limits: limitsFromFields(fields, before.limits),
    blocked: fields.blocked ?? before.blocked,
    metadata: fields.metadata ?? before.metadata,
    updatedAtMs: clock.now(),
    version: before.version + 1,
  })

  const blank = (id: string) => {
    const now = clock.now()
    return {
      id,
      models: [],
      limits: {},
      blocked: false,
      metadata: {},
      createdAtMs: now,
      updatedAtMs: now,
      version: 0,
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
      await keys.insertKey(key, hashSecret(secret))
      await note(actor, 'key.create', `key:${key.id}`, {
        alias: key.alias ?? null,
        display: key.display,
      })
      return { key: secret, ...(await answerKey(key)) }
    },

    async keyInfo(name: string): Promise<JsonObject> {
      return answerKey(await requireKey(name))
    },

    async listKeys(filter: {
      userId?: string
      teamId?: string
      limit: number
      cursor?: string
    }): Promise<JsonObject> {
      const page = await keys.listKeys(filter)
      return { keys: await Promise.all(page.keys.map(answerKey)), next: page.next ?? null }
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
    ): Promise<JsonObject> {
      const key = await requireKey(name)
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

    async createUser(fields: NewUser, actor: string): Promise<JsonObject> {
      const user = changedUser(fields, {
        ...blank(fields.user_id ?? `user_${randomUUID()}`),
        role: 'member',
      })
      if ((await keys.saveUser(user)) === 'conflict') throw taken('user', user.id)
      await note(actor, 'user.create', `user:${user.id}`, { role: user.role })
      return userAnswer(user, { spentNanoCredits: 0 }, clock.now())
    },

    async updateUser(
      fields: NewUser & { user_id: string; version?: number | undefined },
      actor: string,
    ): Promise<JsonObject> {
      const before = await requireUser(fields.user_id)
      if (fields.version !== undefined && fields.version !== before.version)
        throw changedMeanwhile(before.version)
      const user = changedUser(fields, before)
      if ((await keys.saveUser(user)) === 'conflict') throw changedMeanwhile()
      await note(actor, 'user.update', `user:${user.id}`, { changed: Object.keys(fields) })
      return userAnswer(user, await spendOf(`user:${user.id}`, user.limits), clock.now())
    },

    async userInfo(id: string): Promise<JsonObject> {
      const user = await requireUser(id)
      return userAnswer(user, await spendOf(`user:${user.id}`, user.limits), clock.now())
    },

    async listUsers(): Promise<JsonObject> {
      const users = await keys.listUsers()
      const answers = users.map(async (user) =>
        userAnswer(user, await spendOf(`user:${user.id}`, user.limits), clock.now()),
      )
      return { users: await Promise.all(answers) }
    },

    async deleteUser(id: string, actor: string): Promise<JsonObject> {
      const user = await requireUser(id)
      await keys.deleteUser(user.id, clock.now())
      await note(actor, 'user.delete', `user:${user.id}`, {})
      return { deleted: user.id }
    },

    async createTeam(fields: NewTeam, actor: string): Promise<JsonObject> {
      const team = changedTeam(fields, blank(fields.team_id ?? `team_${randomUUID()}`))
      if ((await keys.saveTeam(team)) === 'conflict') throw taken('team', team.id)
      await note(actor, 'team.create', `team:${team.id}`, { alias: team.alias ?? null })
      return teamAnswer(team, { spentNanoCredits: 0 }, clock.now())
    },

    async updateTeam(
      fields: NewTeam & { team_id: string; version?: number | undefined },
      actor: string,
    ): Promise<JsonObject> {
      const before = await requireTeam(fields.team_id)
      if (fields.version !== undefined && fields.version !== before.version)
        throw changedMeanwhile(before.version)
      const team = changedTeam(fields, before)
      if ((await keys.saveTeam(team)) === 'conflict') throw changedMeanwhile()
      await note(actor, 'team.update', `team:${team.id}`, { changed: Object.keys(fields) })
      return teamAnswer(team, await spendOf(`team:${team.id}`, team.limits), clock.now())
    },

    async teamInfo(id: string): Promise<JsonObject> {
      const team = await requireTeam(id)
      return teamAnswer(team, await spendOf(`team:${team.id}`, team.limits), clock.now())
    },

    async listTeams(): Promise<JsonObject> {
      const teams = await keys.listTeams()
      const answers = teams.map(async (team) =>
        teamAnswer(team, await spendOf(`team:${team.id}`, team.limits), clock.now()),
      )
      return { teams: await Promise.all(answers) }
    },

    async deleteTeam(id: string, actor: string): Promise<JsonObject> {
      const team = await requireTeam(id)
      await keys.deleteTeam(team.id, clock.now())
      await note(actor, 'team.delete', `team:${team.id}`, {})
      return { deleted: team.id }
    },
  }

  function changedUser(fields: NewUser, before: User): User {
    return {
      ...changedMember(fields, before),
      name: fields.user_alias === undefined ? before.name : (fields.user_alias ?? undefined),
      email: fields.user_email === undefined ? before.email : (fields.user_email ?? undefined),
      role: fields.user_role ?? before.role,
    }
  }

  function changedTeam(fields: NewTeam, before: Team): Team {
    return {
      ...changedMember(fields, before),
      alias: fields.team_alias === undefined ? before.alias : (fields.team_alias ?? undefined),
    }
  }

  async function requireUser(id: string): Promise<User> {
    const user = await keys.findUser(id)
    if (user) return user
    throw new NotFoundError(`there is no user ${id}`, { code: 'user_not_found', param: 'user_id' })
  }

  async function requireTeam(id: string): Promise<Team> {
    const team = await keys.findTeam(id)
    if (team) return team
    throw new NotFoundError(`there is no team ${id}`, { code: 'team_not_found', param: 'team_id' })
  }
}

export type KeyAdministration = ReturnType<typeof createKeyAdministration>

/** 409: somebody else was faster. */
function changedMeanwhile(version?: number): JetwayError {
  const now = version === undefined ? '' : ` (it is at version ${version} now)`
  return new JetwayError(
    `it was changed by somebody else meanwhile${now}: read it again, then change it`,
    {
      status: 409,
      code: 'conflict',
      param: 'version',
    },
  )
}

function taken(kind: string, id: string): JetwayError {
  return new JetwayError(`there is or was a ${kind} ${id} already: choose another id`, {
    status: 409,
    code: 'conflict',
  })
}

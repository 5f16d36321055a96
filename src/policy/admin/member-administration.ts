import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { NotFoundError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { KeyStore, PageRequest } from '../keys/key-store.ts'
import type { Team, User } from '../keys/key.ts'
import { changedMeanwhile, taken } from './conflicts.ts'
import {
  limitsFromFields,
  teamAnswer,
  userAnswer,
  type MemberFields,
  type Spend,
} from './fields.ts'
import type { Note } from './note.ts'
import type { createSpendingOf } from './spending-of.ts'

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

const NOTHING: Spend = { spentNanoCredits: 0 }

/** Users and teams. */
export function createMemberAdministration(options: {
  readonly keys: KeyStore
  readonly clock: Clock
  readonly note: Note
  readonly spendingOf: ReturnType<typeof createSpendingOf>
}) {
  const { keys, clock, note, spendingOf } = options

  const answerUser = async (user: User): Promise<JsonObject> => {
    const [spend = NOTHING] = await spendingOf('user', [user])
    return userAnswer(user, spend, clock.now())
  }
  const answerTeam = async (team: Team): Promise<JsonObject> => {
    const [spend = NOTHING] = await spendingOf('team', [team])
    return teamAnswer(team, spend, clock.now())
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
    async createUser(fields: NewUser, actor: string): Promise<JsonObject> {
      const user = changedUser(fields, {
        ...blank(fields.user_id ?? `user_${randomUUID()}`),
        role: 'member',
      })
      if ((await keys.saveUser(user)) === 'conflict') throw taken('user', user.id)
      await note(actor, 'user.create', `user:${user.id}`, { role: user.role })
      return userAnswer(user, NOTHING, clock.now())
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
      return answerUser(user)
    },

    async userInfo(id: string): Promise<JsonObject> {
      const user = await requireUser(id)
      return answerUser(user)
    },

    async listUsers(page: PageRequest): Promise<JsonObject> {
      const { members, next } = await keys.listUsers(page)
      const spends = await spendingOf('user', members)
      const users = members.map((user, index) =>
        userAnswer(user, spends[index] ?? NOTHING, clock.now()),
      )
      return { users, next: next ?? null }
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
      return teamAnswer(team, NOTHING, clock.now())
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
      return answerTeam(team)
    },

    async teamInfo(id: string): Promise<JsonObject> {
      const team = await requireTeam(id)
      return answerTeam(team)
    },

    async listTeams(page: PageRequest): Promise<JsonObject> {
      const { members, next } = await keys.listTeams(page)
      const spends = await spendingOf('team', members)
      const teams = members.map((team, index) =>
        teamAnswer(team, spends[index] ?? NOTHING, clock.now()),
      )
      return { teams, next: next ?? null }
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

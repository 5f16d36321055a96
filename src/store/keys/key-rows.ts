import type { Insertable, Selectable } from 'kysely'
import type { JsonObject } from '../../core/json.ts'
import type { Limits, Member, Team, User, VirtualKey } from '../../policy/keys/key.ts'
import type { KeyTable, TeamTable, UserTable } from '../schema.ts'

export function rowFromKey(key: VirtualKey, hash: string): Insertable<KeyTable> {
  return {
    id: key.id,
    hash,
    previous_hash: null,
    previous_hash_until: null,
    display: key.display,
    alias: key.alias ?? null,
    user_id: key.userId ?? null,
    team_id: key.teamId ?? null,
    models: JSON.stringify(key.models),
    routes: JSON.stringify(key.routes),
    limits: JSON.stringify(key.limits),
    expires_at: key.expiresAtMs ?? null,
    blocked: key.blocked ? 1 : 0,
    metadata: JSON.stringify(key.metadata),
    created_at: key.createdAtMs,
    updated_at: key.updatedAtMs,
    deleted_at: null,
    version: key.version,
  }
}

export function keyFromRow(row: Selectable<KeyTable>): VirtualKey {
  return {
    id: row.id,
    display: row.display,
    alias: row.alias ?? undefined,
    userId: row.user_id ?? undefined,
    teamId: row.team_id ?? undefined,
    models: JSON.parse(row.models) as string[],
    routes: JSON.parse(row.routes) as string[],
    limits: JSON.parse(row.limits) as Limits,
    expiresAtMs: row.expires_at ?? undefined,
    blocked: row.blocked === 1,
    metadata: JSON.parse(row.metadata) as JsonObject,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    version: row.version,
  }
}

function memberFromRow(row: Selectable<UserTable> | Selectable<TeamTable>): Member {
  return {
    id: row.id,
    models: JSON.parse(row.models) as string[],
    limits: JSON.parse(row.limits) as Limits,
    blocked: row.blocked === 1,
  }
}

export function userFromRow(row: Selectable<UserTable>): User {
  return {
    ...memberFromRow(row),
    name: row.name ?? undefined,
    email: row.email ?? undefined,
    role: row.role === 'administrator' ? 'administrator' : 'member',
    metadata: JSON.parse(row.metadata) as JsonObject,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    version: row.version,
  }
}

export function teamFromRow(row: Selectable<TeamTable>): Team {
  return {
    ...memberFromRow(row),
    alias: row.alias ?? undefined,
    metadata: JSON.parse(row.metadata) as JsonObject,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
    version: row.version,
  }
}

function rowFromMember(member: User | Team): Omit<Insertable<TeamTable>, 'alias'> {
  return {
    id: member.id,
    models: JSON.stringify(member.models),
    limits: JSON.stringify(member.limits),
    blocked: member.blocked ? 1 : 0,
    metadata: JSON.stringify(member.metadata),
    created_at: member.createdAtMs,
    updated_at: member.updatedAtMs,
    deleted_at: null,
    version: member.version,
  }
}

export function rowFromUser(user: User): Insertable<UserTable> {
  return {
    ...rowFromMember(user),
    name: user.name ?? null,
    email: user.email ?? null,
    role: user.role,
  }
}

export function rowFromTeam(team: Team): Insertable<TeamTable> {
  return { ...rowFromMember(team), alias: team.alias ?? null }
}

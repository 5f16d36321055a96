import type { CompiledQuery, Selectable, Updateable } from 'kysely'
import type { KeyChange, KeyStore, MemberPage, PageRequest } from '../../policy/keys/key-store.ts'
import type { DeletedOwner, VirtualKey } from '../../policy/keys/key.ts'
import type { SeatState } from '../../policy/seats/seat.ts'
import type { Database } from '../database/open.ts'
import { createRepeated } from '../database/repeated.ts'
import type { KeyTable, Schema } from '../schema.ts'
import {
  keyFromRow,
  rowFromKey,
  rowFromTeam,
  rowFromUser,
  teamFromRow,
  userFromRow,
} from './key-rows.ts'

interface AskedKey {
  readonly hash: string
  readonly nowMs: number
}

/** Keys, users and teams. What is deleted stays as a row, since the ledger names it; only a key's grant still tells. */
export function createKeyStore({ query }: Database): KeyStore {
  const liveKeys = () => query.selectFrom('keys').selectAll().where('deleted_at', 'is', null)
  /** Asked for each key in use, more than once a second. */
  const keyOf = createRepeated({
    build: ([asked = { hash: '', nowMs: 0 }]: readonly AskedKey[]) =>
      liveKeys().where((where) =>
        where.or([
          where('hash', '=', asked.hash),
          where.and([
            where('previous_hash', '=', asked.hash),
            where('previous_hash_until', '>', asked.nowMs),
          ]),
        ]),
      ),
    valuesOf: ({ hash, nowMs }) => [hash, hash, nowMs],
  })
  const userOf = createRepeated({
    build: ([id = '']: readonly string[]) =>
      query.selectFrom('users').selectAll().where('id', '=', id).where('deleted_at', 'is', null),
    valuesOf: (id) => [id],
  })
  const teamOf = createRepeated({
    build: ([id = '']: readonly string[]) =>
      query.selectFrom('teams').selectAll().where('id', '=', id).where('deleted_at', 'is', null),
    valuesOf: (id) => [id],
  })
  const seatOf = createRepeated({
    build: ([userId = '']: readonly string[]) =>
      query.selectFrom('seats').select(['id', 'state']).where('user_id', '=', userId),
    valuesOf: (userId) => [userId],
  })
  const first = async <Row>(asked: CompiledQuery<Row>): Promise<Row | undefined> =>
    (await query.executeQuery(asked)).rows[0]

  return {
    async findGrant(hash, nowMs) {
      const row = await first(keyOf([{ hash, nowMs }]))
      if (!row) return undefined
      const [user, team, seat] = await Promise.all([
        row.user_id === null ? undefined : this.findUser(row.user_id),
        row.team_id === null ? undefined : this.findTeam(row.team_id),
        row.user_id === null ? undefined : first(seatOf([row.user_id])),
      ])
      const key = keyFromRow(row)
      return {
        key,
        user,
        team,
        deletedOwner: deletedOwnerOf(key, user !== undefined, team !== undefined),
        seat: seat && { id: seat.id, state: seat.state as SeatState },
      }
    },

    async insertKey(key, hash) {
      try {
        await query.insertInto('keys').values(rowFromKey(key, hash)).execute()
        return 'saved'
      } catch (error) {
        if (isDuplicate(error)) return 'alias-taken'
        throw error
      }
    },

    async findKey(name) {
      const row = await liveKeys()
        .where((where) =>
          where.or([where('id', '=', name), where('hash', '=', name), where('alias', '=', name)]),
        )
        .executeTakeFirst()
      return row && keyFromRow(row)
    },

    async listKeys({ userId, teamId, limit, cursor }) {
      let rows = liveKeys()
      if (userId !== undefined) rows = rows.where('user_id', '=', userId)
      if (teamId !== undefined) rows = rows.where('team_id', '=', teamId)
      const after = /^(\d+)\.(.+)$/s.exec(cursor ?? '')
      if (after) {
        rows = rows.where((where) =>
          where.or([
            where('created_at', '<', Number(after[1])),
            where.and([
              where('created_at', '=', Number(after[1])),
              where('id', '<', after[2] ?? ''),
            ]),
          ]),
        )
      }
      const found = await rows
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        keys: page.map(keyFromRow),
        next: found.length > limit && last ? `${last.created_at}.${last.id}` : undefined,
      }
    },

    async findDeletedOwners(keys) {
      const [users, teams] = await Promise.all([
        livingOf(
          'users',
          keys.map(({ userId }) => userId),
        ),
        livingOf(
          'teams',
          keys.map(({ teamId }) => teamId),
        ),
      ])
      return keys.map((key) =>
        deletedOwnerOf(key, users.has(key.userId ?? ''), teams.has(key.teamId ?? '')),
      )
    },

    async updateKey(id, expectedVersion, change, nowMs) {
      const row = await query
        .updateTable('keys')
        .set({ ...columnsOf(change), updated_at: nowMs, version: expectedVersion + 1 })
        .where('id', '=', id)
        .where('version', '=', expectedVersion)
        .where('deleted_at', 'is', null)
        .returningAll()
        .executeTakeFirst()
      return row && keyFromRow(row)
    },

    async rotateKey(id, hash, display, graceUntilMs, nowMs) {
      const row = await query
        .updateTable('keys')
        .set((column) => ({
          previous_hash: column.ref('hash'),
          previous_hash_until: graceUntilMs,
          hash,
          display,
          updated_at: nowMs,
          version: column('version', '+', 1),
        }))
        .where('id', '=', id)
        .where('deleted_at', 'is', null)
        .returningAll()
        .executeTakeFirst()
      return row && keyFromRow(row)
    },

    deleteKey: (id, nowMs) => markDeleted('keys', id, nowMs),

    async saveUser(user) {
      return save(
        'users',
        user.version,
        () => query.insertInto('users').values(rowFromUser(user)).execute(),
        async () =>
          query
            .updateTable('users')
            .set(rowFromUser(user))
            .where('id', '=', user.id)
            .where('version', '=', user.version - 1)
            .where('deleted_at', 'is', null)
            .executeTakeFirst(),
      )
    },
    async findUser(id) {
      const row = await first(userOf([id]))
      return row && userFromRow(row)
    },
    async listUsers(page) {
      return pageOf(page, (await membersAfter('users', page)).map(userFromRow))
    },
    deleteUser: (id, nowMs) => markDeleted('users', id, nowMs),

    async saveTeam(team) {
      return save(
        'teams',
        team.version,
        () => query.insertInto('teams').values(rowFromTeam(team)).execute(),
        async () =>
          query
            .updateTable('teams')
            .set(rowFromTeam(team))
            .where('id', '=', team.id)
            .where('version', '=', team.version - 1)
            .where('deleted_at', 'is', null)
            .executeTakeFirst(),
      )
    },
    async findTeam(id) {
      const row = await first(teamOf([id]))
      return row && teamFromRow(row)
    },
    async listTeams(page) {
      return pageOf(page, (await membersAfter('teams', page)).map(teamFromRow))
    },
    deleteTeam: (id, nowMs) => markDeleted('teams', id, nowMs),
  }

  /** One more than the page holds, to know whether there is another. */
  function membersAfter<Table extends 'users' | 'teams'>(table: Table, page: PageRequest) {
    // The builder cannot follow a table that is one of two; both have the columns named here.
    return query
      .selectFrom(table as 'users')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where('id', '>', page.cursor ?? '')
      .orderBy('id')
      .limit(page.limit + 1)
      .execute() as Promise<unknown> as Promise<Selectable<Schema[Table]>[]>
  }

  async function livingOf(
    table: 'users' | 'teams',
    named: readonly (string | undefined)[],
  ): Promise<ReadonlySet<string>> {
    const ids = [...new Set(named.filter((id) => id !== undefined))]
    if (ids.length === 0) return new Set()
    const rows = await query
      .selectFrom(table)
      .select('id')
      .where('id', 'in', ids)
      .where('deleted_at', 'is', null)
      .execute()
    return new Set(rows.map(({ id }) => id))
  }

  async function markDeleted(
    table: 'keys' | 'users' | 'teams',
    id: string,
    nowMs: number,
  ): Promise<boolean> {
    const { numUpdatedRows } = await query
      .updateTable(table)
      .set({ deleted_at: nowMs, updated_at: nowMs })
      .where('id', '=', id)
      .where('deleted_at', 'is', null)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  }

  /** Version 1 is new; a later one takes the place of the one before it, and of no other. */
  async function save(
    table: 'users' | 'teams',
    version: number,
    insert: () => Promise<unknown>,
    update: () => Promise<{ numUpdatedRows: bigint } | undefined>,
  ): Promise<'saved' | 'conflict'> {
    if (version > 1) return ((await update())?.numUpdatedRows ?? 0n) > 0n ? 'saved' : 'conflict'
    try {
      await insert()
      return 'saved'
    } catch (error) {
      if (isDuplicate(error)) return 'conflict'
      throw new Error(`the table ${table} did not take a row`, { cause: error })
    }
  }
}

function deletedOwnerOf(
  { userId, teamId }: Pick<VirtualKey, 'userId' | 'teamId'>,
  userLives: boolean,
  teamLives: boolean,
): DeletedOwner | undefined {
  if (userId !== undefined && !userLives) return { kind: 'user', id: userId }
  if (teamId !== undefined && !teamLives) return { kind: 'team', id: teamId }
  return undefined
}

function pageOf<Kind extends { readonly id: string }>(
  { limit }: PageRequest,
  found: readonly Kind[],
): MemberPage<Kind> {
  const members = found.slice(0, limit)
  return { members, next: found.length > limit ? members.at(-1)?.id : undefined }
}

/** A row with this primary key is there: SQLite and PostgreSQL say it in their own words. */
function isDuplicate(error: unknown): boolean {
  return (
    error instanceof Error && /UNIQUE constraint failed|duplicate key value/.test(error.message)
  )
}

function columnsOf(change: KeyChange): Updateable<KeyTable> {
  const columns: Updateable<KeyTable> = {}
  if (change.alias !== undefined) columns.alias = change.alias
  if (change.userId !== undefined) columns.user_id = change.userId
  if (change.teamId !== undefined) columns.team_id = change.teamId
  if (change.models !== undefined) columns.models = JSON.stringify(change.models)
  if (change.routes !== undefined) columns.routes = JSON.stringify(change.routes)
  if (change.limits !== undefined) columns.limits = JSON.stringify(change.limits)
  if (change.expiresAtMs !== undefined) columns.expires_at = change.expiresAtMs
  if (change.blocked !== undefined) columns.blocked = change.blocked ? 1 : 0
  if (change.metadata !== undefined) columns.metadata = JSON.stringify(change.metadata)
  return columns
}

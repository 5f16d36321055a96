import type { Insertable, Selectable } from 'kysely'
import type { SeatState, SeatStore, StoredSeat } from '../../policy/seats/seat.ts'
import type { Database } from '../database/open.ts'
import type { SeatTable } from '../schema.ts'

export function createSeatStore({ query }: Database): SeatStore {
  return {
    async save(seat, sealed) {
      const row: Insertable<SeatTable> = {
        id: seat.id,
        user_id: seat.userId ?? null,
        kind: seat.kind,
        host: seat.host,
        github_login: seat.githubLogin ?? null,
        plan: seat.plan ?? null,
        state: seat.state,
        sealed_token: sealed?.box ?? null,
        seal_key: sealed?.keyId ?? null,
        detail: seat.detail ?? null,
        created_at: seat.createdAtMs,
        updated_at: seat.updatedAtMs,
        version: seat.version,
      }
      await query.transaction().execute(async (transaction) => {
        if (row.user_id !== null) {
          await transaction
            .deleteFrom('seats')
            .where('user_id', '=', seat.userId ?? '')
            .where('id', '!=', seat.id)
            .execute()
        }
        await transaction
          .insertInto('seats')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute()
      })
    },
    async find(id) {
      const row = await query
        .selectFrom('seats')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirst()
      return row && storedSeat(row)
    },
    async findByUser(userId) {
      const row = await query
        .selectFrom('seats')
        .selectAll()
        .where('user_id', '=', userId)
        .executeTakeFirst()
      return row && storedSeat(row)
    },
    async list() {
      const rows = await query
        .selectFrom('seats')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map((row) => storedSeat(row).seat)
    },
    async setState(id, state, detail, nowMs) {
      await query
        .updateTable('seats')
        .set((column) => ({
          state,
          detail: detail ?? null,
          // A token that is good for nothing is not kept.
          ...(state === 'connected' ? {} : { sealed_token: null, seal_key: null }),
          updated_at: nowMs,
          version: column('version', '+', 1),
        }))
        .where('id', '=', id)
        .execute()
    },
    async delete(id) {
      const { numDeletedRows } = await query
        .deleteFrom('seats')
        .where('id', '=', id)
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    },
    async reseal(id, before, sealed) {
      await query
        .updateTable('seats')
        .set({ sealed_token: sealed.box, seal_key: sealed.keyId })
        .where('id', '=', id)
        .where('seal_key', '=', before)
        .execute()
    },
    async sealedOtherwise(keyId) {
      const rows = await query
        .selectFrom('seats')
        .select('id')
        .where('seal_key', '!=', keyId)
        .execute()
      return rows.map((row) => row.id)
    },
  }
}

function storedSeat(row: Selectable<SeatTable>): StoredSeat {
  return {
    seat: {
      id: row.id,
      userId: row.user_id ?? undefined,
      kind: row.kind === 'service' ? 'service' : 'person',
      host: row.host,
      githubLogin: row.github_login ?? undefined,
      plan: row.plan ?? undefined,
      state: row.state as SeatState,
      detail: row.detail ?? undefined,
      createdAtMs: row.created_at,
      updatedAtMs: row.updated_at,
      version: row.version,
    },
    sealed:
      row.sealed_token !== null && row.seal_key !== null
        ? { keyId: row.seal_key, box: row.sealed_token }
        : undefined,
  }
}

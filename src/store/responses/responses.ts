import type { ResponseBounds, ResponseStore, StoredResponse } from '../../core/response-store.ts'
import type { Database } from '../database/open.ts'

/** Responses in the table of that name. What is over its time is left to the hourly clean-up, and never given out. */
export function createResponseStore({ query }: Database): ResponseStore {
  const mine = (id: string, owner: string, nowMs: number) =>
    query
      .selectFrom('responses')
      .selectAll()
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('expires_at', '>', nowMs)

  return {
    async save(response, bounds) {
      const { id, owner, createdAt, expiresAt, body } = response
      const bytes = Buffer.byteLength(body)
      if (bytes > bounds.maxBytes) return
      const content = { created_at: createdAt, expires_at: expiresAt, bytes, body }
      await query
        .insertInto('responses')
        .values({ id, owner, ...content })
        // An id that another owner has stays his: ids follow request ids, which callers may choose.
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet(content).where('responses.owner', '=', owner),
        )
        .execute()
      await makeRoom(owner, bounds)
    },
    async find(id, owner, nowMs) {
      const row = await mine(id, owner, nowMs).executeTakeFirst()
      if (!row) return undefined
      return {
        id,
        owner,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        body: row.body,
      } satisfies StoredResponse
    },
    async remove(id, owner, nowMs) {
      const { numDeletedRows } = await query
        .deleteFrom('responses')
        .where('id', '=', id)
        .where('owner', '=', owner)
        .where('expires_at', '>', nowMs)
        .executeTakeFirstOrThrow()
      return numDeletedRows > 0n
    },
  }

  /** Two replicas may both make room and let one more go than needed, which costs a client one resend. */
  async function makeRoom(owner: string, { maxCount, maxBytes }: ResponseBounds): Promise<void> {
    const rows = await query
      .selectFrom('responses')
      .select(['id', 'bytes'])
      .where('owner', '=', owner)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .execute()
    let bytes = 0
    const over = rows.filter((row, index) => {
      bytes += row.bytes
      return index >= maxCount || bytes > maxBytes
    })
    if (over.length === 0) return
    await query
      .deleteFrom('responses')
      .where(
        'id',
        'in',
        over.map(({ id }) => id),
      )
      .execute()
  }
}

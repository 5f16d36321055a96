import * as z from 'zod'

const MOST_ROWS = 1_000
const USUAL_ROWS = 50

/** `limit` and `cursor` of a list; the answer's `next` is the cursor of the page after. */
export const pageFields = () => ({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_ROWS)
    .default(USUAL_ROWS)
    .describe('Rows of one page'),
  cursor: z.string().max(500).optional().describe('`next` of the page before'),
})

export const pageSchema = () => z.strictObject(pageFields())

/** Of a list that is short as a rule: all of it, unless somebody asks for less. */
export const wholePageSchema = () =>
  z.strictObject({
    ...pageFields(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(MOST_ROWS)
      .default(MOST_ROWS)
      .describe('Rows of one page'),
  })

/** A page of rows that are in memory, in the order of their names, which is what the cursor holds. */
export function pageOf<Row>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): { readonly rows: readonly Row[]; readonly next: string | undefined } {
  const named = rows.map((row) => ({ row, name: nameOf(row) }))
  const after = named
    .filter(({ name }) => cursor === undefined || name > cursor)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const page = after.slice(0, limit)
  return {
    rows: page.map(({ row }) => row),
    next: after.length > limit ? page.at(-1)?.name : undefined,
  }
}

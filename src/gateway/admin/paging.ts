import { z } from 'zod'

const MOST_ROWS = 1_000
const USUAL_ROWS = 50

/** `limit` and `cursor` of a list; the answer's `next` is the cursor of the page after. */
export const pageFields = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_ROWS)
    .default(USUAL_ROWS)
    .describe('Rows of one page'),
  cursor: z.string().max(500).optional().describe('`next` of the page before'),
}

export const pageSchema = z.strictObject(pageFields)

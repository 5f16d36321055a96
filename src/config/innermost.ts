import * as z from 'zod'

/** The type itself, without what makes it optional or reads text as a number. */
export function innermost(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return innermost(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodPipe) return innermost(schema.out as z.ZodType)
  return schema
}

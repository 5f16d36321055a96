import type { RequestPath } from '../../core/dialect.ts'
import { asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'

/** The model stands in the path; some bodies repeat it, as `models/<name>`. */
export function modelOf(path: RequestPath, body: JsonObject): string {
  const name = path.params['model'] ?? asString(body['model']) ?? ''
  return name.replace(/^models\//, '')
}

import type { HttpResponse } from '../../core/http.ts'
import { asObject, tryParseJson } from '../../core/json.ts'

/** GitHub's sign-in pages answer in JSON when asked to, and as a form to whoever is not heard; proxies lose the header. */
export type SignInAnswer = ReadonlyMap<string, string>

export function readSignInAnswer(response: HttpResponse): SignInAnswer {
  const text = response.body.trim()
  if (text.startsWith('{')) {
    const fields = new Map<string, string>()
    for (const [name, value] of Object.entries(asObject(tryParseJson(text)) ?? {})) {
      if (typeof value === 'string' || typeof value === 'number') fields.set(name, String(value))
    }
    return fields
  }
  // A page of HTML is no answer, though it would read as a form with odd names.
  return text.startsWith('<') ? new Map() : new Map(new URLSearchParams(text))
}

/** Whole seconds or `undefined`. */
export function secondsOf(answer: SignInAnswer, name: string): number | undefined {
  const value = Number(answer.get(name) ?? Number.NaN)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

/** What a Copilot API token says about itself. It is signed, not encrypted; only the signature is opaque. */
export interface ApiTokenFields {
  readonly trackingId: string | undefined
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined
  readonly sku: string | undefined
  /** The host of the completions proxy, whose sibling `api.…` serves chat. */
  readonly proxyEndpoint: string | undefined
  /** Kind of site, as `dotcom`. */
  readonly site: string | undefined
  /** Every key with its text, as `chat` → `1`. */
  readonly fields: ReadonlyMap<string, string>
}

/** `key=value;key=value:mac`. The part before the first `:` counts; `undefined` when it is no such token. */
export function parseApiToken(token: string): ApiTokenFields | undefined {
  if (!token.startsWith('tid=')) return undefined
  const colon = token.indexOf(':')
  const fields = new Map<string, string>()
  for (const pair of (colon === -1 ? token : token.slice(0, colon)).split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0) fields.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim())
  }
  const trackingId = fields.get('tid')
  if (!trackingId) return undefined
  const expiresAt = Number(fields.get('exp') ?? Number.NaN)
  return {
    trackingId,
    expiresAt: Number.isFinite(expiresAt) ? expiresAt : undefined,
    sku: fields.get('sku'),
    proxyEndpoint: fields.get('proxy-ep'),
    site: fields.get('st'),
    fields,
  }
}

/** Google says how long to wait inside its error (`RetryInfo`), wherever that has ended up in ours. Seconds. */
export function retryAfterFromGoogle(body: string): number | undefined {
  const found = /\\*"retryDelay\\*"\s*:\s*\\*"(\d+(?:\.\d+)?)s/.exec(body)?.[1]
  return found === undefined ? undefined : Number(found)
}

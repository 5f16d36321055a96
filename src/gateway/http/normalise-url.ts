/**
 * `//v1///models?x` as `/v1/models?x`: a base URL with a slash at its end is the most common mistake in set-ups. Routes are
 * matched on the result alone, so that no two parts of the gateway can read one path differently.
 */
export function normaliseUrl(url: string): string {
  if (!url.includes('//') && !hasTrailingSlash(url)) return url
  const queryAt = url.indexOf('?')
  const path = queryAt === -1 ? url : url.slice(0, queryAt)
  const query = queryAt === -1 ? '' : url.slice(queryAt)
  // An absolute request target, as proxies send: its scheme keeps its slashes.
  const target = /^https?:\/\/[^/]*/i.exec(path)
  const from = target ? target[0].length : 0
  const single = path.slice(from).replace(/\/{2,}/g, '/')
  const trimmed = single.length > 1 ? single.replace(/\/$/, '') : single
  return (trimmed === '' ? '/' : trimmed) + query
}

function hasTrailingSlash(url: string): boolean {
  const queryAt = url.indexOf('?')
  const end = queryAt === -1 ? url.length : queryAt
  return end > 1 && url.charCodeAt(end - 1) === 0x2f
}

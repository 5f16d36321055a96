const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

/** Whether an origin is reached without the proxy: `NO_PROXY=localhost,.corp.example,10.0.0.1:8080`, or `*`. */
export function createNoProxy(text: string): (origin: URL) => boolean {
  const words = text.split(/[,\s]+/).filter((word) => word !== '')
  if (words.includes('*')) return () => true
  const entries = words.map((word) => {
    const [, host = word, port] = /^(.+):(\d+)$/.exec(word) ?? []
    return { host: host.replace(/^\*?\./, '').toLowerCase(), port: Number(port ?? 0) }
  })
  return ({ hostname, port, protocol }) => {
    const name = hostname.toLowerCase()
    const number = port === '' ? DEFAULT_PORTS[protocol] : Number(port)
    return entries.some(
      (entry) =>
        (entry.port === 0 || entry.port === number) &&
        (name === entry.host || name.endsWith(`.${entry.host}`)),
    )
  }
}

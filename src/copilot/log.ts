/** Hears what this room would like a person to know. Never gets a token, a prompt or a header's value. */
export type Log = (level: 'info' | 'warn', message: string, fields?: LogFields) => void

type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

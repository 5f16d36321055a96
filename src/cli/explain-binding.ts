import { EXIT, ExitError } from './exit-codes.ts'

/** What Node says of a port, in words. */
export function explainBinding(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error
  const { code, address, port } = error as NodeJS.ErrnoException & {
    readonly address?: string
    readonly port?: number
  }
  const message = BINDING[code ?? '']?.(address ?? 'this address', port ?? 0)
  return message === undefined ? error : new ExitError(EXIT.failed, message, { cause: error })
}

const BINDING: Readonly<Record<string, (address: string, port: number) => string>> = {
  EADDRINUSE: (address, port) =>
    `port ${port} of ${address} is taken; choose another with --port, or 0 for any free one`,
  EACCES: (_, port) => `port ${port} needs more rights; take one above 1023`,
  EADDRNOTAVAIL: (address) => `${address} is no address of this machine`,
}

export const MASTER_KEY: string

export function environmentOf(
  folder: string,
  emulator: { readonly url: string; readonly token: string },
): Record<string, string>

export function jetway(env: Record<string, string>, ...args: readonly string[]): Promise<string>

export interface Answer {
  readonly status: number
  readonly json: unknown
}

export interface Gateway {
  readonly url: string
  ask(
    path: string,
    options?: { readonly key?: string; readonly body?: unknown; readonly id?: string },
  ): Promise<Answer>
  say(key: string, options?: { readonly model?: string; readonly id?: string }): Promise<Answer>
  stop(): Promise<number | null>
}

export function startGateway(env: Record<string, string>): Promise<Gateway>

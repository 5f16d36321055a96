/**
 * What workers of one machine say to the process that started them, which counts for all of them. Plain values only: they are
 * sent as JSON.
 */
export type HubMessage =
  | {
      readonly type: 'hub-ask'
      readonly id: number
      readonly what: HubTopic
      readonly given: unknown
    }
  | {
      readonly type: 'hub-answer'
      readonly id: number
      readonly value?: unknown
      readonly error?: string
    }
  | { readonly type: 'hub-event'; readonly what: HubEvent; readonly seat: string }

export type HubTopic =
  | 'limits-take'
  | 'limits-settle'
  | 'place-take'
  | 'place-give'
  | 'place-renew'
  | 'value-get'
  | 'value-set'
  | 'value-claim'
  | 'value-drop'
  | 'changed'

export type HubEvent = 'place-free' | 'place-wanted' | 'changed'

/** One end of the line between two processes. */
export interface HubPort {
  /** May throw, or be lost, when the other end is gone. */
  send(message: HubMessage): void
  onMessage(listener: (message: unknown) => void): void
}

export function isHubMessage(message: unknown): message is HubMessage {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false
  return ['hub-ask', 'hub-answer', 'hub-event'].includes(message.type as string)
}

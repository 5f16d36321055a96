/** Every wire format as clients speak it, and as upstreams do: a new one is a folder and a line here. */
import type { Dialect, Wire } from '../core/dialect.ts'
import type { WireName } from '../core/model.ts'
import { chat, chatWire } from './chat/index.ts'

/** By `Dialect.id`. */
export const dialects: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([['chat', chat]])

/** The wires that generate; embeddings have their own form, `embeddingWire`. */
export const wires: ReadonlyMap<WireName, Wire> = new Map<WireName, Wire>([['chat', chatWire]])

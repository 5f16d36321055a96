/** @import { Row } from '../types.ts' */

import { callsRow } from './calls.mjs'
import { latency } from './latency.mjs'
import { memory } from './memory.mjs'
import { startUp, version } from './start.mjs'
import { streamsRow } from './streams.mjs'

/** Those that speak Copilot's wire as it is, quirks and all. */
const COPILOT = ['nginx', 'jetway', 'copilot-api']

/** In the order of the table. @type {readonly Row[]} */
export const ROWS = [
  callsRow({
    name: 'whole',
    title: 'whole call: 600-byte prompt, 700-byte answer',
    kind: { dialect: 'chat', wire: 'chat', stream: false, prompt: 'small' },
    connections: 32,
  }),
  callsRow({
    name: 'whole-quirky',
    title: "whole call, answer with Copilot's quirks to repair",
    kind: { dialect: 'chat', wire: 'chat', stream: false, prompt: 'small' },
    connections: 32,
    flavour: 'quirky',
    only: COPILOT,
  }),
  callsRow({
    name: 'large',
    title: 'whole call: 300 KB prompt',
    kind: { dialect: 'chat', wire: 'chat', stream: false, prompt: 'large' },
    connections: 8,
  }),
  streamsRow({
    name: 'stream',
    title: 'chunk of a relayed chat stream',
    dialect: 'chat',
    wire: 'chat',
  }),
  streamsRow({
    name: 'stream-quirky',
    title: "chunk of a chat stream with Copilot's quirks to repair",
    dialect: 'chat',
    wire: 'chat',
    flavour: 'quirky',
    only: COPILOT,
  }),
  streamsRow({
    name: 'stream-messages',
    title: 'chunk of a relayed Anthropic stream',
    dialect: 'messages',
    wire: 'messages',
  }),
  streamsRow({
    name: 'translate-chat',
    title: 'chunk of a chat stream, translated for an Anthropic client',
    dialect: 'messages',
    wire: 'chat',
  }),
  streamsRow({
    name: 'translate-responses',
    title: 'chunk of a responses stream, translated for an Anthropic client',
    dialect: 'messages',
    wire: 'responses',
  }),
  latency,
  memory,
  startUp,
  version,
]

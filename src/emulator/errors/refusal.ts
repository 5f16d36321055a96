import type { WholeReply } from '../server/reply.ts'

/** Thrown by a gate; carries the answer the client gets and the name of the gate, for the record. */
export class Refusal extends Error {
  readonly gate: string
  readonly reply: WholeReply

  constructor(gate: string, reply: WholeReply) {
    super(`${gate}: ${reply.status} ${reply.body.trim()}`)
    this.gate = gate
    this.reply = reply
  }
}

import { createHash } from 'node:crypto'

const OPENINGS = [
  'Happy to help.',
  'Good question.',
  'Here is a short answer.',
  'Let me walk you through it.',
]

const SENTENCES = [
  'Start with the smallest version that can work, and run it before you add anything to it.',
  'Name things after what they are, so that the next reader needs no explanation.',
  'Keep the part that decides apart from the part that talks to the world, and test the first by table.',
  'When two approaches look equal, take the one that is easier to take back.',
  'Measure before you make it faster; most of the time is spent somewhere else than you think.',
  'Handle the failure where you know what it means, and let everything else pass through untouched.',
  'A list keeps the order, a set answers whether something is there, and a map tells you where.',
  'Write the test that fails first, then the line that makes it pass.',
  'If an input can grow without bound, give it a limit and an error with a name.',
  'Once this works, remove what you no longer need; it will not be missed.',
]

/** A number that is the same for the same text. */
export function seedOf(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE(0)
}

/** A paragraph about what was asked, the same for the same question. */
export function paragraph(question: string): string {
  const seed = seedOf(question)
  const opening = OPENINGS[seed % OPENINGS.length] ?? ''
  const about = question === '' ? '' : ` You asked: "${shorten(question, 200)}".`
  const picked = [0, 3, 7].map((step) => SENTENCES[(seed + step) % SENTENCES.length])
  return `${opening}${about} ${picked.join(' ')}`
}

/** Exactly so many words. */
export function words(count: number, question: string): string {
  const source = paragraph(question).split(/\s+/)
  const made: string[] = []
  for (let at = 0; made.length < count; at++) {
    made.push(source[at % source.length] ?? 'word')
  }
  return made.join(' ')
}

export function thoughts(question: string): string {
  return `The request is "${shorten(question, 80)}". I will answer it directly and keep it short.`
}

/** Four words or so, in title case. */
export function titleOf(question: string): string {
  const picked = question
    .replaceAll(/[^\p{L}\p{N}\s'-]/gu, ' ')
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 5)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
  return picked.length === 0 ? 'New Conversation' : picked.join(' ')
}

export function shorten(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length <= length ? line : `${line.slice(0, length - 1).trimEnd()}…`
}

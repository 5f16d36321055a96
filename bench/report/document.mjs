/** Replaces the part of a document that a run writes, and leaves what people wrote. */

export const BEGIN = '<!-- bench: begin, written by `npm run bench -- --write` -->'
export const END = '<!-- bench: end -->'

/**
 * @param {string} document
 * @param {string} content
 */
export function withResults(document, content) {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin === -1 || end < begin || document.indexOf(BEGIN, begin + 1) !== -1) {
    throw new Error(`the document must hold, once and in this order: ${BEGIN} and ${END}`)
  }
  return `${document.slice(0, begin + BEGIN.length)}\n\n${content.trim()}\n\n${document.slice(end)}`
}

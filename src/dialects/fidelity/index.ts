/** What each wire carries of each feature: one table for the encoders, the header, the page and the tests. */
export { ignoresSchema } from './ignores-schema.ts'
export { isForeignTool, losses } from './losses.ts'

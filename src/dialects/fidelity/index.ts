/** What each wire carries of each feature: one table for the encoders, the header, the page and the tests. */
export { featuresOf } from './features.ts'
export { isForeignTool, losses } from './losses.ts'
export {
  FEATURES,
  type Fate,
  type Feature,
  FIDELITY,
  GENERATE_WIRES,
  type GenerateWire,
  rowOf,
} from './table.ts'
export { renderFidelity } from './render.ts'
export { GENERATE_DIALECTS, type GenerateDialectName, SAID_BY } from './said-by.ts'

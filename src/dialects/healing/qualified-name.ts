/** Names inside a namespace are not unique without it; wires that have no namespaces carry both in one name. */
export function qualifiedName(tool: {
  readonly name: string
  readonly namespace?: string | undefined
}): string {
  return tool.namespace === undefined ? tool.name : `${tool.namespace}__${tool.name}`
}

import { Document, isMap, isSeq, parseDocument } from 'yaml'

/** Sets top-level values of a YAML file; comments stay. */
export function changeYaml(
  text: string | undefined,
  values: Readonly<Record<string, unknown>>,
): string {
  const document = read(text)
  for (const [name, value] of Object.entries(values)) document.set(name, value)
  return String(document)
}

/** Puts an entry into a list, in place of the one of the same name. */
export function changeYamlList(
  text: string | undefined,
  list: string,
  entry: Readonly<Record<string, unknown>>,
  whenNew: Readonly<Record<string, unknown>>,
): string {
  const document = read(text)
  if (text === undefined)
    for (const [name, value] of Object.entries(whenNew)) document.set(name, value)
  const found = document.get(list)
  const rows = isSeq(found) ? found : undefined
  if (found !== undefined && found !== null && !rows) {
    throw new Error(`its ${list} are no list, and it is not touched`)
  }
  const node = document.createNode(entry)
  const at = rows?.items.findIndex((row) => isMap(row) && row.get('name') === entry['name']) ?? -1
  if (!rows) document.set(list, [entry])
  else if (at === -1) rows.items.push(node)
  else rows.items[at] = node
  return String(document)
}

function read(text: string | undefined): Document {
  const parsed = parseDocument(text ?? '')
  if (parsed.errors.length > 0) throw new Error('it is not valid YAML, and is not touched')
  if (isMap(parsed.contents)) return parsed
  if (parsed.contents !== null) throw new Error('it holds no mapping, and is not touched')
  const empty = new Document({})
  empty.commentBefore = parsed.comment ?? parsed.commentBefore
  return empty
}

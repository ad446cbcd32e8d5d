/** A value of a manifest as one line of a tree. `path` tells it from every other line. */
export interface ManifestNode {
  readonly path: string
  /** Name of a field, place in a list (`[3]`), or a range of places (`[0 to 99]`). */
  readonly name: string
  readonly kind: 'text' | 'number' | 'boolean' | 'null' | 'object' | 'list' | 'range'
  /** The value in words; for an object or a list how many entries it has. */
  readonly text: string
  readonly value: unknown
  readonly hasChildren: boolean
}

/** Larger objects and lists are shown in ranges, so that opening one never makes more lines than a screen can hold. */
const rangeLength = 100

export type ManifestReading =
  { readonly ok: true; readonly nodes: readonly ManifestNode[] } | { readonly ok: false }

/** The first lines of a manifest's text; the text is read here, nothing of it is run or rendered as markup. */
export function readManifestTree(text: string): ManifestReading {
  try {
    const value: unknown = JSON.parse(text)
    return { ok: true, nodes: childrenOf(nodeOf('', '', value)) }
  } catch {
    return { ok: false }
  }
}

/** The lines below a line, made when it is opened. */
export function childrenOf(node: ManifestNode): readonly ManifestNode[] {
  const entries = entriesOf(node.value)
  const nodes = entries.map(([name, value], at) => nodeOf(`${node.path}/${at}`, name, value))
  if (node.kind === 'range' || nodes.length <= rangeLength) return nodes
  return Array.from({ length: Math.ceil(nodes.length / rangeLength) }, (_, n): ManifestNode => {
    const from = n * rangeLength
    const part = entries.slice(from, from + rangeLength)
    return {
      path: `${node.path}/${from}+`,
      name: `${from} to ${from + part.length - 1}`,
      kind: 'range',
      text: '',
      value: new Range(part),
      hasChildren: true,
    }
  })
}

/** Entries of a part of an object or a list; told apart from any value that a manifest can hold. */
class Range {
  readonly entries: readonly (readonly [string, unknown])[]
  constructor(entries: readonly (readonly [string, unknown])[]) {
    this.entries = entries
  }
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (value instanceof Range) return value.entries
  if (Array.isArray(value)) return value.map((item: unknown, at) => [`[${at}]`, item])
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function nodeOf(path: string, name: string, value: unknown): ManifestNode {
  const length = entriesOf(value).length
  const base = { path, name, value, hasChildren: length > 0 }
  if (Array.isArray(value))
    return { ...base, kind: 'list', text: `${length} ${length === 1 ? 'item' : 'items'}` }
  if (value === null) return { ...base, kind: 'null', text: 'null' }
  if (typeof value === 'string') return { ...base, kind: 'text', text: value }
  if (typeof value === 'number') return { ...base, kind: 'number', text: String(value) }
  if (typeof value === 'boolean') return { ...base, kind: 'boolean', text: String(value) }
  return { ...base, kind: 'object', text: `${length} ${length === 1 ? 'field' : 'fields'}` }
}

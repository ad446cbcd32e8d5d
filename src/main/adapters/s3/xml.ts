import { S3Nonsense } from './failure.ts'

export interface XmlElement {
  readonly name: string
  /** The text directly inside, entities resolved, otherwise untouched (carriage returns included). */
  readonly text: string
  readonly children: readonly XmlElement[]
}

/** An element whose end has not been seen. */
interface Open {
  readonly name: string
  text: string
  readonly children: XmlElement[]
}

const maxDepth = 16
/** A full page has about 10 000. */
const maxElements = 100_000
const slash = 0x2f
const question = 0x3f
const exclamation = 0x21
const none: readonly XmlElement[] = []
const named: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
)

/**
 * The small part of XML that S3 answers use: elements and text; attributes are skipped, a document type is refused.
 * Time and memory are bounded by the length of the text. Throws `S3Nonsense`.
 *
 * The SDK's own reader is not used for listings: it takes a page ten times as long, recurses as deep as the answer
 * says, and turns a carriage return in a key into a line feed.
 */
export function parseXml(text: string): XmlElement {
  const top: Open = { name: '', text: '', children: [] }
  const open: Open[] = [top]
  let current = top
  let elements = 0
  let at = 0
  while (at < text.length) {
    const tag = text.indexOf('<', at)
    if (tag !== at) current.text += resolveEntities(text.slice(at, tag === -1 ? undefined : tag))
    if (tag === -1) break
    const mark = text.charCodeAt(tag + 1)
    if (mark === slash) {
      at = after(text, '>', tag)
      const parent = open.at(-2)
      if (parent === undefined || text.slice(tag + 2, at - 1).trimEnd() !== current.name) {
        throw new S3Nonsense('tags that do not match')
      }
      parent.children.push(current)
      open.pop()
      current = parent
    } else if (mark === question) {
      at = after(text, '?>', tag)
    } else if (mark === exclamation) {
      if (text.startsWith('<!--', tag)) {
        at = after(text, '-->', tag)
      } else if (text.startsWith('<![CDATA[', tag)) {
        at = after(text, ']]>', tag)
        current.text += text.slice(tag + 9, at - 3)
      } else {
        throw new S3Nonsense('a document type')
      }
    } else {
      at = after(text, '>', tag)
      const name = nameIn(text, tag + 1, at - 1)
      if (name === '' || ++elements > maxElements) throw new S3Nonsense('too many elements, or no names')
      const next = text.indexOf('<', at)
      const end = next + 3 + name.length
      if (text.charCodeAt(at - 2) === slash) {
        current.children.push({ name, text: '', children: none })
      } else if (text.charCodeAt(next + 1) === slash && text.slice(next + 2, end) === `${name}>`) {
        // Most elements hold only text.
        current.children.push({ name, text: resolveEntities(text.slice(at, next)), children: none })
        at = end
      } else {
        if (open.length > maxDepth) throw new S3Nonsense('elements nested too deep')
        current = { name, text: '', children: [] }
        open.push(current)
      }
    }
  }
  const [root, ...others] = top.children
  if (current !== top || root === undefined || others.length > 0 || top.text.trim() !== '') {
    throw new S3Nonsense('no XML document')
  }
  return root
}

/** The text of the first child of this name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text
}

/** The name at the beginning of a tag; `to` is where the tag ends. */
function nameIn(text: string, from: number, to: number): string {
  const tag = text.slice(from, to)
  return /^[A-Za-z0-9]+$/.test(tag) ? tag : tag.split(/[\s/]/, 1).join()
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from)
  if (found === -1) throw new S3Nonsense('XML that ends early')
  return found + mark.length
}

function resolveEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z][a-z0-9]{0,30}));/gi,
    (_all, hex, decimal, name) => {
      if (name !== undefined) {
        const known = named.get(String(name))
        if (known === undefined) throw new S3Nonsense('an unknown entity')
        return known
      }
      const point = hex === undefined ? Number(decimal) : Number.parseInt(String(hex), 16)
      if (point > 0x10ffff) throw new S3Nonsense('a character that does not exist')
      return String.fromCodePoint(point)
    },
  )
}

import { isJsonObject } from '../../shared/domain/strict-json.ts'
import type { AuditAnchor } from '../ports/audit-anchor.ts'
import type { AuditLog } from '../ports/audit-log.ts'

export interface Compared {
  readonly anchors: number
  /** Anchors that somebody has written or deleted over. */
  readonly covered: number
  /** The newest that fits. */
  readonly last: { readonly seq: number; readonly at: string } | null
  readonly broken: { readonly seq: number; readonly reason: string } | null
}

/** Holds a chain that is whole by itself against all of its anchors, each entry read once and none kept. */
export async function compareAnchors(
  log: Pick<AuditLog, 'export'>,
  anchor: AuditAnchor,
  signal?: AbortSignal,
): Promise<Compared> {
  const hashes = hashesOf(log.export(signal))
  let at = 0
  let anchors = 0
  let covered = 0
  let last: Compared['last'] = null
  try {
    for await (const anchored of anchor.list(signal)) {
      anchors += 1
      if (anchored.isCovered) covered += 1
      let hash: string | null = null
      while (at < anchored.seq) {
        const next = await hashes.next()
        if (next.done === true) break
        at += 1
        hash = at === anchored.seq ? next.value() : null
      }
      const fits =
        last === null
          ? 'No anchor before it fits.'
          : `The last anchor that fits is that of entry ${last.seq}.`
      if (hash === null) {
        const reason = `Entry ${anchored.seq} was anchored at ${anchored.at}, and the chain ends at ${at}. ${fits}`
        return { anchors, covered, last, broken: { seq: at + 1, reason } }
      }
      if (!(await anchored.holds(hash, signal))) {
        const reason = `It is not the entry that was anchored at ${anchored.at}: the chain was written anew, or another one is anchored there. ${fits}`
        return { anchors, covered, last, broken: { seq: anchored.seq, reason } }
      }
      last = { seq: anchored.seq, at: anchored.at }
    }
    return { anchors, covered, last, broken: null }
  } finally {
    await hashes.return(undefined)
  }
}

/** The hash of each entry in order, read out of its line only where it is asked for. */
async function* hashesOf(pieces: AsyncIterable<string>): AsyncGenerator<() => string, void> {
  let rest = ''
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield () => hashOf(line)
  }
}

function hashOf(line: string): string {
  const entry: unknown = JSON.parse(line)
  return isJsonObject(entry) && typeof entry['hash'] === 'string' ? entry['hash'] : ''
}

import { isHoldfastError, type ErrorCode } from '../../../shared/domain/error.ts'
import type { Session } from '../../ports/cluster-driver.ts'
import type { ObjectInfo, ObjectStore } from '../../ports/object-store.ts'

/** What one kind of request to a repository came to: rights are given by verb, so each is tried by itself. */
export interface VerbAnswer {
  readonly verb: 'open' | 'list' | 'head' | 'read'
  /** Null: it works. */
  readonly code: ErrorCode | null
  /** What was answered, and the likely cause. */
  readonly sentence: string
  readonly next: string | null
}

const firstBytes = 1024

/** One listing of one object, its head, and its first bytes, with the credentials that are saved here. Changes nothing. */
export async function tryVerbs(
  session: Pick<Session, 'repository' | 'signal'>,
): Promise<readonly VerbAnswer[]> {
  const answers: VerbAnswer[] = []
  async function attempt<T>(
    verb: VerbAnswer['verb'],
    work: () => Promise<T>,
    words: (result: T) => string,
  ): Promise<T | null> {
    try {
      const result = await work()
      answers.push({ verb, code: null, sentence: words(result), next: null })
      return result
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'cancelled') throw error
      const { what, why, next = null } = error.text
      answers.push({ verb, code: error.code, sentence: why === undefined ? what : `${what} ${why}`, next })
      return null
    }
  }
  const store = await attempt(
    'open',
    async () => session.repository('read'),
    () => 'The credentials are there.',
  )
  if (store === null) return answers
  const { signal } = session
  const first = await attempt(
    'list',
    async () => ({ object: await firstObject(store, signal) }),
    ({ object }) => (object === null ? 'It may be listed, and is empty.' : 'It may be listed.'),
  )
  const object = first?.object ?? null
  if (object === null) return answers
  await attempt(
    'head',
    async () => store.head(object.key, { signal }),
    () => 'An object may be asked for.',
  )
  await attempt(
    'read',
    async () => firstPiece(store, object, signal),
    () => 'An object may be read.',
  )
  return answers
}

async function firstObject(store: ObjectStore, signal: AbortSignal): Promise<ObjectInfo | null> {
  for await (const entry of store.list({ signal })) if (entry.kind === 'object') return entry
  return null
}

async function firstPiece(store: ObjectStore, { key }: ObjectInfo, signal: AbortSignal): Promise<void> {
  const { pieces } = await store.get(key, { range: { startByte: 0, endByte: firstBytes - 1 }, signal })
  // To the end: a connection that is cut on the way says so only there.
  for await (const _ of pieces) continue
}

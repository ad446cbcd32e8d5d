import fc from 'fast-check'
import { readSmall } from '../../src/main/engine/transfer/read-small.ts'
import type { ObjectStore } from '../../src/main/ports/object-store.ts'
import { memoryStore } from '../fakes/memory-store.ts'

/** A repository as bytes by key. */
export type Objects = Map<string, Uint8Array>

/** A place among so many. */
export type Pick = (among: number) => number

/** One thing that somebody who can write to a repository, or a disk, does to it. */
export type Harm = (objects: Objects, pick: Pick) => void

export const keysOf = (objects: Objects): readonly string[] => [...objects.keys()]

export function chosen<T>(among: readonly T[], pick: Pick): T {
  const one = among[pick(among.length)]
  if (one === undefined) throw new Error('There is nothing to choose from.')
  return one
}

/** Whatever the objects are: one is gone, in another's place, cut, longer, or has a bit turned. */
export const harmsToBytes: readonly Harm[] = [
  (objects, pick) => void objects.delete(chosen(keysOf(objects), pick)),
  (objects, pick) => {
    const [a, b] = [chosen(keysOf(objects), pick), chosen(keysOf(objects), pick)]
    const bytes = objects.get(a)
    objects.set(a, objects.get(b) ?? new Uint8Array())
    if (bytes !== undefined) objects.set(b, bytes)
  },
  (objects, pick) => {
    const [a, b] = [chosen(keysOf(objects), pick), chosen(keysOf(objects), pick)]
    objects.set(a, objects.get(b) ?? new Uint8Array())
  },
  (objects, pick) => {
    const key = chosen(keysOf(objects), pick)
    const bytes = objects.get(key) ?? new Uint8Array()
    objects.set(key, bytes.subarray(0, pick(bytes.byteLength + 1)))
  },
  (objects, pick) => {
    const key = chosen(keysOf(objects), pick)
    const more = Buffer.alloc(1 + pick(20), pick(256))
    objects.set(key, Buffer.concat([objects.get(key) ?? new Uint8Array(), more]))
  },
  (objects, pick) => {
    const key = chosen(keysOf(objects), pick)
    const bytes = Uint8Array.from(objects.get(key) ?? [])
    const at = pick(Math.max(1, bytes.byteLength))
    bytes[at] = (bytes[at] ?? 0) ^ (1 << pick(8))
    objects.set(key, bytes)
  },
]

/** One to three harms with what they choose. */
export function harming(harms: readonly Harm[]) {
  const choices = fc.array(fc.nat(), { minLength: 12, maxLength: 12 })
  return fc.array(fc.record({ harm: fc.constantFrom(...harms), choices }), { minLength: 1, maxLength: 3 })
}

export function harmed(
  healthy: Objects,
  what: readonly { readonly harm: Harm; readonly choices: readonly number[] }[],
): Objects {
  const objects: Objects = new Map(healthy)
  for (const { harm, choices } of what) {
    let next = 0
    try {
      harm(objects, (among) => (choices[next++ % choices.length] ?? 0) % among)
    } catch {
      // What an earlier harm has left of a manifest cannot be harmed further.
    }
  }
  return objects
}

export async function objectsOf(store: ObjectStore): Promise<Objects> {
  const objects: Objects = new Map()
  for await (const entry of store.list())
    if (entry.kind === 'object') objects.set(entry.key, await readSmall(store, entry.key, 1e7))
  return objects
}

export async function storeOf(objects: Objects): Promise<ObjectStore> {
  const store = memoryStore()
  for (const [key, bytes] of objects) await store.put(key, bytes)
  return store
}

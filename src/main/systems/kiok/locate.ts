import type { ObjectInfo } from '../../ports/object-store.ts'
import { withColons } from './colons.ts'
import type { Folders } from './inventory.ts'
import type { StoreEntry } from './manifest.ts'

/** Where a store's bytes are, as far as a listing tells. */
export type Place =
  | { readonly kind: 'found'; readonly object: string; readonly info: ObjectInfo }
  /** Nothing at all lies in the holder's folder. */
  | { readonly kind: 'holderMissing'; readonly object: string }
  /** The holder's folder is there, the object in it is not (or is a folder). */
  | { readonly kind: 'objectMissing'; readonly object: string }

/** A manifest that names no object leaves it to these endings, in this order. */
const usualEndings = ['.enc', '.bin', '']

export function locate(entry: StoreEntry, folders: Folders): Place {
  const names = lookUp(folders, entry.holder)
  const candidates =
    entry.object === null ? usualEndings.map((ending) => `${entry.store}${ending}`) : [entry.object]
  const object =
    candidates.find((name) => names !== undefined && lookUp(names, name) !== undefined) ??
    candidates[0] ??
    entry.store
  const info = names === undefined ? undefined : lookUp(names, object)
  if (info !== undefined) return { kind: 'found', object, info }
  return { kind: names === undefined ? 'holderMissing' : 'objectMissing', object }
}

function lookUp<T>(names: ReadonlyMap<string, T>, name: string): T | undefined {
  return names.get(name) ?? names.get(withColons(name))
}

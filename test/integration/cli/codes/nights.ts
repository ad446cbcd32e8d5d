import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  entryFor,
  kiokNames,
  plainOf,
  seal,
  writeInto,
  writeKiok,
  type Fields,
  type Sealed,
  type Sealing,
  type WrittenKiok,
} from '../../../lab/another-hand.ts'
import { bad, type Said } from './row.ts'

export const older = '20261118T020000Z-aaaaaaaa'
export const newer = '20261119T020000Z-bbbbbbbb'

/** The night before, with all stores; the night, with `kms` of its own or what is said; and its manifest as it is changed. */
export function nights(
  edit: (stores: { [name: string]: Fields }, before: WrittenKiok) => void = () => {},
  how: Parameters<typeof writeKiok>[2] = {},
  manifest: Fields = {},
): (folder: string) => void {
  return (folder) => {
    const before = writeKiok(folder, older)
    const copies = Object.fromEntries(
      Object.entries(before.stores).filter(([name]) => !(how.holds ?? ['kms']).includes(name)),
    )
    const night = writeKiok(folder, newer, { holds: ['kms'], copies, ...how })
    edit(night.stores, before)
    writeKiok(folder, newer, { ...how, holds: [], copies: night.stores, manifest })
  }
}

/** The night's own `kms` is these bytes, and the manifest agrees with them. */
export function kmsIs(bytes: Buffer): (folder: string) => void {
  return nights(undefined, { objects: { kms: bytes } })
}

export const kmsPlain = plainOf('kms', newer)
export const large = Buffer.alloc(3 * 65_536 + 10, 5)

export function kmsSealed(how: Sealing = {}) {
  return seal(kmsPlain, 'kms', newer, how)
}

/** A sealed `kms` of four segments; what stands there is made of its parts. */
export function kmsOfSegments(
  make: (sealed: Sealed) => readonly Buffer[],
  how: Sealing = {},
): (folder: string) => void {
  const sealed = seal(large, 'kms', newer, how)
  const stored = Buffer.concat(make(sealed))
  return nights(
    (stores) => {
      stores['kms'] = { ...entryFor(large, stored, newer, 'kms.enc'), size: null }
    },
    { objects: { kms: stored } },
  )
}

export function rawManifest(text: string | Buffer): (folder: string) => void {
  return (folder) => {
    nights()(folder)
    writeInto(folder, `${newer}/manifest.json`, text)
  }
}

/** The night's manifest, its text changed. */
export function manifestText(
  change: (text: string) => string | Buffer,
  write = nights(),
): (folder: string) => void {
  return (folder) => {
    write(folder)
    const text = readFileSync(join(folder, newer, 'manifest.json'), 'utf8')
    writeInto(folder, `${newer}/manifest.json`, change(text))
  }
}

export const unreadable = { ...bad, findings: ['manifest.unreadable E'] }
export const kms = (text: string): Said => ({ ...bad, stores: { kms: text } })
export const every = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(kiokNames.map((name) => [name, text]))

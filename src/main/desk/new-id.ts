import type { Random } from '../ports/random.ts'

/** An id for a new record: readable where the name allows it, never one that is taken. */
export function newId(name: string, taken: readonly { readonly id: string }[], random: Random): string {
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const isFree = (id: string): boolean => !taken.some((record) => record.id === id)
  if (readable !== '' && isFree(readable)) return readable
  const suffix = Buffer.from(random.bytes(4)).toString('hex')
  return readable === '' ? `c-${suffix}` : `${readable}-${suffix}`
}

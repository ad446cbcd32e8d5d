import type { ReactNode } from 'react'

/** One line of the palette. */
export interface PaletteItem {
  readonly id: string
  readonly icon: ReactNode
  readonly name: string
  readonly note?: string | undefined
  readonly keys?: string
  /** Further words that find it. */
  readonly also?: string | undefined
  readonly run: () => void
}

export interface PaletteGroup {
  readonly name: string
  readonly items: readonly PaletteItem[]
}

const shownOfGroup = 7

export const backupItemId = (clusterId: string, backupId: string): string => `backup ${clusterId} ${backupId}`
export const objectItemId = (clusterId: string, key: string): string => `object ${clusterId} ${key}`

/** Of a large fleet so many offer their actions at once: more than are shown, and few enough to be made at each letter. */
const mostMeant = 20

/** The clusters that the query most likely means: those that it names, then the others as they come. */
export function meantClusters<T extends { readonly name: string }>(
  clusters: readonly T[],
  query: string,
): readonly T[] {
  const words = wordsOf(query)
  const rankOf = ({ name }: T): number => {
    const text = name.toLowerCase()
    if (words.includes(text)) return 0
    if (words.some((word) => text.startsWith(word))) return 1
    return words.some((word) => text.includes(word)) ? 2 : 3
  }
  return clusters.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, mostMeant)
}

/**
 * What each word of the query is found in, and nothing twice. What begins with the query comes first, and its group before the
 * others: who types the beginning of a name means it, wherever else these letters are found.
 */
export function matching(groups: readonly PaletteGroup[], query: string): readonly PaletteGroup[] {
  const words = wordsOf(query)
  const begins = words.join(' ')
  const shown = new Set<string>()
  return groups
    .map(({ name, items }) => ({
      name,
      items: items
        .filter((item) => words.every((word) => textOf(item).includes(word)))
        .sort((a, b) => rank(a, words) - rank(b, words))
        .filter(({ id }) => !shown.has(id) && shown.add(id))
        .slice(0, shownOfGroup),
    }))
    .filter(({ items }) => items.length > 0)
    .sort((a, b) => Number(isMeant(b, begins)) - Number(isMeant(a, begins)))
}

function wordsOf(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

function textOf({ name, note = '', also = '' }: PaletteItem): string {
  return `${name} ${note} ${also}`.toLowerCase().replaceAll('\u00a0', ' ')
}

function isMeant({ items }: PaletteGroup, begins: string): boolean {
  return begins !== '' && items.some(({ name }) => name.toLowerCase().startsWith(begins))
}

function rank({ name }: PaletteItem, words: readonly string[]): number {
  const text = name.toLowerCase()
  if (text.startsWith(words.join(' '))) return 0
  return text.startsWith(words[0] ?? '') ? 1 : 2
}

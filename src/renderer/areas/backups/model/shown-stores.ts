import type { StoreRow } from '../../../../shared/contract/backups.ts'

/** More rows are read by nobody, and drawing them stops the window. */
export const mostStores = 200

/** The stores that a pane draws: all of them, or as many as can be read, those with a finding or without their object first. */
export function shownStores(stores: readonly StoreRow[]): readonly StoreRow[] {
  if (stores.length <= mostStores) return stores
  const isNews = ({ findings, state }: StoreRow): boolean =>
    findings.length > 0 || state === 'damaged' || state === 'missing'
  return [...stores.filter(isNews), ...stores.filter((store) => !isNews(store))].slice(0, mostStores)
}

import { asked } from './asked.ts'

/** A snapshot is asked for at many places, by the id of its cluster; one dialog answers for all. */
const snapshot = asked<string | null>(null)
export const askSnapshot = snapshot.ask
export const useSnapshotAsked = snapshot.useAsked

import type { DrillCost } from '../../../../shared/contract/drills.ts'

/** Where a drill restores, as it is typed. */
export interface Place {
  readonly folder: string
  readonly host: string
  /** The cluster's name, where the host serves it. */
  readonly typed: string
}

export const usualPlace: Place = { folder: '', host: '', typed: '' }

/** On a host somebody has to name the folder; whether the name is the right one, and needed, is for the desk to say. */
export function isWhole({ folder }: Place, { onHost }: Pick<DrillCost, 'onHost'>): boolean {
  return onHost === null || folder.trim() !== ''
}

export function sentOf({ folder, host, typed }: Place): {
  readonly folder?: string
  readonly host?: string
  readonly confirm?: string
} {
  return {
    ...(folder.trim() !== '' && { folder: folder.trim() }),
    ...(host.trim() !== '' && { host: host.trim() }),
    ...(typed !== '' && { confirm: typed }),
  }
}

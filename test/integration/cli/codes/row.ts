import type { VerifiableLevel } from '../../../../src/shared/domain/level.ts'

/** What one run of the command says, as short as it can be compared whole. */
export interface Said {
  readonly status: number | null
  readonly verdict: string | undefined
  /** `code E` or `code W`: of the backup itself. */
  readonly findings: readonly string[]
  /** Level reached and codes, by store; a store that reached the highest level without a finding is left out. */
  readonly stores: Readonly<Record<string, string>>
}

/** A repository, and what a verification of it says. */
export interface Row {
  readonly name: string
  readonly system: 'kiok' | 'chango' | 'kiseki'
  readonly write: (folder: string) => void
  readonly said: Said
  /** Between a first run and the one that is looked at. */
  readonly meanwhile?: (folder: string) => void
  readonly level?: VerifiableLevel
  /** Null: none is given. */
  readonly key?: string | null
  /** Left out: the newest backup is looked at. */
  readonly backup?: string
}

export function row(
  name: string,
  system: Row['system'],
  write: Row['write'],
  said: Said,
  more: Partial<Row> = {},
): Row {
  return { name, system, write, said, ...more }
}

export const sound: Said = { status: 0, verdict: 'good', findings: [], stores: {} }
export const bad: Said = { ...sound, status: 1, verdict: 'bad' }

export function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
  return copy
}

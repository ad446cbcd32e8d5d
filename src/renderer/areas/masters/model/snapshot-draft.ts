import type { SnapshotWay } from '../../../../shared/contract/masters.ts'
import { commandLine, withNames } from '../../../../shared/domain/command-line.ts'

/** What is offered first: a way that stops nothing and makes something. */
export function usualWay(ways: readonly SnapshotWay[]): SnapshotWay | null {
  return ways.find(({ stops, makesNothing }) => !stops && !makesNothing) ?? ways[0] ?? null
}

interface Confirmed {
  readonly name: string
  readonly typed: string
  readonly reason: string
  readonly isProtected: boolean
}

/** True once it may be begun: what stops nothing needs no ceremony. */
export function mayBegin(way: SnapshotWay, { name, typed, reason, isProtected }: Confirmed): boolean {
  return !way.stops || (typed === name && (!isProtected || reason.trim() !== ''))
}

/** The same on the command line. */
export function snapshotCommand(name: string, way: SnapshotWay, isProtected: boolean): string {
  const options = [
    '--way',
    way.id,
    ...(way.stops ? ['--confirm', name] : []),
    ...(way.stops && isProtected ? ['--reason', 'REASON'] : []),
  ]
  return commandLine(['holdfast', 'snapshot', ...withNames([name], options)])
}

/** Something that is measured in every round; `run` is null where it is not installed here. */
export interface Contestant<T extends Timed> {
  readonly name: string
  readonly run: (() => Promise<T>) | null
}

export interface Timed {
  readonly seconds: number
}

export interface Standing<T extends Timed> {
  readonly name: string
  /** One a round; empty for what is not installed. */
  readonly runs: readonly T[]
}

/**
 * Runs all contestants one after the other, round after round, so that what else the machine does in the meantime
 * meets all of them alike.
 */
export async function inRounds<K extends string>(
  rounds: number,
  contestants: Readonly<Record<K, Contestant<Timed>>>,
): Promise<Readonly<Record<K, Standing<Timed>>>> {
  const names = Object.keys(contestants) as K[]
  const runs = new Map<K, Timed[]>(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) {
      const { run } = contestants[name]
      if (run !== null) runs.get(name)?.push(await run())
    }
  }
  const standings = names.map((name) => [name, { name: contestants[name].name, runs: runs.get(name) ?? [] }])
  return Object.fromEntries(standings) as Record<K, Standing<Timed>>
}

/** The middle of the rounds' ratios of time, so above 1 where `own` is faster; null where there is nothing beside it. */
export function timesFaster(own: Standing<Timed>, other: Standing<Timed>): number | null {
  const ratios = other.runs.flatMap(({ seconds }, round) => {
    const ownSeconds = own.runs[round]?.seconds
    return ownSeconds === undefined ? [] : [seconds / ownSeconds]
  })
  return ratios.length === 0 ? null : median(ratios)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
  return (upper + lower) / 2
}

import type { Place, RestoreTarget, TargetSurvey } from '../../ports/restore-target.ts'
import { factsOf, type ItemFacts } from './item-facts.ts'
import type { View } from './swap.ts'

export type Surveyed = View & { readonly survey: TargetSurvey }

/** What stands in the target, and in the staging folder of one run, now. */
export async function lookAtTarget(target: RestoreTarget, run: string | null): Promise<Surveyed> {
  const survey = await target.survey()
  const staged = run === null ? [] : await target.listStaging()
  const entries = staged.find((each) => each.run === run)?.entries ?? []
  return {
    survey,
    target: new Map(survey.entries.map((entry) => [entry.name, entry])),
    staging: new Map(entries.map((entry) => [entry.name, entry])),
  }
}

/** Reads a place anew. Null for what no restore makes, or nothing. */
export async function factsAt(
  target: RestoreTarget,
  place: Place,
  options: {
    readonly signal?: AbortSignal | undefined
    readonly onBytes?: ((bytes: number) => void) | undefined
  } = {},
): Promise<ItemFacts | null> {
  return factsOf(await target.hash(place, options))
}

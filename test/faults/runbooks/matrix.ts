import { mapInParallel } from '../../../src/shared/domain/parallel.ts'
import type { RunbookFault, RunbookOutcome } from './faults.ts'
import type { RunbookScene } from './lab.ts'
import { expectedRunbookRows } from './table.ts'
import { tryRunbook, undisturbed, type Baseline } from './try-runbook.ts'

export interface RunbookMatrix {
  readonly scenes: readonly RunbookScene[]
  readonly isWanted: (fault: RunbookFault) => boolean
  /** A reboot takes a run of its own for each action: of each `everyReboot`-th one. */
  readonly everyReboot: number
  readonly tell: (outcome: RunbookOutcome) => void
  /** Of what cannot be had here. */
  readonly skip: (scene: string, why: string) => void
  /** Of a try that came to no outcome; the others go on. */
  readonly fail: (scene: string, error: unknown) => void
}

/** Each fault at each action of each runbook; in one run where the run can go on after it. All runbooks at a time: mostly they wait. */
export async function tryRunbooks(matrix: RunbookMatrix): Promise<readonly RunbookOutcome[]> {
  const all = await mapInParallel(matrix.scenes, matrix.scenes.length, async (scene) =>
    tryScene(scene, matrix),
  )
  return all.flat()
}

const mostRuns = 3

async function tryScene(scene: RunbookScene, matrix: RunbookMatrix): Promise<readonly RunbookOutcome[]> {
  const outcomes: RunbookOutcome[] = []
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => matrix.fail(`${scene.name}, ${what}`, error))
  await attempt('undisturbed', async () => {
    const baseline = await undisturbed(scene)
    if ('skip' in baseline) return matrix.skip(scene.name, baseline.skip)
    for (const each of triesOf(baseline, matrix.everyReboot)) {
      const row = expectedRunbookRows.find(
        ({ runbook, fault }) => runbook === scene.name && fault === each.fault,
      )
      if (row?.notBecause !== null || !matrix.isWanted(each.fault)) continue
      await attempt(each.fault, async () => {
        for await (const outcome of outcomesOf(scene, baseline, each)) {
          outcomes.push(outcome)
          matrix.tell(outcome)
        }
      })
    }
  })
  return outcomes
}

/** A run that cannot go on has not come to its later actions: they meet the fault in another one. */
async function* outcomesOf(
  scene: RunbookScene,
  baseline: Baseline,
  { fault, wants, cutAt }: Try,
): AsyncGenerator<RunbookOutcome, void> {
  const struck = new Set<string>()
  for (let run = 0; run < mostRuns; run += 1) {
    const outcome = await tryRunbook(scene, fault, baseline, {
      wants: (step) => wants(step) && !struck.has(step),
      ...(cutAt !== undefined && { cutAt }),
    })
    if (outcome === null) return
    yield outcome
    if (outcome.stuckAt === null) return
    for (const { step } of outcome.struck) struck.add(step)
  }
}

interface Try {
  readonly fault: RunbookFault
  readonly wants: (step: string) => boolean
  readonly cutAt?: ReadonlyMap<string, number>
}

function triesOf({ actions, commands }: Baseline, everyReboot: number): readonly Try[] {
  const all = (): boolean => true
  const lasts = [...commands].filter(([, count]) => count > 1)
  return [
    { fault: 'desktop killed before', wants: all },
    { fault: 'desktop killed after', wants: all },
    { fault: 'SSH cut', wants: all, cutAt: new Map([...commands.keys()].map((step) => [step, 1])) },
    ...(lasts.length === 0 ? [] : [{ fault: 'SSH cut' as const, wants: all, cutAt: new Map(lasts) }]),
    { fault: 'disk full', wants: all },
    { fault: 'S3 cut', wants: all },
    { fault: 'second operator', wants: all },
    ...actions
      .filter((_, place) => place % everyReboot === 0)
      .map((action): Try => ({ fault: 'host rebooted', wants: (step) => step === action })),
  ]
}

import { mapInParallel } from '../../../src/main/engine/parallel.ts'
import type { RunbookFault, RunbookOutcome } from './faults.ts'
import type { RunbookScene } from './lab.ts'
import { expectedRunbookRows } from './table.ts'
import { tryRunbook, undisturbed, type Baseline } from './try-runbook.ts'

export interface RunbookMatrix {
  readonly scenes: readonly RunbookScene[]
  /** A reboot takes a run of its own for each action: of each `everyReboot`-th one. */
  readonly everyReboot: number
  readonly tell: (outcome: RunbookOutcome) => void
  /** Of what cannot be had here. */
  readonly skip: (scene: string, why: string) => void
}

/** Each fault at each action of each runbook; in one run where the run can go on after it. Two runbooks at a time. */
export async function tryRunbooks(matrix: RunbookMatrix): Promise<readonly RunbookOutcome[]> {
  const all = await mapInParallel(matrix.scenes, 2, async (scene) => tryScene(scene, matrix))
  return all.flat()
}

async function tryScene(
  scene: RunbookScene,
  { everyReboot, tell, skip }: RunbookMatrix,
): Promise<readonly RunbookOutcome[]> {
  const outcomes: RunbookOutcome[] = []
  const baseline = await undisturbed(scene)
  if ('skip' in baseline) {
    skip(scene.name, baseline.skip)
    return []
  }
  for (const { fault, ...of } of triesOf(baseline, everyReboot)) {
    if (!expectedRunbookRows.some((row) => row.runbook === scene.name && row.fault === fault)) continue
    const outcome = await tryRunbook(scene, fault, baseline, of)
    if (outcome === null) continue
    outcomes.push(outcome)
    tell(outcome)
  }
  return outcomes
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

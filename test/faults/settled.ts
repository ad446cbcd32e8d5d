import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isHoldfastError } from '../../src/shared/domain/error.ts'
import { shellHost } from '../lab/shell-host.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { openTarget } from '../unit/main/engine/restore/fixture.ts'
import { endOf, onThisMachine, recovered, type Scene } from './job.ts'
import { readNames } from './locks.ts'
import type { Outcome } from './table.ts'

export interface Trial {
  readonly scene: Scene
  readonly above: string
}

/** Ends what a job has come to, on the host and over the connection in turns, and says what stands. */
export async function settled(
  { scene }: Pick<Trial, 'scene'>,
  dir: string,
  error: unknown,
  facts: Pick<Outcome, 'fault' | 'place' | 'step'>,
  turn: number,
): Promise<Outcome> {
  const before = endOf(scene, dir)
  const isEnded = readNames(dir).includes('.holdfast') ? endsIn(dir) : true
  await recovered(async () => (turn % 2 === 0 ? openTarget(dir) : targetOn(shellHost(), dir)))
  const end = endOf(scene, dir)
  const staging = await onThisMachine(dir, async (target) => target.listStaging())
  if (staging.length > 0) throw new Error('Something was left in staging.')
  rmSync(dir, { recursive: true })
  const said = error === null ? 'none' : isHoldfastError(error) ? error.code : 'internal'
  if (said === 'internal') console.error(error)
  return { ...facts, end, by: before === end && isEnded ? 'itself' : 'next', said }
}

/** True where the last run in the journal has its end. */
function endsIn(dir: string): boolean {
  let text = ''
  try {
    text = readFileSync(join(dir, '.holdfast/journal'), 'utf8')
  } catch {
    return true
  }
  return text === '' || /"kind":"(done|undone)"[^\n]*\n$/.test(text)
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDeskState } from '../../../../../src/main/adapters/saved-state/open-desk-state.ts'
import { systemClock } from '../../../../../src/main/adapters/system/clock.ts'
import type { DeskState } from '../../../../../src/main/ports/desk-state.ts'

export interface Scratch extends Disposable {
  /** Not there yet. */
  readonly folder: string
  file(...names: readonly string[]): string
  open(maxVerificationBytes?: number): Promise<DeskState>
}

export function scratch(): Scratch {
  const above = mkdtempSync(join(tmpdir(), 'holdfast-state-'))
  const folder = join(above, 'state')
  return {
    folder,
    file: (...names) => join(folder, ...names),
    open: async (maxVerificationBytes) =>
      openDeskState(folder, {
        clock: systemClock,
        ...(maxVerificationBytes !== undefined && { maxVerificationBytes }),
      }),
    [Symbol.dispose]: () => rmSync(above, { recursive: true }),
  }
}

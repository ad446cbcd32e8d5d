import type { RestoreTarget } from '../../src/main/ports/restore-target.ts'
import { shellHost } from '../lab/shell-host.ts'
import { reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import type { Sshd } from '../lab/sshd.ts'
import { openTarget } from '../unit/main/engine/restore/fixture.ts'
import type { Place } from './table.ts'

/** A folder as a target, from a place. `server`: for a place that has to log in. */
export async function reach(place: Place, dir: string, server: Sshd | null): Promise<RestoreTarget> {
  switch (place) {
    case 'on this machine':
      return openTarget(dir)
    case 'over SSH':
      return targetOn(shellHost(), dir)
    case 'over a real sshd':
      if (server === null) throw new Error('there is no sshd here')
      return targetOn(await reachHost(server), dir)
  }
}

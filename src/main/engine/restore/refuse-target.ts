import { HoldfastError } from '../../../shared/domain/error.ts'
import type { RestorePlan } from '../../../shared/domain/restore-plan.ts'
import type { TargetEntry } from '../../ports/restore-target.ts'
import type { TargetState } from './inspect-target.ts'

/**
 * What a restore would replace, or `target.refused`: something there cannot be moved aside as it stands, or is in use.
 */
export function refuseTarget(
  state: Pick<TargetState, 'dir' | 'standing' | 'usedBy'>,
): RestorePlan['replaces'] {
  const replaces = state.standing.map((entry) => {
    const { name, kind, holdsMount } = entry
    if (kind !== 'file' && kind !== 'folder') {
      throw refused(
        state.dir,
        entry,
        kind === 'link' ? 'It is a link.' : 'It is neither a file nor a folder.',
      )
    }
    if (holdsMount) throw refused(state.dir, entry, 'A file system is mounted on it or below it.')
    return { name, kind }
  })
  const [user] = state.usedBy
  if (user === undefined) return replaces
  throw new HoldfastError('target.refused', {
    what: `${state.dir} is in use.`,
    why: `Process ${user.pid} (${user.command}) is using ${user.path}.`,
    unchanged: 'Nothing was changed.',
    next: 'Stop it, and whatever would start it again, then try once more.',
  })
}

function refused(dir: string, { name }: TargetEntry, why: string): HoldfastError {
  return new HoldfastError('target.refused', {
    what: `${dir}/${name} cannot be moved aside.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Choose another target, or set it right by hand.',
  })
}

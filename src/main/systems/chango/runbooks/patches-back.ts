import { renameScript } from '../../../../shared/domain/rename-script.ts'
import { done, knownAs, notYet } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, StepContext } from '../../../ports/runbook.ts'
import { whileStopped } from './master-process.ts'
import { baseOn, rootOn } from './roots.ts'
import type { Site } from './site.ts'

/** The moment in the name of the patches that lie aside with the chosen stores; empty where none do. */
export const patchesAside = 'aside.patches'

const list = `cd -- "$1" 2>/dev/null || exit 0
ls -d -- patches.before-restore-* 2>/dev/null || :`

/**
 * The moments, in milliseconds, at which runs have placed patches apart from the stores (the older version’s). Where both have one
 * folder, the patches of a moment lie among its stores.
 */
export async function patchMoments(site: Site, context: StepContext): Promise<readonly number[]> {
  const folder = patchFolder(site, context)
  if (folder === rootOn(site.first, site, context.known)) return []
  const said = await mustShellOn(site.first, { script: list, args: [folder], asUser: site.user }, context)
  return said
    .split('\n')
    .flatMap((line) => /^patches\.before-restore-(\d+)$/.exec(line)?.[1] ?? [])
    .map(Number)
}

/**
 * Of the restore that set the stores aside at `storesMs`: a run names its patches by its beginning, and the stores by the moment of their
 * swap, so they are the newest from before it and after the restore before that.
 */
export function patchesOf(
  storesMs: number,
  { patches, stores }: { readonly patches: readonly number[]; readonly stores: readonly number[] },
): number | null {
  const before = Math.max(...stores.filter((ms) => ms < storesMs))
  const among = patches.filter((ms) => ms > before && ms <= storesMs)
  return among.length === 0 ? null : Math.max(...among)
}

/** An empty file stands for nothing (placed-patches.ts): it gets the ending as well, so that what is gone back to is nothing again. */
const swap = `${renameScript}cd -- "$1" || exit 1
aside=patches.before-restore-$2 ending=$3
[ -e "$aside" ] || exit 0
if [ -e patches ]; then [ ! -e "patches$ending" ] && rename patches "patches$ending" || exit 1; fi
if [ -f "$aside" ] && [ ! -s "$aside" ]; then rename "$aside" "$aside$ending" || exit 1
else rename "$aside" patches || exit 1; fi
sync -f . 2>/dev/null || :`

/** Where nothing stood, a master that was started meanwhile may have made some: they are kept, under another name. */
const swapAgain = `${renameScript}cd -- "$1" || exit 1
aside=patches.before-restore-$2 ending=$3 undone=$4
if [ -e "$aside$ending" ]; then
if [ -e patches ]; then rename patches "patches$undone" || exit 1; fi
rename "$aside$ending" "$aside" || exit 1
elif [ -e patches ] && [ ! -e "$aside" ]; then rename patches "$aside" || exit 1; fi
if [ -e "patches$ending" ]; then rename "patches$ending" patches || exit 1; fi
sync -f . 2>/dev/null || :`

const look = `cd -- "$1" || exit 1
if [ -e "patches.before-restore-$2" ]; then echo aside; elif [ -e patches ]; then echo there; fi`

/** What the older version’s restore has placed apart from the stores goes back with them. */
export function patchesBack(site: Site): ActionStep {
  const { first, user } = site
  const run = async (script: string, context: StepContext): Promise<string> => {
    const args = [
      patchFolder(site, context),
      knownAs(context.known, patchesAside),
      `.undone-${context.beganMs}`,
      `.undone-${context.session.clock.now()}`,
    ]
    return mustShellOn(first, { script, args, asUser: user }, context)
  }
  const seen = async (context: StepContext) => {
    const folder = patchFolder(site, context)
    const said = (await run(look, context)).trim()
    if (said === 'aside') {
      return notYet(`The patches of before the restore are still aside in ${folder} on ${first.address}.`)
    }
    return done(
      said === 'there'
        ? `The patches of before the restore stand in ${folder} on ${first.address}.`
        : `${first.address} has no patches in ${folder}, as before the restore.`,
    )
  }
  return action({
    id: 'patches-back',
    section: 'restore',
    title: 'Put back the patches from before the restore',
    why: 'They were placed apart from the stores, and belong to one state with them.',
    touches: `patches in the base data folder on ${first.address}.`,
    undo: 'The restored patches are swapped in again.',
    twin: sh`cd BASE/master; mv patches patches.undone-MILLISECONDS; mv patches.before-restore-MILLISECONDS patches`,
    damage: 2,
    // A run that was begun before there was this step has not looked for any.
    notNeeded: (known) =>
      (known.get(patchesAside) ?? '') === '' ? 'No patches were placed apart from the stores then.' : null,
    act: async (context) =>
      whileStopped('master', first, site, context, async () => {
        await run(swap, context)
        return seen(context)
      }),
    look: seen,
    takeBack: async (context) =>
      whileStopped('master', first, site, context, async () => {
        await run(swapAgain, context)
        return done(`The restored patches on ${first.address} are as they were.`)
      }),
  })
}

function patchFolder(site: Site, { known }: Pick<StepContext, 'known'>): string {
  return `${baseOn(site.first, site, known)}/master`
}

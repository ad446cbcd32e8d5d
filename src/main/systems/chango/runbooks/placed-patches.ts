import { renameScript } from '../../../../shared/domain/rename-script.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { asideEnding, lookAside, moveAside, moveBackAside, type Aside } from './asides.ts'
import { dialectFacts, ownToolDoes } from './dialect.ts'
import { whileStopped } from './master-process.ts'
import { baseOn, rootOn } from './roots.ts'
import type { Site } from './site.ts'

/**
 * Documented, and contradicted: the older archive has patches below its data folder, where a master whose base data folder is
 * another one does not look. A rename where the file system allows it; else a copy, made whole before it gets its name.
 *
 * What stood there gets the run's ending first, an empty file where nothing did: it says that this run has begun to place.
 */
const place = `${renameScript}from=$1 to=$2 old=$2$3 copied=$1.copied$3 incoming=$2.incoming
if [ -e "$from" ]; then
mkdir -p -- "\${to%/*}" || exit 1
if [ ! -e "$old" ]; then
if [ -e "$to" ]; then rename "$to" "$old" || exit 1; else : > "$old" || exit 1; fi
fi
if [ -e "$to" ]; then echo "$to and $from are both there" >&2; exit 1; fi
if ! rename "$from" "$to" 2>/dev/null; then
rm -rf -- "$incoming" && cp -a -- "$from" "$incoming" && sync -f "$incoming" && rename "$from" "$copied" || exit 1
fi
fi
if [ -e "$copied" ] && [ ! -e "$to" ]; then rename "$incoming" "$to" || exit 1; fi
if [ -e "$to" ]; then sync -f "$to" "\${from%/*}"; fi`

const placeBack = `${renameScript}from=$1 to=$2 old=$2$3 copied=$1.copied$3 incoming=$2.incoming undone=$4
[ -e "$old" ] || exit 0
rm -rf -- "$incoming" || exit 1
if [ -e "$copied" ]; then
if [ -e "$to" ]; then rename "$to" "$to$undone" || exit 1; fi
rename "$copied" "$from" || exit 1
elif [ ! -e "$from" ] && [ -e "$to" ]; then rename "$to" "$from" || exit 1
fi
if [ -f "$old" ] && [ ! -s "$old" ]; then rm -f -- "$old"; else rename "$old" "$to" || exit 1; fi
sync -f "\${from%/*}" "\${to%/*}"`

const look = `[ -e "$1" ] && echo from
[ -d "$2" ] && echo to
[ -e "$1.copied$3" ] && [ ! -e "$2" ] && echo between
:`

/** Patches to where the master looks for them, and what an older recipe leaves in the data folder out of the way. */
export function placeParts(site: Site): readonly Step[] {
  const { first } = site
  const manifest = (known: Known): Aside => ({
    host: first,
    root: rootOn(first, site, known),
    names: ['manifest.json'],
  })
  return [
    placePatches(site),
    action({
      id: 'clear-manifest',
      section: 'restore',
      title: 'Move a stray manifest out of the data folder',
      why: 'An archive that was unpacked by hand leaves one there, and it is of another backup now.',
      touches: `manifest.json in the data folder on ${first.address}.`,
      undo: 'It is moved back.',
      twin: sh`mv ${site.data}/manifest.json ${site.data}/manifest.json.before-restore-MILLISECONDS`,
      damage: 0,
      notNeeded: ownToolDoes,
      act: async (context) => moveAside(manifest(context.known), site, context),
      look: async (context) => lookAside(manifest(context.known), site, context),
      takeBack: async (context) => moveBackAside(manifest(context.known), site, context),
    }),
  ]
}

function placePatches(site: Site): ActionStep {
  const { first, user } = site
  const paths = ({ known }: Pick<StepContext, 'known'>) => ({
    from: `${rootOn(first, site, known)}/patches`,
    to: `${baseOn(first, site, known)}/master/patches`,
  })
  return action({
    id: 'place-patches',
    section: 'restore',
    title: 'Move the patches to where the master looks for them',
    why: 'The older version’s archive has them in the data folder; the master looks in its base data folder.',
    touches: `patches in the data folder and master/patches in the base data folder on ${first.address}.`,
    undo: 'They are moved back, and what stood there as well.',
    twin: sh`mv ${site.data}/patches BASE/master/patches`,
    damage: 2,
    notNeeded: (known) =>
      ownToolDoes(known) ??
      (known.get(dialectFacts.dialect) === '2' ? 'They are restored where the master looks for them.' : null),
    act: async (context) =>
      whileStopped('master', first, site, context, async () => {
        const { from, to } = paths(context)
        await mustShellOn(
          first,
          { script: place, args: [from, to, asideEnding(context)], asUser: user, deadlineMs: 600_000 },
          context,
        )
        return placed(site, paths(context), context)
      }),
    look: async (context) => placed(site, paths(context), context),
    takeBack: async (context) =>
      whileStopped('master', first, site, context, async () => {
        const { from, to } = paths(context)
        const undone = `.undone-${context.session.clock.now()}`
        await mustShellOn(
          first,
          { script: placeBack, args: [from, to, asideEnding(context), undone], asUser: user },
          context,
        )
        return done(`The patches on ${first.address} are as they were before.`)
      }),
  })
}

async function placed(
  { first, user }: Site,
  { from, to }: { readonly from: string; readonly to: string },
  context: StepContext,
): Promise<Outcome> {
  const args = [from, to, asideEnding(context)]
  const said = (await mustShellOn(first, { script: look, args, asUser: user }, context)).split('\n')
  if (said.includes('between'))
    return notYet(`The patches are copied beside ${to} on ${first.address}, and have not got their name.`)
  if (said.includes('from')) return notYet(`The patches are in ${from} on ${first.address}.`)
  return said.includes('to')
    ? done(`The patches are in ${to} on ${first.address}.`)
    : done(`The backup has no patches, and ${first.address} has none in ${to}.`)
}

import { renameScript } from '../../../../shared/domain/rename-script.ts'
import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action } from '../../../engine/runbook/steps.ts'
import type { ActionStep, Known, Outcome, Step, StepContext } from '../../../ports/runbook.ts'
import { asideEnding, lookAside, moveAside, moveBackAside, type Aside } from './asides.ts'
import { dialectFacts, ownToolDoes } from './dialect.ts'
import { baseOn, rootOn } from './roots.ts'
import type { Site } from './site.ts'

/**
 * Documented, and contradicted: the older archive has patches below its data folder, where a master whose base data folder is
 * another one does not look. On one file system it is a rename; else a copy, made whole before it gets its name.
 */
const place = `${renameScript}from=$1 to=$2 ending=$3
[ -e "$from" ] || exit 0
mkdir -p -- "\${to%/*}" || exit 1
aside() { if [ -e "$to" ] && [ ! -e "$to$ending" ]; then rename "$to" "$to$ending"; fi; }
if [ "$(stat -c %d -- "$from")" = "$(stat -c %d -- "\${to%/*}")" ]; then
aside && rename "$from" "$to" || exit 1
else
rm -rf -- "$to.incoming" && cp -a -- "$from" "$to.incoming" && sync -f "$to.incoming" || exit 1
aside && rename "$to.incoming" "$to" && rename "$from" "$from.copied$ending" || exit 1
fi
sync -f "$to"`

const placeBack = `${renameScript}from=$1 to=$2 ending=$3 undone=$4
if [ -e "$from.copied$ending" ]; then
if [ -e "$to" ]; then rename "$to" "$to$undone" || exit 1; fi
rename "$from.copied$ending" "$from" || exit 1
elif [ ! -e "$from" ] && [ -e "$to" ]; then rename "$to" "$from" || exit 1
fi
if [ -e "$to$ending" ] && [ ! -e "$to" ]; then rename "$to$ending" "$to" || exit 1; fi
sync -f "\${from%/*}" "\${to%/*}" 2>/dev/null || :`

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
      twin: `mv ${site.data}/manifest.json ${site.data}/manifest.json.before-restore-MILLISECONDS`,
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
    twin: `mv ${site.data}/patches BASE/master/patches`,
    damage: 2,
    notNeeded: (known) =>
      ownToolDoes(known) ??
      (known.get(dialectFacts.dialect) === '2' ? 'They are restored where the master looks for them.' : null),
    act: async (context) => {
      const { from, to } = paths(context)
      await mustShellOn(
        first,
        { script: place, args: [from, to, asideEnding(context)], asUser: user, deadlineMs: 600_000 },
        context,
      )
      return placed(site, paths(context), context)
    },
    look: async (context) => placed(site, paths(context), context),
    takeBack: async (context) => {
      const { from, to } = paths(context)
      const undone = `.undone-${context.session.clock.now()}`
      await mustShellOn(
        first,
        { script: placeBack, args: [from, to, asideEnding(context), undone], asUser: user },
        context,
      )
      return done(`The patches on ${first.address} are as they were before.`)
    },
  })
}

async function placed(
  { first, user }: Site,
  { from, to }: { readonly from: string; readonly to: string },
  context: StepContext,
): Promise<Outcome> {
  const script = `[ -e "$1" ] && echo from; [ -d "$2" ] && echo to; :`
  const said = (await mustShellOn(first, { script, args: [from, to], asUser: user }, context)).split('\n')
  if (said.includes('from')) return notYet(`The patches are in ${from} on ${first.address}.`)
  return said.includes('to')
    ? done(`The patches are in ${to} on ${first.address}.`)
    : done(`The backup has no patches, and ${first.address} has none in ${to}.`)
}

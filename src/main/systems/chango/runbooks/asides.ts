import type { HostAccess } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import type { Outcome, StepContext } from '../../../ports/runbook.ts'
import { renameScript } from '../../../../shared/domain/rename-script.ts'
import type { Site } from './site.ts'

/** Folders of one parent on one host that are moved aside together, never removed. */
export interface Aside {
  readonly host: HostAccess
  readonly root: string
  readonly names: readonly string[]
}

/** The same name whenever a step of this run is done again; chango’s own tool names them alike (documented). */
export function asideEnding({ beganMs }: Pick<StepContext, 'beganMs'>): string {
  return `.before-restore-${beganMs}`
}

/** A store that is there twice is touched by nobody. */
const move = `${renameScript}root=$1 ending=$2
shift 2
cd -- "$root" 2>/dev/null || exit 0
for name; do
if [ -e "$name" ] && [ -e "$name$ending" ]; then echo "both $name"; exit 0; fi
done
for name; do
if [ -e "$name" ]; then rename "$name" "$name$ending" && echo "aside $name" || exit 1
elif [ -e "$name$ending" ]; then echo "aside $name"; fi
done
sync -f . 2>/dev/null || :`

const look = `root=$1 ending=$2
shift 2
cd -- "$root" 2>/dev/null || exit 0
for name; do
[ -e "$name" ] && echo "here $name"
[ -e "$name$ending" ] && echo "aside $name"
done
:`

const moveBack = `${renameScript}root=$1 ending=$2 undone=$3
shift 3
cd -- "$root" 2>/dev/null || exit 0
for name; do
[ -e "$name$ending" ] || continue
if [ -e "$name" ]; then rename "$name" "$name$undone" || exit 1; fi
rename "$name$ending" "$name" && echo "back $name" || exit 1
done
sync -f . 2>/dev/null || :`

export async function moveAside(aside: Aside, site: Site, context: StepContext): Promise<Outcome> {
  const said = await run(move, aside, [asideEnding(context)], site, context)
  const both = said.find(([kind]) => kind === 'both')?.[1]
  if (both !== undefined) return twice(aside, both, context)
  return movedOutcome(aside, said, context)
}

/** `done` where none of them is in its place any more. */
export async function lookAside(aside: Aside, site: Site, context: StepContext): Promise<Outcome> {
  const said = await run(look, aside, [asideEnding(context)], site, context)
  const here = said.filter(([kind]) => kind === 'here').map(([, name]) => name)
  const moved = said.filter(([kind]) => kind === 'aside').map(([, name]) => name)
  const both = here.find((name) => moved.includes(name))
  if (both !== undefined) return twice(aside, both, context)
  if (here.length > 0)
    return notYet(
      `${here.join(', ')} ${here.length === 1 ? 'stands' : 'stand'} in ${aside.root} on ${aside.host.address}.`,
    )
  return movedOutcome(aside, said, context)
}

/** What came into their place meanwhile is kept, under another name. */
export async function moveBackAside(aside: Aside, site: Site, context: StepContext): Promise<Outcome> {
  const undone = `.undone-${context.session.clock.now()}`
  const said = await run(moveBack, aside, [asideEnding(context), undone], site, context)
  const back = said.filter(([kind]) => kind === 'back').map(([, name]) => name)
  return done(
    back.length === 0
      ? `Nothing of ${aside.root} on ${aside.host.address} was aside.`
      : `${back.join(', ')} ${back.length === 1 ? 'stands' : 'stand'} again in ${aside.root} on ${aside.host.address}.`,
  )
}

async function run(
  script: string,
  { host, root, names }: Aside,
  endings: readonly string[],
  { user }: Site,
  context: StepContext,
): Promise<readonly (readonly [string, string])[]> {
  const said = await mustShellOn(host, { script, args: [root, ...endings, ...names], asUser: user }, context)
  return said
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
}

function movedOutcome(
  { host, root }: Aside,
  said: readonly (readonly [string, string])[],
  context: StepContext,
): Outcome {
  const moved = said.filter(([kind]) => kind === 'aside').map(([, name]) => name)
  if (moved.length === 0) return done(`${host.address} has none of them in ${root}.`)
  return done(
    `${moved.join(', ')} of ${host.address} ${moved.length === 1 ? 'is' : 'are'} aside in ${root}.`,
    {
      evidence: moved.map((name) => ({
        name: `${host.address} ${root}/${name}`,
        value: `${name}${asideEnding(context)}`,
      })),
    },
  )
}

function twice({ host, root }: Aside, name: string, context: StepContext): Outcome {
  return failed(
    `${root} on ${host.address} has both ${name} and ${name}${asideEnding(context)}: something wrote there after it was moved aside.`,
    {
      next: 'Find out what wrote it, most likely a master that was started. Stop it, move its folder away, then go on.',
    },
  )
}

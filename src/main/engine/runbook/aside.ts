import { printable } from '../../../shared/domain/printable.ts'
import { renameScript } from '../../../shared/domain/rename-script.ts'
import type { Outcome, StepContext } from '../../ports/runbook.ts'
import { mustRunOn, runOn, type HostAccess } from './on-host.ts'
import { done, failed, notYet, unknown } from './outcomes.ts'

/** What is moved aside on a host: into a folder beside it on the same disk, so that nothing is copied and all can go back. */
export interface Aside {
  readonly host: HostAccess
  /** Left out: as the one who logs in. */
  readonly asUser?: string | undefined
  /** Absolute. */
  readonly folder: string
  /** In `folder`. */
  readonly names: readonly string[]
  /** Of the place: two moves of one run go to two of them. */
  readonly label?: string
}

const deadlineMs = 60_000

/**
 * The mark at the end says that all of it was moved; before it a second call goes on where the first one was cut. A run goes on from
 * what it was told: it has to outlast a power cut.
 */
const move = `${renameScript}umask 077
cd -- "$1" || exit 1
aside=$2
shift 2
[ -e "$aside/complete" ] && exec sync -f .
mkdir -p -- "$aside" || exit 1
for name do
  if [ -e "$name" ] || [ -L "$name" ]; then
    [ ! -e "$aside/$name" ] || { echo "$name stands there again" >&2; exit 4; }
    rename "$name" "$aside/$name" || exit 1
  fi
done
: >"$aside/complete" && sync -f .`

const look = `cd -- "$1" || exit 1
if [ -e "$2/complete" ]; then echo complete; elif [ -e "$2" ]; then echo partial; else echo none; fi
ls -A -- "$2" 2>/dev/null
exit 0`

/** What stands there by now is kept too. */
const back = `${renameScript}umask 077
cd -- "$1" || exit 1
aside=$2
shift 2
[ -e "$aside" ] || exit 0
rm -f -- "$aside/complete"
for name do
  if [ -e "$aside/$name" ] || [ -L "$aside/$name" ]; then
    if [ -e "$name" ] || [ -L "$name" ]; then
      mkdir -p -- "$aside.replaced" || exit 1
      [ ! -e "$aside.replaced/$name" ] || { echo "$aside.replaced/$name stands there already" >&2; exit 4; }
      rename "$name" "$aside.replaced/$name" || exit 1
    fi
    rename "$aside/$name" "$name" || exit 1
  fi
done
rmdir -- "$aside" && sync -f .`

export async function moveAside(aside: Aside, context: StepContext): Promise<Outcome> {
  await mustRunOn(aside.host, script(move, aside, context), context)
  return lookAside(aside, context)
}

export async function lookAside(aside: Aside, context: StepContext): Promise<Outcome> {
  const { host, folder } = aside
  const output = await runOn(host, script(look, aside, context), context)
  if (output.code !== 0) {
    return unknown(`${folder} on ${host.address} cannot be looked at.`, {
      next: 'Check that the folder is there and that the account may read it.',
    })
  }
  const [state, ...there] = output.stdout.trim().split('\n')
  const place = asideFolder(aside, context)
  const moved = there.filter((name) => name !== 'complete' && name !== '')
  const evidence = moved.map((name) => ({
    name: `${printable(name)} stood in ${folder} on ${host.address}, now`,
    value: printable(`${place}/${name}`),
  }))
  if (state === 'complete') {
    const sentence =
      moved.length === 0
        ? `On ${host.address} nothing stood there.`
        : `On ${host.address} moved to ${place}: ${printable(moved.join(', '))}.`
    return done(sentence, { evidence })
  }
  return state === 'partial'
    ? notYet(`On ${host.address} it was begun and not ended. Going on ends it.`, { evidence })
    : notYet(`On ${host.address} nothing was moved.`)
}

export async function moveBack(aside: Aside, context: StepContext): Promise<Outcome> {
  const { host, folder } = aside
  const output = await runOn(host, script(back, aside, context), context)
  const place = asideFolder(aside, context)
  return output.code === 0
    ? done(
        `On ${host.address} what stood in ${folder} stands there again; what had replaced it is in ${place}.replaced.`,
      )
    : failed(`On ${host.address} not all of ${place} could be moved back.`, {
        next: `Move what is left in it back to ${folder} by hand; nothing was removed.`,
      })
}

/** Of this run alone, so that nothing of another one is ever taken for it. */
export function asideFolder({ folder, label }: Aside, { runId }: Pick<StepContext, 'runId'>): string {
  return `${folder}/before-${runId}${label === undefined ? '' : `-${label}`}`
}

function script(text: string, aside: Aside, context: StepContext) {
  const { asUser, folder, names } = aside
  return {
    argv: ['/bin/sh', '-c', text, 'sh', folder, asideFolder(aside, context), ...names],
    ...(asUser !== undefined && { asUser }),
    deadlineMs,
  } as const
}

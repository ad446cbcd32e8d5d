import { bytesWords } from '../../../../shared/domain/size-words.ts'
import { mustRunOn, runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { overSsh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { as, userOn, type KisekiNode, type KisekiSite } from './site.ts'
import { unitState } from './unit.ts'

const copyDeadlineMs = 6 * 60 * 60_000

/** In shell: of what `$1` holds beside `$2`; 3 where there is not enough. */
export const hasRoom = `needed=$(du -sk -- "$1" | cut -f1)
free=$(df -Pk -- "\${2%/*}" | tail -n 1 | awk '{print $4}')
[ "$free" -gt "$needed" ] || { echo "there are $free KiB free and $needed KiB are needed" >&2; exit 3; }`

/** Free space first, then copied beside its own name, compared byte by byte, and given its name last: one without it is none. */
const copy = `umask 077
[ -e "$2" ] && exit 0
[ -d "$1" ] || { echo "$1 is not there" >&2; exit 1; }
mkdir -p -- "\${2%/*}" || exit 1
rm -rf -- "$2.part"
${hasRoom}
cp -a --sparse=always -- "$1" "$2.part" || exit 1
diff -r --no-dereference -q -- "$1" "$2.part" >/dev/null || { echo 'the copy is not the same' >&2; exit 4; }
sync -f -- "$2.part" 2>/dev/null
mv -- "$2.part" "$2"`

const look = `if [ -e "$1" ]; then echo "complete $(du -sk -- "$1" | cut -f1)"; elif [ -e "$1.part" ]; then echo partial; else echo none; fi`

/** Of a stopped node: its stores are locked, and half written, while it runs. */
export function copyDataFolder(of: {
  readonly id: string
  readonly node: KisekiNode
  readonly site: KisekiSite
  readonly why: string
  readonly notNeeded?: (known: Known) => string | null
}): ActionStep {
  const { id, node, site, why, notNeeded } = of
  const { address } = node.host
  const user = userOn(site, node.host)
  return action({
    id,
    section: 'safety',
    title: `Copy the whole data folder of ${address}`,
    why,
    touches: `Reads ${site.dataFolder}, writes into ${site.copyFolder} on ${address}.`,
    undo: 'Nothing has to be taken back: the copy is removed by hand, later.',
    twin: overSsh(address, user, [
      'cp',
      '-a',
      '--sparse=always',
      '--',
      site.dataFolder,
      `${site.copyFolder}/RUN-node-${node.place}`,
    ]),
    expected: null,
    damage: 0,
    ...(notNeeded !== undefined && { notNeeded }),
    act: async (context) => {
      const state = await unitState(site, node, context)
      if (state !== 'inactive' && state !== 'failed') {
        return failed(
          `${site.unit} on ${address} is not stopped (${state}): a copy of a running node is worth nothing.`,
          {
            next: 'Stop it first.',
          },
        )
      }
      const output = await runOn(
        node.host,
        {
          argv: ['/bin/sh', '-c', copy, 'sh', site.dataFolder, placeOf(site, node, context)],
          ...as(user),
          deadlineMs: copyDeadlineMs,
        },
        context,
      )
      if (output.code === 0) return lookAt(site, node, context)
      return failed(`The data folder of ${address} was not copied: ${saidBy(output)}`, {
        next:
          output.code === 3
            ? 'Begin again with a folder that has room.'
            : 'Look at that host. The data folder itself was only read.',
      })
    },
    look: async (context) => lookAt(site, node, context),
  })
}

async function lookAt(site: KisekiSite, node: KisekiNode, context: StepContext): Promise<Outcome> {
  const place = placeOf(site, node, context)
  const { stdout } = await mustRunOn(
    node.host,
    { argv: ['/bin/sh', '-c', look, 'sh', place], ...as(userOn(site, node.host)), deadlineMs: 120_000 },
    context,
  )
  const { address } = node.host
  const [word, size = '0'] = stdout.trim().split(' ')
  if (word === 'complete') {
    return done(`${address}: ${bytesWords(Number(size) * 1024)} in ${place}, compared byte by byte.`, {
      evidence: [{ name: `copy of ${address}`, value: place }],
    })
  }
  if (word === 'partial')
    return notYet(`${address}: the copy was begun and not ended. Going on begins it again.`)
  return word === 'none'
    ? notYet(`${address}: no copy was begun.`)
    : unknown(`${address}: whether there is a copy cannot be told.`)
}

/** Of this run alone. */
export function placeOf({ copyFolder }: KisekiSite, { place }: KisekiNode, { runId }: StepContext): string {
  return `${copyFolder}/${runId}-node-${place}`
}

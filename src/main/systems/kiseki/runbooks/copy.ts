import { bytesWords } from '../../../../shared/domain/size-words.ts'
import { mustRunOn, runOn, saidBy } from '../../../engine/runbook/on-host.ts'
import { done, failed, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { overSsh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Known, Outcome, StepContext } from '../../../ports/runbook.ts'
import { as, userOn, type KisekiNode, type KisekiSite } from './site.ts'
import { unitState } from './unit.ts'

export const copyDeadlineMs = 6 * 60 * 60_000

/** Free space first, then copied beside its own name, and given its name last: one without it is none. `then`: done to the copy before. */
const copyThen = (then: string): string => `umask 077
[ -e "$2" ] && exit 0
[ -d "$1" ] || { echo "$1 is not there" >&2; exit 1; }
mkdir -p -- "\${2%/*}" || exit 1
rm -rf -- "$2.part"
needed=$(du -sk -- "$1" | cut -f1)
free=$(df -Pk -- "\${2%/*}" | tail -n 1 | awk '{print $4}')
[ "$free" -gt "$needed" ] || { echo "there are $free KiB free and $needed KiB are needed" >&2; exit 3; }
cp -a --sparse=always -- "$1" "$2.part" || exit 1
${then}
sync -f -- "$2.part" || exit 1
mv -- "$2.part" "$2" && sync -f -- "\${2%/*}"`

const comparedCopy = copyThen(
  `diff -r --no-dereference -q -- "$1" "$2.part" >/dev/null || { echo 'the copy is not the same' >&2; exit 4; }`,
)
export const copyWithoutLog = copyThen('rm -f -- "$2.part"/raft/shard-*.redb || exit 1')

const look = `if [ -e "$1" ]; then echo "complete $(du -sk -- "$1" | cut -f1)"; elif [ -e "$1.part" ]; then echo partial; else echo none; fi`

/** A copy of a folder beside, on a node's host. */
export interface FolderCopy {
  readonly node: KisekiNode
  readonly site: KisekiSite
  readonly from: string
  readonly to: string
  readonly script: string
  /** What is known of it once it is whole. */
  readonly whole: string
}

export async function makeCopy(of: FolderCopy, context: StepContext): Promise<Outcome> {
  const { node, site, from, to, script } = of
  const output = await runOn(
    node.host,
    {
      argv: ['/bin/sh', '-c', script, 'sh', from, to],
      ...as(userOn(site, node.host)),
      deadlineMs: copyDeadlineMs,
    },
    context,
  )
  if (output.code === 0) return lookAtCopy(of, context)
  return failed(`${from} on ${node.host.address} was not copied: ${saidBy(output)}`, {
    next:
      output.code === 3
        ? 'Make room there, or begin again with a folder that has it.'
        : `Look at that host. ${from} was only read.`,
  })
}

export async function lookAtCopy(
  { node, site, to, whole }: FolderCopy,
  context: StepContext,
): Promise<Outcome> {
  const { stdout } = await mustRunOn(
    node.host,
    { argv: ['/bin/sh', '-c', look, 'sh', to], ...as(userOn(site, node.host)), deadlineMs: 120_000 },
    context,
  )
  const { address } = node.host
  const [word, size = '0'] = stdout.trim().split(' ')
  if (word === 'complete') {
    return done(`${address}: ${bytesWords(Number(size) * 1024)} in ${to}, ${whole}.`, {
      evidence: [{ name: `copy on ${address}`, value: to }],
    })
  }
  if (word === 'partial')
    return notYet(`${address}: the copy was begun and not ended. Going on begins it again.`)
  return word === 'none'
    ? notYet(`${address}: no copy was begun.`)
    : unknown(`${address}: whether there is a copy cannot be told.`)
}

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
  const dataCopy = (context: StepContext): FolderCopy => ({
    node,
    site,
    from: site.dataFolder,
    to: placeOf(site, node, context),
    script: comparedCopy,
    whole: 'compared byte by byte',
  })
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
      return makeCopy(dataCopy(context), context)
    },
    look: async (context) => lookAtCopy(dataCopy(context), context),
  })
}

/** Of this run alone. */
export function placeOf({ copyFolder }: KisekiSite, { place }: KisekiNode, { runId }: StepContext): string {
  return `${copyFolder}/${runId}-node-${place}`
}

import { done, notYet } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action } from '../../../engine/runbook/steps.ts'
import { sh } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Outcome, StepContext } from '../../../ports/runbook.ts'
import { ownToolDoes } from './dialect.ts'
import { baseOn, rootOn, stores } from './roots.ts'
import type { Site } from './site.ts'

/** Never the whole data folder, of which the documents speak: ZooKeeper’s data may lie in it. */
const give = `user=$1
shift
group=$(id -gn -- "$user") || exit 1
for folder; do [ -d "$folder" ] && { chown -R -P -h -- "$user:$group" "$folder" || exit 1; }; done
:`

const look = `user=$1
shift
group=$(id -gn -- "$user") || exit 1
for folder; do [ -d "$folder" ] && find "$folder" \\( ! -user "$user" -o ! -group "$group" \\) -print -quit; done
:`

/** The restored folders, and no other ones, belong to the account of the masters. */
export function giveOwnership(site: Site): ActionStep {
  const { first, user } = site
  const folders = ({ known }: Pick<StepContext, 'known'>): readonly string[] => [
    ...stores.map((store) => `${rootOn(first, site, known)}/${store}`),
    `${baseOn(first, site, known)}/master/patches`,
  ]
  return action({
    id: 'give-ownership',
    section: 'restore',
    title: `Give the restored folders to ${user}`,
    why: 'The master runs as this account and has to write there.',
    touches: `Owner and group of the restored folders on ${first.address}; no other folder.`,
    twin: sh`sudo chown -R ${user}:${user} ${stores.map((store) => `${site.data}/${store}`)} BASE/master/patches`,
    damage: 0,
    notNeeded: ownToolDoes,
    act: async (context) => {
      await mustShellOn(
        first,
        { script: give, args: [user, ...folders(context)], asUser: 'root', deadlineMs: 600_000 },
        context,
      )
      return owned(site, folders(context), context)
    },
    look: async (context) => owned(site, folders(context), context),
  })
}

async function owned(
  { first, user }: Site,
  folders: readonly string[],
  context: StepContext,
): Promise<Outcome> {
  const said = await mustShellOn(
    first,
    { script: look, args: [user, ...folders], asUser: 'root', deadlineMs: 600_000 },
    context,
  )
  const [other] = said.split('\n').filter((line) => line !== '')
  return other === undefined
    ? done(`The restored folders on ${first.address} belong to ${user}.`)
    : notYet(`${other} on ${first.address} does not belong to ${user}.`)
}

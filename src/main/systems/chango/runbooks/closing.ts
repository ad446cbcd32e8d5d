import { chosenBackup } from '../../../engine/runbook/choose-backup.ts'
import { forgetKept, hasKept } from '../../../engine/runbook/kept-command.ts'
import { onEachHost } from '../../../engine/runbook/on-host.ts'
import { done, failed, knownAs, notYet, unknown } from '../../../engine/runbook/outcomes.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { action, check } from '../../../engine/runbook/steps.ts'
import { curlWithToken } from '../../../engine/runbook/twins.ts'
import type { ActionStep, Step, StepContext } from '../../../ports/runbook.ts'
import { openApi } from '../live/api.ts'
import { askForBackup } from '../live/snapshot.ts'
import { keyLeftovers } from './hosts-ready.ts'
import { rootOn } from './roots.ts'
import type { Site } from './site.ts'

const section = 'after'

/** What is left to do once users may come back: the first backup of the restored state, and what lies about. */
export function closing(site: Site, giveLockBack: Step): readonly Step[] {
  return [
    ...freshBackup(site, {
      section,
      name: 'new-backup',
      why: 'The schedule may not fire before the next disaster.',
    }),
    keyLeftovers(site),
    asidesLeft(site),
    clearTraces(site),
    giveLockBack,
  ]
}

export function clearTraces(site: Site): ActionStep {
  return action({
    id: 'clear-traces',
    section,
    title: 'Take away what the steps left on the hosts',
    why: 'The output of start scripts is of use to nobody any more.',
    touches: `The folder of this run in /var/tmp on ${site.hosts.map(({ address }) => address).join(', ')}.`,
    damage: 0,
    skip: 'operator',
    act: async (context) =>
      onEachHost(site.hosts, context, async (host) => {
        await forgetKept(host, site.user, context)
        return done(`Nothing of this run is left in /var/tmp on ${host.address}.`)
      }),
    look: async (context) =>
      onEachHost(site.hosts, context, async (host) =>
        (await hasKept(host, site.user, context))
          ? notYet(`Something of this run is left in /var/tmp on ${host.address}.`)
          : done(`Nothing of this run is left in /var/tmp on ${host.address}.`),
      ),
  })
}

/** Known by the name of its step. */
export const safetyBackup = 'safety-backup'

/** A backup that the masters make now, proved by reading it. */
export function freshBackup(
  site: Site,
  {
    section: inSection,
    name,
    why,
  }: {
    readonly section: Step['section']
    readonly name: 'new-backup' | 'safety-backup'
    readonly why: string
  },
): readonly Step[] {
  return [
    action({
      id: name,
      section: inSection,
      title: 'Have the masters make a backup',
      why,
      touches: 'Writes one backup into the bucket that the masters’ own settings name.',
      twin: curlWithToken('-X', 'POST', 'MASTER/admin/api/backup/run'),
      damage: 0,
      act: async (context) => {
        const outcome = await askForBackup(await openApi(context.session, site.config))
        const evidence = outcome.facts
        if (outcome.kind !== 'made') return unknown(outcome.sentence, { evidence })
        if (outcome.backupId === null) return newestSince(name, context)
        const sums = outcome.hash === null ? [] : [{ name: 'SHA-256', value: outcome.hash.sha256 }]
        return done(`The masters have made ${outcome.backupId}.`, {
          evidence: [...evidence, ...sums],
          learnt: { [name]: outcome.backupId },
        })
      },
      look: async (context) => newestSince(name, context),
    }),
    check({
      id: `prove-${name}`,
      section: inSection,
      title: 'Prove the new backup',
      why: 'A backup that was never read is a hope.',
      touches: 'Reads every object of it.',
      look: async ({ recovery, known, progress }) => {
        const { backupId, verdict, because } = await recovery.prove(knownAs(known, name), progress)
        const said = `${backupId} is ${verdict}.${because === null ? '' : ` ${because}`}`
        return verdict === 'good' || verdict === 'warning' ? done(said) : failed(said)
      },
    }),
  ]
}

/** One that appeared since the run began, and is not the one that was gone back to. */
async function newestSince(name: string, { recovery, beganMs, known }: StepContext) {
  const [newest] = await recovery.points()
  const isNew =
    newest !== undefined &&
    ![known.get(chosenBackup.id), known.get(safetyBackup)].includes(newest.backupId) &&
    newest.createdAt !== null &&
    Date.parse(newest.createdAt) >= Math.floor(beganMs / 1000) * 1000
  return isNew
    ? done(`${newest.backupId} is in the repository.`, { learnt: { [name]: newest.backupId } })
    : notYet('The repository has no backup that is newer than this run.')
}

const leftovers = `for root; do
cd -- "$root" 2>/dev/null || continue
for name in *.before-restore-* *.undone-* *.copied.before-restore-*; do [ -e "$name" ] && echo "$(du -sk -- "$name" | cut -f1) $root/$name"; done
done
:`

/** What was moved aside stays for a week, and is removed by a person, never by this console. */
function asidesLeft(site: Site): Step {
  return check({
    id: 'asides-left',
    section,
    title: 'List what was moved aside',
    why: 'It holds the old state, and space; nothing removes it but a person.',
    touches: 'Looks into the folders of the stores on every host.',
    skip: 'operator',
    look: async (context) =>
      onEachHost(site.hosts, context, async (host) => {
        const roots = [rootOn(host, site, context.known)]
        const said = await mustShellOn(host, { script: leftovers, args: roots, asUser: site.user }, context)
        const found = said.split('\n').filter((line) => line !== '')
        for (const line of found) context.line('info', `${host.address}: ${line.replace(' ', ' KiB ')}`)
        return done(
          found.length === 0
            ? `Nothing is aside on ${host.address}.`
            : `${found.length} folders are aside on ${host.address}; remove them by hand after a week.`,
          {
            evidence: found.map((line) => ({ name: host.address, value: line.slice(line.indexOf(' ') + 1) })),
          },
        )
      }),
  })
}

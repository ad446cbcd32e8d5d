import { countOf } from '../../../../shared/domain/size-words.ts'
import { demandSuccess, evidenceOf, listOf } from '../../../engine/live/http-replies.ts'
import { done, failed, notYet } from '../../../engine/runbook/outcomes.ts'
import { onEachHost, type HostAccess } from '../../../engine/runbook/on-host.ts'
import { mustShellOn } from '../../../engine/runbook/shell-on.ts'
import { check, wait } from '../../../engine/runbook/steps.ts'
import { curlWithToken, sh } from '../../../engine/runbook/twins.ts'
import type { CheckStep, Outcome, StepContext, WaitStep } from '../../../ports/runbook.ts'
import { usualDeadlineMs } from '../live/api.ts'
import { inventoryOf } from './inventory.ts'
import { apiOf, listNodeManagers } from './node-lists.ts'
import type { Site } from './site.ts'

type Own = Pick<CheckStep, 'id' | 'section' | 'title'>

/** Of the component clusters, `kind/id` with a space between them. */
export const inventoryName = 'inventory'

/** What the restored state comes to: keys, inventory, patches. */
export function contentIsThere(site: Site, own: Own): CheckStep {
  return check({
    ...own,
    why: 'A master that serves and knows nothing would be an empty cluster.',
    touches: 'Asks the masters for their keys, their components and their patches.',
    twin: curlWithToken('MASTER/admin/api/kms/keys', 'MASTER/admin/api/patch/library'),
    look: async (context) => {
      const keys = await keysOf(site, context)
      const inventory = await inventoryOf(site, context)
      const patches = await patchesOf(site, context)
      const evidence = [
        { name: keys.path, value: countOf(keys.count, 'key') },
        { name: 'component clusters', value: countOf(inventory.length, 'cluster') },
        {
          name: '/admin/api/patch/library',
          value: patches === null ? 'not offered' : countOf(patches, 'patch', 'patches'),
        },
      ]
      const learnt = { [inventoryName]: inventory.map(({ kind, id }) => `${kind}/${id}`).join(' ') }
      if (keys.count === 0) {
        return failed('The masters know no key of their keystore.', {
          evidence,
          next: 'It has opened other stores than it should have. Stop the master, and take back what was put into its place.',
        })
      }
      const words = `${countOf(keys.count, 'key')}, ${countOf(inventory.length, 'component cluster')}${patches === null ? '' : `, ${countOf(patches, 'patch', 'patches')}`}.`
      return done(`The masters know ${words}`, { evidence, learnt })
    },
  })
}

/** `kms/keys` by the older pages, `kms/list` by the newer ones. */
export async function keysOf(
  site: Site,
  context: StepContext,
): Promise<{ readonly path: string; readonly count: number }> {
  const api = await apiOf(site, context)
  const what = 'The list of keys could not be read.'
  let path = '/admin/api/kms/keys'
  let reply = await api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
  if (reply.status === 404 || reply.status === 405) {
    path = '/admin/api/kms/list'
    reply = await api.send({ method: 'GET', path, deadlineMs: usualDeadlineMs })
  }
  demandSuccess(reply, what)
  return { path: evidenceOf('GET', path, reply), count: listOf(reply, what, ['keys', 'items']).length }
}

async function patchesOf(site: Site, context: StepContext): Promise<number | null> {
  const api = await apiOf(site, context)
  const what = 'The library of patches could not be read.'
  const reply = await api.send({
    method: 'GET',
    path: '/admin/api/patch/library',
    deadlineMs: usualDeadlineMs,
  })
  if (reply.status === 404 || reply.status === 405) return null
  demandSuccess(reply, what)
  return listOf(reply, what, ['patches', 'library', 'items']).length
}

/** Live ones register again by themselves on the same ZooKeeper (documented); a lost one is installed again. */
export function nodeManagersBack(site: Site): WaitStep {
  return wait({
    id: 'node-managers-back',
    section: 'restore',
    title: 'Wait for the node managers',
    why: 'Components can be started only where a node manager is registered.',
    touches: 'Asks the masters for the list of node managers.',
    twin: curlWithToken('MASTER/admin/api/nodes/node-managers'),
    atMostMs: 120_000,
    skip: 'operator',
    look: async (context) => nodeManagersSay(site, context),
  })
}

export async function nodeManagersSay(site: Site, context: StepContext): Promise<Outcome> {
  const { all, waiting, evidence } = await listNodeManagers(site, context)
  const next =
    'A node manager that lives registers again by itself. A lost one: ansible-playbook add-nodemanager.yml --limit HOST, under the same host name and port, so that its components are attached again.'
  if (all.length === 0) return notYet('No node manager is registered.', { evidence, next })
  const names = all.map(({ name }) => name).join(', ')
  return waiting.length === 0
    ? done(`${countOf(all.length, 'node manager')} ready: ${names}.`, {
        evidence: [...evidence, { name: 'node managers', value: names }],
      })
    : notYet(`Not ready: ${waiting.join(', ')}.`, { evidence, next })
}

/** Each instance has a folder of its own (documented); a process belongs to one whose folder it works in or was started from. */
const look = `cd -- "$1" 2>/dev/null || exit 0
for folder in */; do
folder=\${folder%/}
[ -d "$folder" ] || continue
pids=
for at in /proc/[0-9]*; do
where=$(readlink "$at/cwd" 2>/dev/null)
case $where/ in "$1/$folder"/*) pids="$pids \${at#/proc/}"; continue;; esac
if tr '\\0' '\\n' <"$at/cmdline" 2>/dev/null | grep -qF -- "$1/$folder/"; then pids="$pids \${at#/proc/}"; fi
done
echo "$folder$pids"
done
:`

/** What runs and is unknown to the restored inventory is newer than the backup: it is told, and never deleted. */
export function strayProcesses(site: Site, own: Own): CheckStep {
  return check({
    ...own,
    why: 'What was installed after the backup still runs, and the masters do not know it any more.',
    touches: `Lists processes below ${site.components} on ${site.hosts.map(({ address }) => address).join(', ')}.`,
    twin: sh`ls ${site.components}; grep -l ${site.components} /proc/[0-9]*/cmdline`,
    look: async (context) => (await processesSeen(site, context)).outcome,
  })
}

/** The same as a row of the sheet: green only where all that runs was seen, and is known. */
export function nothingStray(site: Site, own: Own): CheckStep {
  return {
    ...strayProcesses(site, own),
    skip: 'operator',
    look: async (context) => {
      const { outcome, unasked } = await processesSeen(site, context)
      if (outcome.state !== 'done') return outcome
      if (outcome.evidence.length > 0) {
        return {
          ...outcome,
          state: 'failed',
          next: 'Decide for each of them: install it again in chango, or stop it. Else except the row with what becomes of it.',
        }
      }
      return unasked.length === 0
        ? outcome
        : {
            ...outcome,
            state: 'notYet',
            next: 'Look there by hand, and except the row with what was found; or give these hosts to the connection.',
          }
    },
  }
}

/** `outcome`: what runs and is not in the inventory, a fact of evidence each; `unasked`: hosts that nobody looked at. */
async function processesSeen(
  site: Site,
  context: StepContext,
): Promise<{ readonly outcome: Outcome; readonly unasked: readonly string[] }> {
  const inventory = await inventoryOf(site, context)
  const known = new Set(inventory.flatMap(({ id, instances }) => [id, ...instances]))
  const unasked = await hostsNotAsked(site, context)
  const onHosts = await onEachHost(site.hosts, context, async (host) => straysOn(host, site, known, context))
  if (onHosts.state !== 'done' || unasked.length === 0) return { outcome: onHosts, unasked }
  const sentence = `${onHosts.sentence} Not looked at, for they are not among the hosts of the connection: ${unasked.join(', ')}.`
  return { outcome: { ...onHosts, sentence }, unasked }
}

async function straysOn(
  host: HostAccess,
  site: Site,
  known: ReadonlySet<string>,
  context: StepContext,
): Promise<Outcome> {
  const said = await mustShellOn(
    host,
    { script: look, args: [site.components], asUser: 'root', deadlineMs: 120_000 },
    context,
  )
  const stray = said
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([instance = '', ...running]) => running.length > 0 && !known.has(instance))
  for (const [instance = '', ...running] of stray) {
    context.line(
      'warning',
      `${instance} runs on ${host.address} (process ${running.join(', ')}) and is not in the inventory: it is newer than the backup.`,
    )
  }
  return done(
    stray.length === 0
      ? `All that runs on ${host.address} is in the inventory.`
      : `On ${host.address} ${stray.map(([instance]) => instance).join(', ')} ${stray.length === 1 ? 'runs and is' : 'run and are'} not in the inventory; nothing of it is deleted.`,
    {
      evidence: stray.map(([instance = '', ...running]) => ({
        name: `${host.address} ${instance}`,
        value: `process ${running.join(', ')}`,
      })),
    },
  )
}

async function hostsNotAsked(site: Site, context: StepContext): Promise<readonly string[]> {
  const { all } = await listNodeManagers(site, context)
  const asked = site.hosts.map(({ address }) => address.replace(/^.*@/, '').replace(/:\d+$/, ''))
  return all.map(({ host }) => host).filter((host) => host !== '' && !asked.includes(host))
}

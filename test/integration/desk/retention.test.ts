import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pruneWork } from '../../../src/main/desk/retention/prune-work.ts'
import type { Cluster } from '../../../src/shared/contract/clusters.ts'
import type { RetentionPreview } from '../../../src/shared/contract/retention.ts'
import { openRouterLab, type RouterLab } from '../router/router-lab.ts'
import { jobContext } from './desk-lab.ts'

/** Of three nights the first holds what the others need; the second can go. */
let lab: RouterLab
beforeAll(async () => {
  lab = await openRouterLab()
})
afterAll(async () => lab.close())

const wanted = { rules: { keepLast: 1, keepDays: null, atMost: null }, sweepsOrphans: false }

async function provedCluster(
  mode: Cluster['mode'] = 'normal',
): Promise<Cluster & { readonly folder: string }> {
  const folder = join(lab.dir, lab.fresh('kept'))
  await cp(lab.kiok, folder, { recursive: true })
  const cluster = await lab.addCluster({ folder, mode })
  const { jobId } = await lab.client.verify.start({
    clusterId: cluster.id,
    selection: { kind: 'all' },
    level: null,
    recheck: false,
  })
  expect(await lab.ended(jobId)).toBe('done')
  return { ...cluster, folder }
}

const preview = async (clusterId: string): Promise<RetentionPreview> =>
  lab.client.retention.preview({ clusterId, ...wanted })
const fates = ({ rows }: RetentionPreview): readonly string[] => rows.map(({ fate }) => fate)

async function apply(
  { id, name }: Pick<Cluster, 'id' | 'name'>,
  { hash }: Pick<RetentionPreview, 'hash'>,
  reason?: string,
): Promise<string> {
  const { jobId } = await lab.client.retention.apply({
    clusterId: id,
    ...wanted,
    hash,
    confirm: name,
    ...(reason !== undefined && { reason }),
  })
  return jobId
}

test('A clean-up deletes exactly what the preview named, and what is left is as good as before', async () => {
  const cluster = await provedCluster('protected')
  const shown = await preview(cluster.id)
  expect(fates(shown)).toEqual(['keep', 'delete', 'keep'])
  expect(shown.rows[1]).toMatchObject({ reason: 'It is not one of the newest 1.', staysObjects: 4 })
  expect(shown.rows[2]?.reason).toContain('needs an object that lies here')
  expect(shown.effects).toContain('Objects that backups which are kept need stay where they are.')
  const jobId = await apply(cluster, shown, 'Room for the next year')
  expect(await lab.ended(jobId)).toBe('done')
  const { outcome, result } = await lab.client.jobs.get({ id: jobId })
  expect(result).toMatchObject({
    kind: 'prune',
    backups: 1,
    objects: 2,
    stillThere: [],
    planHash: shown.hash,
  })
  expect(outcome).toContain('Every backup that is left has all that it needs.')
  const { backups } = await lab.client.backups.chain({ clusterId: cluster.id })
  expect(backups.map(({ verdict }) => verdict)).toEqual(['good', 'good'])
  const { entries } = await lab.client.audit.list({ limit: 10 })
  const started = entries.find(({ action }) => action === 'prune.started')
  expect(started).toMatchObject({ subject: cluster.name, reason: 'Room for the next year' })
  expect(started?.facts).toContainEqual({ name: 'plan', value: shown.hash })
})

test('A pin holds whatever the rules say until it is taken away, and both are in the audit chain', async () => {
  const { id, name } = await provedCluster()
  const before = await preview(id)
  const middle = before.rows[1]?.backupId ?? ''
  await lab.client.retention.pin({ clusterId: id, backupId: middle, reason: 'Legal case 12' })
  const pinned = await preview(id)
  expect(pinned.rows[1]).toMatchObject({ fate: 'keep', isPinned: true, reason: 'Pinned: Legal case 12.' })
  expect(pinned.objects).toBe(0)
  // What was confirmed before the pin is not run after it.
  await expect(apply({ id, name }, before)).rejects.toMatchObject({ data: { code: 'plan.changed' } })
  await expect(apply({ id, name }, pinned)).rejects.toMatchObject({ data: { code: 'usage' } })
  expect(await lab.client.retention.get({ clusterId: id })).toMatchObject({
    pins: [{ backupId: middle, reason: 'Legal case 12' }],
  })
  await lab.client.retention.unpin({ clusterId: id, backupId: middle })
  expect((await preview(id)).hash).toBe(before.hash)
  const { entries } = await lab.client.audit.list({ limit: 10 })
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['backup.pinned', 'backup.unpinned']),
  )
})

test('Two clusters with one repository: the pins and the mode of either count for both', async () => {
  const first = await provedCluster()
  const second = await lab.addCluster({ folder: first.folder })
  const before = await preview(first.id)
  const middle = before.rows[1]?.backupId ?? ''
  await lab.client.retention.pin({ clusterId: second.id, backupId: middle, reason: 'Theirs' })
  expect((await preview(first.id)).rows[1]).toMatchObject({ fate: 'keep', isPinned: true })
  expect((await lab.client.retention.get({ clusterId: first.id })).sharedWith).toEqual([second.name])
  await lab.client.retention.unpin({ clusterId: second.id, backupId: middle })
  await lab.client.clusters.edit({
    id: second.id,
    name: second.name,
    mode: 'readOnly',
    masterKeys: [],
    rpoMs: second.rpoMs,
    rtoMs: null,
  })
  await expect(apply(first, await preview(first.id))).rejects.toMatchObject({
    data: { code: 'cluster.readOnly' },
  })
})

test('Rules are saved with their reason and used again; rules that keep nothing are refused', async () => {
  const { id } = await lab.addCluster({ mode: 'protected' })
  const rules = { keepLast: 14, keepDays: 30, atMost: null }
  await lab.client.retention.setRules({
    clusterId: id,
    rules,
    sweepsOrphans: true,
    reason: 'Agreed with legal',
  })
  expect(await lab.client.retention.get({ clusterId: id })).toMatchObject({ rules, sweepsOrphans: true })
  const { entries } = await lab.client.audit.list({ limit: 5 })
  expect(entries.find(({ action }) => action === 'retention.changed')).toMatchObject({
    reason: 'Agreed with legal',
    facts: [
      { name: 'before', value: 'none' },
      { name: 'after', value: 'the newest 14, younger than 30 days, leftovers go as well' },
    ],
  })
})

test('A clean-up whose process ended while it deleted deletes nothing more when it is resumed', async () => {
  const cluster = await provedCluster()
  const { hash } = await preview(cluster.id)
  const { desk } = lab.running
  const context = { ...jobContext(), jobId: 'prune-that-was-killed' }
  await desk.audit.append({
    action: 'prune.started',
    subject: cluster.name,
    facts: [{ name: 'job', value: context.jobId }],
  })
  const request = { clusterId: cluster.id, ...wanted, hash, reason: null }
  await expect(pruneWork(request, context, desk)).rejects.toMatchObject({ code: 'plan.changed' })
  expect((await preview(cluster.id)).hash).toBe(hash)
})

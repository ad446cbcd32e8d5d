import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { backupOf, clusterId, noBackup, ofNoCluster, verifyRequest } from './case-inputs.ts'
import type { Cases } from './case.ts'
import type { RouterLab } from './router-lab.ts'

const keepLast = (last: number) => ({ keepLast: last, keepDays: null, atMost: null })
const wanted = { rules: keepLast(1), sweepsOrphans: false }

/** A cluster with a repository of its own, every backup of it proved. */
async function proved(lab: RouterLab, mode: 'normal' | 'protected' | 'readOnly' = 'normal') {
  const folder = join(lab.dir, lab.fresh('pruned'))
  await cp(lab.kiok, folder, { recursive: true })
  const { id, name } = await lab.addCluster({ folder, mode, masterKeys: [lab.masterKeyId] })
  const { jobId } = await lab.client.verify.start(verifyRequest(id))
  await lab.ended(jobId)
  return { clusterId: id, name }
}

/** A clean-up as it was previewed, with all that confirms it. */
export async function previewed(lab: RouterLab, mode: 'normal' | 'protected' | 'readOnly' = 'normal') {
  const { clusterId: id, name } = await proved(lab, mode)
  const { hash } = await lab.client.retention.preview({ clusterId: id, ...wanted })
  return { clusterId: id, ...wanted, hash, confirm: name }
}

export const retentionCases: Cases['retention'] = {
  get: { good: async (lab) => ({ clusterId: await clusterId(lab) }), bad: [ofNoCluster] },
  setRules: {
    good: async (lab) => ({ clusterId: await clusterId(lab), ...wanted }),
    bad: [
      {
        input: async (lab) => ({
          clusterId: await clusterId(lab),
          rules: { keepLast: null, keepDays: null, atMost: 3 },
          sweepsOrphans: false,
        }),
        code: 'usage',
      },
      {
        input: async (lab) => ({
          clusterId: (await lab.addCluster({ mode: 'protected' })).id,
          ...wanted,
        }),
        code: 'cluster.protected',
      },
    ],
  },
  pin: {
    good: async (lab) => ({ ...(await backupOf(lab)), reason: 'Legal case 12' }),
    bad: [
      {
        input: async (lab) => ({ clusterId: await clusterId(lab), backupId: noBackup, reason: 'why' }),
        code: 'backup.notFound',
      },
    ],
  },
  unpin: {
    good: async (lab) => {
      const backup = await backupOf(lab)
      await lab.client.retention.pin({ ...backup, reason: 'kept for the audit' })
      return backup
    },
    bad: [
      {
        input: async (lab) => {
          const { id } = await lab.addCluster({ mode: 'protected' })
          return { clusterId: id, backupId: noBackup }
        },
        code: 'cluster.protected',
      },
    ],
  },
  preview: {
    good: async (lab) => ({ clusterId: await clusterId(lab), ...wanted }),
    bad: [
      {
        input: async (lab) => ({
          clusterId: await clusterId(lab),
          rules: { keepLast: null, keepDays: null, atMost: null },
          sweepsOrphans: false,
        }),
        code: 'usage',
      },
    ],
  },
  apply: {
    good: previewed,
    bad: [
      { input: async (lab) => ({ ...(await previewed(lab)), hash: '0'.repeat(64) }), code: 'plan.changed' },
      { input: async (lab) => ({ ...(await previewed(lab)), confirm: 'kiok' }), code: 'usage' },
      { input: async (lab) => previewed(lab, 'readOnly'), code: 'cluster.readOnly' },
      { input: async (lab) => previewed(lab, 'protected'), code: 'cluster.protected' },
    ],
  },
}

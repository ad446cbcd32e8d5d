import { join } from 'node:path'
import { backupOf, clusterId, noBackup, nobody, ofNoCluster } from './case-inputs.ts'
import type { Cases } from './case.ts'

const monthly = { everyDays: 30, at: '03:00', zone: 'Europe/Berlin', folder: null, host: null }

export const drillCases: Cases['drills'] = {
  list: {
    good: async (lab) => {
      const asked = await backupOf(lab)
      const { jobId } = await lab.client.drills.start(asked)
      await lab.ended(jobId)
      return { clusterId: asked.clusterId }
    },
    bad: [ofNoCluster],
  },
  fleet: {
    good: () => ({}),
    bad: 'A number of days that its schema lets through is right.',
  },
  schedule: {
    good: async (lab) => ({ clusterId: await clusterId(lab) }),
    bad: [ofNoCluster],
  },
  setSchedule: {
    good: async (lab) => ({ clusterId: await clusterId(lab), schedule: monthly }),
    bad: [
      { input: () => ({ clusterId: nobody, schedule: null }), code: 'cluster.notFound' },
      {
        input: async (lab) => ({
          clusterId: await clusterId(lab),
          schedule: { ...monthly, zone: 'Nowhere/At-all' },
        }),
        code: 'usage',
      },
      {
        input: async (lab) => ({
          clusterId: await clusterId(lab),
          schedule: { ...monthly, folder: join(lab.kiok) },
        }),
        code: 'target.refused',
      },
    ],
  },
  cost: {
    good: async (lab) => ({ clusterId: await clusterId(lab) }),
    bad: [
      ofNoCluster,
      {
        input: async (lab) => ({ clusterId: await clusterId(lab), backupId: noBackup }),
        code: 'backup.notFound',
      },
    ],
  },
  start: {
    good: backupOf,
    bad: [
      { input: () => ({ clusterId: nobody, backupId: noBackup }), code: 'cluster.notFound' },
      {
        input: async (lab) => ({ clusterId: await clusterId(lab), backupId: noBackup }),
        code: 'backup.notFound',
      },
      {
        input: async (lab) => ({ ...(await backupOf(lab)), folder: 'not/absolute' }),
        code: 'target.refused',
      },
      {
        input: async (lab) => ({ ...(await backupOf(lab)), folder: join(lab.kiok) }),
        code: 'target.refused',
      },
    ],
  },
}

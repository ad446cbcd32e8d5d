import { takesNothing, nobody, clusterId, fields, ofNoMaster, connectedId } from './case-inputs.ts'
import type { Cases } from './case.ts'

export const masterCases: Cases['masters'] = {
  systems: takesNothing,
  connection: { good: async (lab) => ({ id: await connectedId(lab) }), bad: [ofNoMaster] },
  test: {
    good: async (lab) => ({ id: await connectedId(lab), values: lab.connection }),
    bad: [
      { input: async (lab) => ({ id: await clusterId(lab), values: {} }), code: 'connection.invalid' },
      { input: () => ({ id: nobody, values: {} }), code: 'cluster.notFound' },
    ],
  },
  save: {
    good: async (lab) => ({ id: await clusterId(lab), values: lab.connection }),
    bad: [
      {
        input: async (lab) => ({ id: await clusterId(lab), values: { masters: ['nowhere'] } }),
        code: 'connection.invalid',
      },
      {
        input: async (lab) => ({
          id: (await lab.addCluster({ mode: 'protected' })).id,
          values: lab.connection,
        }),
        code: 'cluster.protected',
      },
    ],
  },
  disconnect: { good: async (lab) => ({ id: await connectedId(lab) }), bad: [ofNoMaster] },
  health: { good: async (lab) => ({ id: await connectedId(lab) }), bad: [ofNoMaster] },
  probe: {
    good: async (lab) => ({ id: await connectedId(lab) }),
    bad: [ofNoMaster, { input: async (lab) => ({ id: await clusterId(lab) }), code: 'connection.missing' }],
  },
  snapshotOffer: { good: async (lab) => ({ id: await connectedId(lab) }), bad: [ofNoMaster] },
  snapshot: {
    good: async (lab) => ({ id: await connectedId(lab), way: 'asked' }),
    bad: [
      {
        input: async (lab) => ({ id: await clusterId(lab), way: 'asked' }),
        code: 'connection.missing',
      },
      { input: async (lab) => ({ id: await connectedId(lab), way: 'no-such-way' }), code: 'usage' },
      {
        input: async (lab) => {
          const { id, name } = await lab.addConnected()
          const { rpoMs, rtoMs } = fields
          await lab.client.clusters.edit({ id, name, masterKeys: [], rpoMs, rtoMs, mode: 'readOnly' })
          return { id, way: 'asked' }
        },
        code: 'cluster.readOnly',
      },
    ],
  },
  schedule: {
    good: async (lab) => ({ id: await connectedId(lab) }),
    bad: [{ input: async (lab) => ({ id: await clusterId(lab) }), code: 'connection.missing' }],
  },
  previewSettings: {
    good: async (lab) => ({ id: await connectedId(lab), changes: { cron: '30 4 * * *' } }),
    bad: [
      {
        input: async (lab) => ({ id: await connectedId(lab), changes: { cron: 'never' } }),
        code: 'usage',
      },
      {
        input: async (lab) => ({ id: await connectedId(lab), changes: { noSuchSetting: '1' } }),
        code: 'usage',
      },
    ],
  },
  changeSettings: {
    good: async (lab) => {
      const id = await connectedId(lab)
      const changes = { cron: lab.cron() }
      return { id, changes, hash: (await lab.client.masters.previewSettings({ id, changes })).hash }
    },
    bad: [
      {
        input: async (lab) => ({
          id: await connectedId(lab),
          changes: { cron: lab.cron() },
          hash: '0'.repeat(64),
        }),
        code: 'plan.changed',
      },
    ],
  },
  nextTimes: {
    good: () => ({ cron: '0 3 * * *', zone: 'UTC' }),
    bad: [{ input: () => ({ cron: 'never', zone: 'UTC' }), code: 'usage' }],
  },
  setOwnSchedule: {
    good: async (lab) => ({
      id: await connectedId(lab),
      schedule: { cron: '0 3 * * *', zone: 'Europe/Berlin', way: 'asked' },
    }),
    bad: [
      {
        input: async (lab) => ({
          id: await connectedId(lab),
          schedule: { cron: '0 3 * * *', zone: 'Mars/Olympus', way: 'asked' },
        }),
        code: 'usage',
      },
      {
        input: async (lab) => ({
          id: await clusterId(lab),
          schedule: { cron: '0 3 * * *', zone: 'UTC', way: 'asked' },
        }),
        code: 'connection.missing',
      },
    ],
  },
}

import { takesNothing, nobody, clusterId } from './case-inputs.ts'
import type { Cases } from './case.ts'
import type { RouterLab } from './router-lab.ts'

const ofNoRun = { input: () => ({ id: nobody }), code: 'runbook.notFound' } as const

/** A run of a runbook that any cluster has, waiting at its first step that asks something. */
async function openRun(lab: RouterLab) {
  const { id } = await lab.addCluster({ masterKeys: [lab.masterKeyId] })
  const run = await lab.client.runbooks.start({ clusterId: id, scenario: 'X-1', inputs: {} })
  for await (const now of await lab.client.runbooks.watch({ id: run.id })) {
    const step = now.list.find((each) => each.id === now.current)
    if (step !== undefined && step.state !== 'running' && step.kind !== 'check' && step.kind !== 'wait') {
      return { ...now, step: step.id }
    }
  }
  throw new Error('The run asks nothing.')
}

async function runId(lab: RouterLab) {
  return { id: (await openRun(lab)).id }
}

/** A run whose sheet is green but for the row that is excepted. */
async function signable(lab: RouterLab) {
  const { runbooks } = lab.client
  const { id, cluster } = await openRun(lab)
  await runbooks.proceed({ id, step: 'cluster-access', answer: { kind: 'choose', option: 'works' } })
  await runbooks.proceed({ id, step: 'other-copy', answer: { kind: 'choose', option: 'no' } })
  for await (const run of await runbooks.watch({ id })) if (run.current === 'new-backup') break
  const answer = { kind: 'skip' as const, reason: 'The lab takes none.' }
  await runbooks.proceed({ id, step: 'new-backup', answer })
  return { id, confirm: cluster, note: 'As good as it gets.' }
}

export const runbookCases: Cases['runbooks'] = {
  scenarios: {
    good: async (lab) => ({ clusterId: await clusterId(lab) }),
    bad: [{ input: () => ({ clusterId: nobody }), code: 'cluster.notFound' }],
  },
  triage: {
    good: async (lab) => ({ clusterId: await clusterId(lab), answers: {} }),
    bad: [{ input: () => ({ clusterId: nobody, answers: {} }), code: 'cluster.notFound' }],
  },
  start: {
    good: async (lab) => ({ clusterId: await clusterId(lab), scenario: 'X-1', inputs: {} }),
    bad: [
      { input: () => ({ clusterId: nobody, scenario: 'X-1', inputs: {} }), code: 'cluster.notFound' },
      {
        input: async (lab) => ({ clusterId: await clusterId(lab), scenario: 'ZZ-9', inputs: {} }),
        code: 'runbook.notFound',
      },
      {
        input: async (lab) => ({ clusterId: await clusterId(lab), scenario: 'X-1', inputs: { no: 'such' } }),
        code: 'usage',
      },
      {
        input: async (lab) => ({ clusterId: (await openRun(lab)).clusterId, scenario: 'X-1', inputs: {} }),
        code: 'runbook.refused',
      },
      {
        input: async (lab) => ({
          clusterId: (await lab.addCluster({ mode: 'readOnly' })).id,
          scenario: 'X-1',
          inputs: {},
        }),
        code: 'cluster.readOnly',
      },
    ],
  },
  list: takesNothing,
  get: { good: runId, bad: [ofNoRun] },
  watch: { good: runId, bad: [ofNoRun], firstEvent: async () => Promise.resolve() },
  ask: {
    good: async (lab) => {
      const { id, step } = await openRun(lab)
      return { id, step }
    },
    bad: [{ input: () => ({ id: nobody, step: 'any' }), code: 'runbook.notFound' }],
  },
  proceed: {
    good: async (lab) => {
      const { id, step } = await openRun(lab)
      return { id, step, answer: { kind: 'stop' as const } }
    },
    bad: [
      { input: () => ({ id: nobody, step: 'any', answer: { kind: 'go' } }), code: 'runbook.notFound' },
      {
        input: async (lab) => ({ ...(await runId(lab)), step: 'no-such-step', answer: { kind: 'go' } }),
        code: 'runbook.refused',
      },
    ],
  },
  changeAnswers: {
    good: async (lab) => ({ ...(await runId(lab)), inputs: {} }),
    bad: [
      { input: () => ({ id: nobody, inputs: {} }), code: 'runbook.notFound' },
      { input: async (lab) => ({ ...(await runId(lab)), inputs: { unknown: 'x' } }), code: 'usage' },
    ],
  },
  takeOver: {
    good: async (lab) => ({ ...(await runId(lab)), note: 'Lena went to sleep.' }),
    bad: [{ input: () => ({ id: nobody, note: '' }), code: 'runbook.notFound' }],
  },
  accept: {
    good: signable,
    bad: [
      {
        input: async (lab) => {
          const { id, cluster } = await openRun(lab)
          return { id, confirm: cluster, note: '' }
        },
        code: 'runbook.refused',
      },
      { input: async (lab) => ({ ...(await runId(lab)), confirm: 'another', note: '' }), code: 'usage' },
    ],
  },
  close: {
    good: async (lab) => ({ ...(await runId(lab)), outcome: 'abandoned' as const, reason: 'A drill.' }),
    bad: [
      {
        input: async (lab) => ({ ...(await runId(lab)), outcome: 'finished', reason: '' }),
        code: 'runbook.refused',
      },
    ],
  },
  report: {
    good: async (lab) => ({ ...(await runId(lab)), as: 'json' as const }),
    bad: [{ input: () => ({ id: nobody, as: 'html' }), code: 'runbook.notFound' }],
  },
}

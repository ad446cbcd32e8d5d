import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  takesNothing,
  nobody,
  noBackup,
  clusterId,
  backupOf,
  verifyRequest,
  credentialId,
  s3Keys,
  editable,
  anchors,
  unusedRepository,
  destination,
  restored,
  endedJob,
  ofNoCluster,
  ofNoJob,
} from './case-inputs.ts'
import type { Cases } from './case.ts'
import { retentionCases } from './retention-cases.ts'
import { drillCases } from './drill-cases.ts'
import { masterCases } from './master-cases.ts'
import { runbookCases } from './runbook-cases.ts'
import { setupCases } from './setup-cases.ts'
import { clusterInput, passphrase } from './router-lab.ts'
import { noAccess } from '../../../src/shared/contract/repositories.ts'

const shownKey = { address: 'operator@host:2222', fingerprint: `SHA256:${'A'.repeat(43)}` }

/** A case for each procedure of the contract. */
export const cases: Cases = {
  drills: drillCases,
  host: {
    info: takesNothing,
    changes: { ...takesNothing, firstEvent: async (client) => client.settings.set({ theme: 'dark' }) },
    setVisible: { good: () => ({ visible: true }), bad: 'Seen or not seen: both are right.' },
  },
  vault: {
    status: takesNothing,
    choose: {
      onEmptyDesk: true,
      good: () => ({ backend: 'sealedFile', passphrase }),
      bad: [{ input: () => ({ backend: 'sealedFile', passphrase }), code: 'usage' }],
    },
    unlock: {
      good: () => ({ passphrase }),
      bad: [{ input: () => ({ passphrase: 'another one' }), code: 'vault.wrongPassphrase' }],
    },
    lock: { ...takesNothing },
    credentials: takesNothing,
    add: {
      good: () => ({ label: 'a pair', secret: s3Keys }),
      bad: [
        {
          input: (lab) => ({ label: 'x', secret: { kind: 'masterKeyFile', path: join(lab.dir, 'nowhere') } }),
          code: 'usage',
        },
        { input: () => ({ label: 'x', secret: { kind: 'masterKey', key: '\n' } }), code: 'usage' },
        { input: () => ({ label: 'x', secret: { kind: 'masterKey', key: 'half \ud800' } }), code: 'usage' },
      ],
    },
    replace: {
      good: async (lab) => ({
        id: await credentialId(lab),
        secret: { kind: 'masterKey', key: 'a newer one' },
      }),
      bad: [
        { input: async (lab) => ({ id: await credentialId(lab), secret: s3Keys }), code: 'usage' },
        { input: () => ({ id: nobody, secret: s3Keys }), code: 'credential.notFound' },
      ],
    },
    rename: {
      good: async (lab) => ({ id: await credentialId(lab), label: 'renamed' }),
      bad: [{ input: () => ({ id: nobody, label: 'renamed' }), code: 'credential.notFound' }],
    },
    remove: {
      good: async (lab) => ({ id: await credentialId(lab) }),
      bad: [
        { input: () => ({ id: nobody }), code: 'credential.notFound' },
        { input: (lab) => ({ id: lab.masterKeyId }), code: 'credential.inUse' },
      ],
    },
  },
  repositories: {
    list: takesNothing,
    test: {
      good: (lab) => ({
        system: 'kiok',
        address: pathToFileURL(lab.kiok).href,
        access: noAccess,
        masterKeys: [lab.masterKeyId],
      }),
      bad: [
        {
          input: () => ({ system: 'kiok', address: 'nowhere at all', access: noAccess, masterKeys: [] }),
          code: 'repository.badAddress',
        },
        {
          input: (lab) => ({
            system: 'kindling',
            address: pathToFileURL(join(lab.dir, 'nowhere')).href,
            access: noAccess,
            masterKeys: [],
          }),
          code: 'repository.notFound',
        },
        {
          input: (lab) => ({
            system: 'kiok',
            address: pathToFileURL(lab.kiok).href,
            access: { ...noAccess, credential: { source: 'vault', id: nobody } },
            masterKeys: [],
          }),
          code: 'credential.notFound',
        },
        {
          input: (lab) => ({
            system: 'kiok',
            address: pathToFileURL(lab.kiok).href,
            access: noAccess,
            masterKeys: [nobody],
          }),
          code: 'credential.notFound',
        },
      ],
    },
    add: {
      good: (lab) => ({
        name: 'for copies',
        system: 'kiok',
        address: pathToFileURL(join(lab.dir, 'copies')).href,
        access: noAccess,
      }),
      bad: [
        {
          input: () => ({ name: 'x', system: 'kiok', address: 's3://', access: noAccess }),
          code: 'repository.badAddress',
        },
      ],
    },
    edit: {
      good: async (lab) => ({
        id: await unusedRepository(lab),
        name: 'renamed',
        address: pathToFileURL(lab.kiok).href,
        access: noAccess,
      }),
      bad: [
        {
          input: () => ({ id: nobody, name: 'x', address: 'file:///tmp', access: noAccess }),
          code: 'repository.unsaved',
        },
        {
          input: async (lab) => ({
            id: await unusedRepository(lab),
            name: 'x',
            address: 's3://',
            access: noAccess,
          }),
          code: 'repository.badAddress',
        },
      ],
    },
    remove: {
      good: async (lab) => ({ id: await unusedRepository(lab) }),
      bad: [
        { input: () => ({ id: nobody }), code: 'repository.unsaved' },
        {
          input: async (lab) => ({ id: (await lab.addCluster()).repositoryId }),
          code: 'repository.inUse',
        },
      ],
    },
    usage: {
      good: async (lab) => ({ id: (await lab.addCluster()).repositoryId }),
      bad: [
        { input: () => ({ id: nobody }), code: 'repository.unsaved' },
        {
          input: async (lab) => ({
            id: (await lab.addCluster({ folder: join(lab.dir, 'gone') })).repositoryId,
          }),
          code: 'repository.notFound',
        },
      ],
    },
    posture: {
      good: async (lab) => ({ id: (await lab.addCluster()).repositoryId }),
      bad: [
        { input: () => ({ id: nobody }), code: 'repository.unsaved' },
        {
          input: async (lab) => ({
            id: (await lab.addCluster({ folder: join(lab.dir, 'gone') })).repositoryId,
          }),
          code: 'repository.notFound',
        },
      ],
    },
    lastPosture: {
      good: async (lab) => {
        const { repositoryId: id } = await lab.addCluster()
        await lab.client.repositories.posture({ id })
        return { id }
      },
      bad: [{ input: () => ({ id: nobody }), code: 'repository.unsaved' }],
    },
    browse: {
      good: async (lab) => ({ id: (await lab.addCluster()).repositoryId, prefix: '' }),
      bad: [{ input: () => ({ id: nobody, prefix: '' }), code: 'repository.unsaved' }],
    },
  },
  clusters: {
    list: takesNothing,
    some: {
      good: async (lab) => ({ ids: [await clusterId(lab), nobody] }),
      bad: 'A cluster that is gone is left out.',
    },
    add: {
      good: (lab) => clusterInput({ name: lab.fresh('added'), folder: lab.kiok }),
      bad: [
        {
          input: async (lab) => clusterInput({ name: (await lab.addCluster()).name, folder: lab.kiok }),
          code: 'usage',
        },
        {
          input: (lab) => ({
            ...clusterInput({ name: lab.fresh('x'), folder: lab.kiok }),
            repository: { kind: 'saved', id: nobody },
          }),
          code: 'repository.unsaved',
        },
        {
          input: (lab) => ({
            ...clusterInput({ name: lab.fresh('x'), folder: lab.kiok }),
            repository: { kind: 'new', address: 'ftp://somewhere/x', access: noAccess },
          }),
          code: 'repository.badAddress',
        },
      ],
    },
    edit: {
      good: async (lab) => editable(await clusterId(lab), lab.fresh('edited')),
      bad: [
        { input: () => editable(nobody, 'x'), code: 'cluster.notFound' },
        {
          input: async (lab) => editable(await clusterId(lab), (await lab.addCluster()).name),
          code: 'usage',
        },
        {
          input: async (lab) => editable((await lab.addCluster({ mode: 'protected' })).id, lab.fresh('x')),
          code: 'cluster.protected',
        },
      ],
    },
    trustHost: {
      good: async (lab) => ({ id: await clusterId(lab), ...shownKey }),
      bad: [
        { input: () => ({ id: nobody, ...shownKey }), code: 'cluster.notFound' },
        {
          input: async (lab) => ({ id: (await lab.addCluster({ mode: 'protected' })).id, ...shownKey }),
          code: 'cluster.protected',
        },
      ],
    },
    trustedHosts: takesNothing,
    forgetHost: {
      good: async (lab) => {
        const id = await clusterId(lab)
        await lab.client.clusters.trustHost({ id, ...shownKey })
        return { id, address: shownKey.address }
      },
      bad: [
        { input: () => ({ id: nobody, address: shownKey.address }), code: 'cluster.notFound' },
        {
          input: async (lab) => ({
            id: (await lab.addCluster({ mode: 'protected' })).id,
            address: shownKey.address,
          }),
          code: 'cluster.protected',
        },
      ],
    },
    remove: {
      good: async (lab) => {
        const { id, name } = await lab.addCluster()
        return { id, confirm: name }
      },
      bad: [
        { input: () => ({ id: nobody, confirm: nobody }), code: 'cluster.notFound' },
        { input: async (lab) => ({ id: await clusterId(lab), confirm: 'another' }), code: 'usage' },
        {
          input: async (lab) => {
            const { id, name } = await lab.addCluster({ mode: 'protected' })
            return { id, confirm: name, reason: ' ' }
          },
          code: 'cluster.protected',
        },
      ],
    },
    refresh: {
      good: async (lab) => ({ id: await clusterId(lab) }),
      bad: [{ input: () => ({ id: nobody }), code: 'cluster.notFound' }],
    },
  },
  backups: {
    chain: {
      good: async (lab) => ({ clusterId: await clusterId(lab) }),
      bad: [ofNoCluster],
    },
    get: {
      good: backupOf,
      bad: [
        {
          input: async (lab) => ({ clusterId: await clusterId(lab), backupId: noBackup }),
          code: 'backup.notFound',
        },
        { input: () => ({ clusterId: nobody, backupId: noBackup }), code: 'cluster.notFound' },
      ],
    },
    find: {
      good: async (lab) => {
        const { clusterId: id, backupId } = await backupOf(lab)
        await lab.client.backups.chain({ clusterId: id })
        return { wanted: backupId }
      },
      bad: 'What nothing is named like is not found.',
    },
    contents: {
      good: async (lab) => {
        const { id } = await lab.addCluster({
          system: 'chango',
          folder: lab.chango,
          masterKeys: [lab.masterKeyId],
        })
        return { clusterId: id, backupId: await lab.newestBackup(id) }
      },
      bad: [
        {
          input: async (lab) => ({ clusterId: await clusterId(lab), backupId: noBackup }),
          code: 'backup.notFound',
        },
        { input: () => ({ clusterId: nobody, backupId: noBackup }), code: 'cluster.notFound' },
      ],
    },
    history: {
      good: async (lab) => {
        const backup = await backupOf(lab)
        const { jobId } = await lab.client.verify.start(verifyRequest(backup.clusterId))
        await lab.ended(jobId)
        return backup
      },
      bad: [{ input: () => ({ clusterId: nobody, backupId: noBackup }), code: 'cluster.notFound' }],
    },
  },
  verify: {
    cost: {
      good: async (lab) => verifyRequest(await clusterId(lab)),
      bad: [
        { input: () => verifyRequest(nobody), code: 'cluster.notFound' },
        {
          input: async (lab) => ({
            ...verifyRequest(await clusterId(lab)),
            selection: { kind: 'some', backupIds: [noBackup] },
          }),
          code: 'backup.notFound',
        },
      ],
    },
    start: {
      good: async (lab) => verifyRequest(await clusterId(lab)),
      bad: [
        { input: () => verifyRequest(nobody), code: 'cluster.notFound' },
        {
          input: async (lab) => ({ ...verifyRequest(await clusterId(lab)), byTool: true }),
          code: 'usage',
        },
      ],
    },
    startKeyCheck: {
      good: async (lab) => ({ clusterId: await clusterId(lab) }),
      bad: [ofNoCluster],
    },
    startCopy: {
      good: async (lab) => ({ ...(await backupOf(lab)), toRepositoryId: await destination(lab) }),
      bad: [
        {
          input: async (lab) => ({ ...(await backupOf(lab)), toRepositoryId: nobody }),
          code: 'repository.unsaved',
        },
        {
          input: async (lab) => {
            const cluster = await lab.addCluster()
            const backupId = await lab.newestBackup(cluster.id)
            return { clusterId: cluster.id, backupId, toRepositoryId: cluster.repositoryId }
          },
          code: 'usage',
        },
      ],
    },
  },
  restore: {
    targets: takesNothing,
    prepare: {
      good: async (lab) => ({ ...(await backupOf(lab)), targetDir: join(lab.dir, lab.fresh('prepared')) }),
      bad: [
        {
          input: (lab) => ({ clusterId: nobody, backupId: noBackup, targetDir: lab.dir }),
          code: 'cluster.notFound',
        },
        {
          input: async (lab) => ({ ...(await backupOf(lab)), targetDir: 'not/from/the/root' }),
          code: 'target.refused',
        },
        {
          input: async (lab) => ({ ...(await backupOf(lab)), targetDir: join(lab.kiok, 'inside') }),
          code: 'target.refused',
        },
        {
          input: async (lab) => ({
            clusterId: await clusterId(lab),
            backupId: noBackup,
            targetDir: join(lab.dir, 'x'),
          }),
          code: 'backup.notFound',
        },
      ],
    },
    // What is refused, and that nothing is touched then, is shown over all transports in ceremony.test.ts.
    start: {
      good: async (lab) => {
        const id = await clusterId(lab)
        const { plan, targetDir } = await lab.planned(id)
        const { backupId, confirm } = plan
        return { clusterId: id, backupId, targetDir, planHash: plan.hash, confirm }
      },
      bad: [
        {
          input: async (lab) => ({
            ...(await backupOf(lab)),
            targetDir: lab.dir,
            planHash: 'f'.repeat(64),
            confirm: 'kiok-lab',
          }),
          code: 'plan.changed',
        },
      ],
    },
    startRollback: {
      good: restored,
      bad: [
        {
          input: async (lab) => ({ ...(await restored(lab)), confirm: 'another' }),
          code: 'usage',
        },
        {
          input: (lab) => ({ targetDir: join(lab.dir, 'never'), confirm: 'never' }),
          code: 'target.refused',
        },
      ],
    },
  },
  masters: masterCases,
  retention: retentionCases,
  runbooks: runbookCases,
  jobs: {
    list: takesNothing,
    get: { good: async (lab) => ({ id: await endedJob(lab) }), bad: [ofNoJob] },
    events: {
      good: async (lab) => ({ id: await endedJob(lab), after: 0 }),
      bad: [{ input: () => ({ id: nobody, after: 0 }), code: 'job.notFound' }],
    },
    cancel: { good: async (lab) => ({ id: await endedJob(lab) }), bad: [ofNoJob] },
    resume: {
      good: (lab) => ({ id: lab.takeInterrupted() }),
      bad: [ofNoJob, { input: async (lab) => ({ id: await endedJob(lab) }), code: 'job.refused' }],
    },
    dismiss: {
      good: (lab) => ({ id: lab.takeInterrupted() }),
      bad: [ofNoJob, { input: async (lab) => ({ id: await endedJob(lab) }), code: 'job.refused' }],
    },
  },
  audit: {
    status: takesNothing,
    list: {
      good: () => ({ limit: 5, find: 'cluster', before: 1000 }),
      bad: 'What is before the first entry, or is not found, is an empty list.',
    },
    verify: takesNothing,
    export: takesNothing,
  },
  settings: {
    get: takesNothing,
    set: {
      good: () => ({ theme: 'light', workers: 2, auditAnchor: null }),
      bad: [
        { input: () => ({ auditAnchor: anchors('file:///srv/anchors') }), code: 'repository.badAddress' },
        { input: () => ({ auditAnchor: anchors('s3://bucket/', nobody) }), code: 'credential.notFound' },
      ],
    },
  },
  setup: setupCases,
}

import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import type { SnapshotProgress } from '../../src/main/ports/cluster-driver.ts'
import { chango } from '../../src/main/systems/chango/chango.ts'
import { changoDriver } from '../../src/main/systems/chango/live/driver.ts'
import type { ConnectionValues } from '../../src/shared/contract/connection-fields.ts'
import type { Probe } from '../../src/shared/contract/masters.ts'
import { sshdProblem, startChangoHost, type ChangoHost } from '../lab/masters/chango-host.ts'
import { labSessions } from '../lab/masters/lab-session.ts'
import { stagedFiles } from '../lab/stage-backup.ts'
import { verifyRepository } from '../lab/verify-repository.ts'

const problem = sshdProblem()
const masterKey = 'the key of this lab, with "quotes", $(signs) and spaces'
const silent: SnapshotProgress = { progress: () => undefined, log: () => undefined }

describe.skipIf(problem !== null)(
  `An archive that this console makes of a stopped master${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let host: ChangoHost
    let folder: string
    let backups: string
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hf-chango-'))
      backups = join(folder, 'backups')
      await mkdir(backups)
      host = await startChangoHost(masterKey)
    })
    afterEach(async () => {
      await host.close()
      await rm(folder, { recursive: true })
    })

    const values = (more: ConnectionValues = {}): ConnectionValues => ({
      masters: ['http://127.0.0.1:9'],
      ...host.values,
      ...more,
    })
    const session = (signal?: AbortSignal, key: string | null = masterKey) =>
      labSessions(
        { name: 'chango-lab', system: 'chango', address: pathToFileURL(backups).href },
        { masterKeys: key === null ? {} : { 'key-1': key } },
      )(signal)

    async function archive(
      more: ConnectionValues = {},
      {
        signal,
        report = silent,
        way = 'stopped',
        key = masterKey,
      }: { signal?: AbortSignal; report?: SnapshotProgress; way?: string; key?: string | null } = {},
    ) {
      const used = session(signal, key)
      try {
        return await changoDriver.connect(values(more)).snapshot(used, way, report)
      } finally {
        await used.close()
      }
    }

    async function probes(more: ConnectionValues = {}): Promise<(id: string) => Probe | undefined> {
      const used = session()
      const all: Probe[] = []
      for await (const probe of changoDriver.connect(values(more)).probe(used)) all.push(probe)
      await used.close()
      expect(JSON.stringify(all)).not.toContain(masterKey)
      return (id) => all.find((probe) => probe.id === id && probe.of === host.address)
    }

    async function keys(): Promise<readonly string[]> {
      const store = await openFolderStore(backups)
      const found: string[] = []
      for await (const entry of store.list()) if (entry.kind === 'object') found.push(entry.key)
      await store.close()
      return found
    }

    const startsAgain = async (): Promise<void> =>
      vi.waitFor(
        async () => {
          expect((await host.said()).filter((line) => line.startsWith('start'))).toHaveLength(2)
          expect(await host.runs()).toBe(true)
        },
        { timeout: 60_000, interval: 200 },
      )

    test('is proved to the end when it has arrived, and the master runs again with its key and arguments', async () => {
      const outcome = await archive()
      const [object, sidecar] = await keys()
      expect(outcome).toMatchObject({
        kind: 'made',
        backupId: expect.stringMatching(/^chango-\d{8}-\d{6}-[0-9a-f-]{36}$/),
        hash: { object, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      })
      expect(sidecar).toBe(`${object}.sha256`)
      expect(JSON.stringify(outcome)).not.toContain(masterKey)
      const store = await openFolderStore(backups)
      const { said, backups: verified } = await verifyRepository(store, chango)
      await store.close()
      const [one] = Object.values(said)
      expect(one).toMatchObject({ verdict: 'good', codes: [] })
      expect(Object.keys(one?.stores ?? {})).toEqual(['kms', 'iam', 'metadata', 'patches'])
      expect(verified[0]?.report.stores[0]?.intactBy).toBeDefined()
      const lines = await host.said()
      expect(lines).toHaveLength(3)
      expect(lines[1]).toBe('stop')
      // The same key, Java and cluster arguments; what is not chango's own argument is the script's to add.
      expect(lines[2]).toBe(lines[0]?.replace(' -Xmx1g', ''))
      expect(await host.runs()).toBe(true)
    })

    test('a sealed one is listed, opens with the master key alone, and is restored byte for byte', async () => {
      const outcome = await archive({}, { way: 'stoppedSealed' })
      expect(await archive({}, { way: 'stoppedSealed' })).toMatchObject({ kind: 'made' })
      const [object = ''] = await keys()
      expect(outcome).toMatchObject({
        kind: 'made',
        hash: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      })
      const store = await openFolderStore(backups)
      const stored = await buffer((await store.get(object)).pieces)
      expect(stored.subarray(0, 4).toString('latin1')).toBe('KBE1')
      expect(stored.includes('CURRENT')).toBe(false)

      const { said, backups: verified } = await verifyRepository(store, chango, { keys: [masterKey] })
      const reports = Object.values(said)
      expect(reports).toHaveLength(2)
      for (const report of reports) {
        expect(report).toMatchObject({ verdict: 'good', codes: [] })
        expect(report.stores).toEqual({
          kms: 'wellFormed',
          iam: 'wellFormed',
          metadata: 'wellFormed',
          patches: 'wellFormed',
        })
      }
      const [newest] = verified
      if (newest === undefined) throw new Error('nothing was verified')
      const files = await stagedFiles(newest.backup, store, masterKey)
      expect(files.size).toBeGreaterThan(6)
      for (const [path, content] of files) {
        const onHost = path.replace(/^patches/, 'data/master/patches')
        expect(content.equals(await readFile(join(host.storesFolder, onHost)))).toBe(true)
      }

      const wrong = await verifyRepository(store, chango, { keys: ['another key'] })
      for (const report of Object.values(wrong.said)) expect(report.codes).toContain('envelope.wrongKey')
      await store.close()
    })

    test('without a master key nothing is stopped for a sealed one', async () => {
      await expect(archive({}, { way: 'stoppedSealed', key: null })).rejects.toMatchObject({
        code: 'key.missing',
      })
      expect(await host.said()).toHaveLength(1)
    })

    test('a connection that breaks while it is being stopped leaves no archive, and its host starts it again', async () => {
      host.breakNextStop()
      await expect(archive()).rejects.toMatchObject({
        code: 'host.lost',
        text: { next: expect.stringContaining('starts it again by itself') },
      })
      await startsAgain()
      expect(await keys()).toEqual([])
    })

    test('a connection that breaks while the stores are read leaves no archive, and its host starts it again', async () => {
      const report = { ...silent, progress: () => host.cut() }
      await expect(archive({}, { report })).rejects.toMatchObject({
        code: 'host.commandFailed',
        text: {
          what: expect.stringContaining('not known to run again'),
          why: expect.stringContaining('starts it by itself'),
        },
      })
      await startsAgain()
      expect(await keys()).toEqual([])
    })

    test('cancelling starts the master again before the work ends', async () => {
      const cancel = new AbortController()
      const report = { ...silent, progress: () => cancel.abort() }
      await expect(archive({}, { signal: cancel.signal, report })).rejects.toMatchObject({
        code: 'cancelled',
      })
      expect(await host.runs()).toBe(true)
      expect((await host.said()).at(-1)).toMatch(/^start key=/)
      expect(await keys()).toEqual([])
    })

    test('a link in a store, or a store that is written to, is no archive; the master runs again', async () => {
      await symlink('/etc/passwd', join(host.storesFolder, 'kms', 'linked'))
      await expect(archive()).rejects.toMatchObject({
        code: 'host.badAnswer',
        text: { why: 'It is neither a regular file nor a folder.', unchanged: 'No archive was made.' },
      })
      expect(await host.runs()).toBe(true)
      await rm(join(host.storesFolder, 'kms', 'linked'))
      let changed = false
      const report: SnapshotProgress = {
        ...silent,
        progress() {
          if (!changed) void host.writeFile('iam/000099.log', 'written meanwhile')
          changed = true
        },
      }
      await expect(archive({}, { report })).rejects.toMatchObject({
        code: 'host.badAnswer',
        text: { what: expect.stringContaining('changed while they were read') },
      })
      expect(await host.runs()).toBe(true)
      expect(await keys()).toEqual([])
    })

    test('a master that does not start again is said so, beside the archive that is there', async () => {
      host.onStop(async () => host.mark('dead'))
      await expect(archive()).rejects.toMatchObject({
        code: 'host.commandFailed',
        text: {
          what: expect.stringContaining('not known to run again'),
          why: expect.stringContaining('start-master.sh ended with 1'),
          unchanged: expect.stringMatching(/^The archive chango-.*\.tar\.gz is in the repository\.$/),
        },
      })
      expect(await keys()).toHaveLength(2)
    })

    test('nothing is stopped where the stores are elsewhere, no master runs, or no host is named', async () => {
      await expect(archive({ storesFolder: '/nowhere' })).rejects.toMatchObject({
        code: 'host.commandFailed',
      })
      await expect(archive({ hosts: [] })).rejects.toMatchObject({ code: 'connection.missing' })
      await expect(archive({ home: '/nowhere' })).rejects.toMatchObject({
        text: { what: expect.stringContaining('No master runs') },
      })
      expect(await host.said()).toHaveLength(1)
      expect(host.changes()).toBe(0)
    })

    test('its own tool is asked where it can list, and what it does not know is no fault', async () => {
      const before = await probes()
      expect(before('cli')).toMatchObject({ state: 'unknown' })
      expect(before('process')).toMatchObject({ state: 'ok' })
      expect(before('stores')?.answer).toContain(host.storesFolder)
      expect(before('bootstrap')).toMatchObject({ state: 'ok' })
      await host.mark('cli', 'BACKUP ID\n20261119T020000-59e9eb89\n20261120T020000-00aa11bb  1.2 GB\n')
      expect((await probes())('cli')).toMatchObject({
        state: 'ok',
        answer: expect.stringContaining('the newest 20261120T020000-00aa11bb'),
        evidence: 'chango-cli.sh backup list → 0; inspect → 0',
      })
      await host.mark('cli', '20261120T020000-00aa11bb OLD\n')
      expect((await probes())('cli')).toMatchObject({
        state: 'ok',
        answer: '1\u00a0backup, the newest 20261120T020000-00aa11bb. It records no fingerprint of its key.',
      })
      await host.mark('cli', '20261120T020000-00aa11bb\n')
      // The pages disagree about the place of the socket: the one that is there is taken.
      for (const place of ['data/master/admin.sock', '../opt/bin/master.socket']) {
        const path = join(host.storesFolder, place)
        await host.writeFile(place, '')
        await host.writeFile('../opt/socket', path)
        expect((await probes())('cli'), place).toMatchObject({ state: 'ok' })
        await rm(path)
      }
      await rm(join(host.home, 'socket'))
      await host.mark('cli', '20261120T020000-00aa11bb BAD\n')
      expect((await probes())('cli')).toMatchObject({ state: 'warning' })
    })
  },
)

import { createHash } from 'node:crypto'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stageEntries } from '../../src/main/engine/restore/stage-entries.ts'
import type { LockedTarget } from '../../src/main/ports/restore-target.ts'
import type { StagedEntry } from '../../src/main/ports/staged-entry.ts'
import { reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { startSshd, type Sshd } from '../lab/sshd.ts'
import { inRounds, type Timed } from './compare.ts'
import { mebibyte } from './lab.ts'
import { manyFiles } from './many.ts'
import { shell, type MeasuredRun } from './measure.ts'
import { memoryRow, rateRow, ratioRow, secondsRow, type Section } from './report.ts'

const bytes = 512 * mebibyte

/**
 * What a restore writes beside the live data of a host, hashed on the way, beside `ssh host 'cat > file'`; and a whole restore of
 * many small files by the built command line: checked, planned, written, put in place and read back.
 */
export async function sshRestoreSection(rounds: number): Promise<Section> {
  const title = 'Restore over SSH, through the loopback'
  const server = await startSshd()
  if ('skip' in server) return { title: `${title}: not here (${server.skip})`, rows: [], runs: [] }
  const above = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-bench-')))
  const { port, user, keyFile, knownHostsFile } = server
  const ssh = `ssh -F none -p ${port} -i ${keyFile} -o UserKnownHostsFile=${knownHostsFile} ${user}@127.0.0.1`
  const target = await targetOn(await reachHost(server), join(above, 'data'))
  try {
    const held = await target.lock()
    let count = 0
    const stage = async (): Promise<Timed> => {
      const run = `bench-${(count += 1)}`
      await held.createStaging(run)
      const seconds = await timed(async () => staged(held, run))
      await held.removeStaging(run)
      return { seconds }
    }
    const standing = await inRounds(rounds, {
      ssh: {
        name: "ssh host 'cat > file', 512 MiB",
        run: () => shell(`head -c ${bytes} /dev/zero | ${ssh} 'cat >${above}/file && rm ${above}/file'`),
      },
      own: { name: 'a restore, 512 MiB in one file', run: stage },
    })
    const many = await restoreOfMany(above, server)
    return {
      title,
      rows: [
        rateRow(bytes, standing.ssh),
        rateRow(bytes, standing.own),
        ratioRow(standing.own, standing.ssh, 0.8),
        secondsRow({ name: '100 000 files, a whole restore', runs: [many] }),
        memoryRow('100 000 files, memory of the command line', many.peakBytes),
      ],
      runs: Object.values(standing),
    }
  } finally {
    await target.close()
    await server.stop()
    await rm(above, { recursive: true, force: true })
  }
}

async function staged(target: LockedTarget, run: string): Promise<void> {
  const item = { name: 'kms', kind: 'folder', files: 1, sizeBytes: bytes, digest: '', owner: null } as const
  // The digest is not the point here: everything is written before it is compared.
  await stageEntries({ items: [item] }, oneFile(), { run, target }).catch((error: unknown) => {
    if (!String(error).includes('did not come out of the backup as planned')) throw error
  })
  // Waits until the host has written the last byte.
  await target.listStaging()
}

async function* oneFile(): AsyncGenerator<StagedEntry> {
  yield { item: 'kms', path: 'file', kind: 'file', sizeBytes: bytes, pieces: zeros(bytes) }
}

async function restoreOfMany(above: string, server: Sshd): Promise<MeasuredRun> {
  const many = await manyFiles(above, 100_000)
  const hostKey = createHash('sha256').update(
    Buffer.from(server.hostKeys.ed25519.split(' ')[1] ?? '', 'base64'),
  )
  const fingerprint = `SHA256:${hostKey.digest('base64').replace(/=+$/, '')}`
  const target = `ssh://${server.user}@${server.host}:${server.port}${join(above, 'many')}`
  return many.restoreTo('many', target, ['--ssh-key', server.keyFile, '--host-key', fingerprint])
}

async function* zeros(sizeBytes: number): AsyncGenerator<Uint8Array> {
  const piece = new Uint8Array(Math.min(sizeBytes, 256 * 1024))
  for (let sent = 0; sent < sizeBytes; sent += piece.byteLength) yield piece
}

async function timed(act: () => Promise<void>): Promise<number> {
  const startedAt = performance.now()
  await act()
  return (performance.now() - startedAt) / 1000
}

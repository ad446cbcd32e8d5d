import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stageEntries } from '../../src/main/engine/restore/stage-entries.ts'
import type { LockedTarget } from '../../src/main/ports/restore-target.ts'
import type { StagedEntry } from '../../src/main/ports/staged-entry.ts'
import { reachHost } from '../lab/ssh-home.ts'
import { targetOn } from '../lab/ssh-target.ts'
import { startSshd } from '../lab/sshd.ts'
import { inRounds, type Timed } from './compare.ts'
import { mebibyte } from './lab.ts'
import { shell } from './measure.ts'
import { memoryRow, rateRow, ratioRow, secondsRow, type Section } from './report.ts'

const bytes = 512 * mebibyte
const smallFiles = 100_000

/** What a restore writes beside the live data of a host, hashed on the way, beside `ssh host 'cat > file'`. */
export async function sshRestoreSection(rounds: number): Promise<Section> {
  const title = 'Restore over SSH, through the loopback'
  const server = await startSshd()
  if ('skip' in server) return { title: `${title}: not here (${server.skip})`, rows: [], runs: [] }
  const above = await realpath(await mkdtemp(join(tmpdir(), 'holdfast-bench-')))
  const { port, user, keyFile, knownHostsFile } = server
  const ssh = `ssh -F none -p ${port} -i ${keyFile} -o UserKnownHostsFile=${knownHostsFile} ${user}@127.0.0.1`
  const target = await targetOn(await reachHost(server), join(above, 'data'))
  let peakBytes = 0
  const watching = setInterval(() => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())), 200)
  try {
    const held = await target.lock()
    let count = 0
    const stage = async (
      entries: AsyncIterable<StagedEntry>,
      files: number,
      size: number,
    ): Promise<Timed> => {
      const run = `bench-${(count += 1)}`
      await held.createStaging(run)
      const seconds = await timed(async () => staged(held, run, { entries, files, size }))
      await held.removeStaging(run)
      return { seconds }
    }
    const standing = await inRounds(rounds, {
      ssh: {
        name: "ssh host 'cat > file', 512 MiB",
        run: () => shell(`head -c ${bytes} /dev/zero | ${ssh} 'cat >${above}/file && rm ${above}/file'`),
      },
      own: { name: 'a restore, 512 MiB in one file', run: () => stage(oneFile(), 1, bytes) },
    })
    const many = await inRounds(1, {
      own: { name: '100 000 files of 1 KiB', run: () => stage(manyFiles(), smallFiles, smallFiles * 1024) },
    })
    return {
      title,
      rows: [
        rateRow(bytes, standing.ssh),
        rateRow(bytes, standing.own),
        ratioRow(standing.own, standing.ssh, 0.8),
        secondsRow(many.own),
        memoryRow('memory of this process meanwhile, the most', peakBytes),
      ],
      runs: [...Object.values(standing), ...Object.values(many)],
    }
  } finally {
    clearInterval(watching)
    await target.close()
    await server.stop()
    await rm(above, { recursive: true, force: true })
  }
}

async function staged(
  target: LockedTarget,
  run: string,
  {
    entries,
    files,
    size,
  }: { readonly entries: AsyncIterable<StagedEntry>; readonly files: number; readonly size: number },
): Promise<void> {
  const item = { name: 'kms', kind: 'folder', files, sizeBytes: size, digest: '', owner: null } as const
  // The digest is not the point here: everything is written before it is compared.
  await stageEntries({ items: [item] }, entries, { run, target }).catch((error: unknown) => {
    if (!String(error).includes('did not come out of the backup as planned')) throw error
  })
  // Waits until the host has written the last byte.
  await target.listStaging()
}

async function* oneFile(): AsyncGenerator<StagedEntry> {
  yield { item: 'kms', path: 'file', kind: 'file', sizeBytes: bytes, pieces: zeros(bytes) }
}

async function* manyFiles(): AsyncGenerator<StagedEntry> {
  for (let at = 0; at < smallFiles; at += 1) {
    yield { item: 'kms', path: `${at % 1000}/${at}`, kind: 'file', sizeBytes: 1024, pieces: zeros(1024) }
  }
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

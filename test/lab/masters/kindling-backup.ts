import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ObjectStore } from '../../../src/main/ports/object-store.ts'
import { makePgBackRestRepository } from '../kindling.ts'

/** What backup.info lists, by the labels of its backups: the newest last. */
export async function listedBackups(repository: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(repository, 'backup', 'kindling', 'backup.info'), 'utf8')
  const [, section = ''] = /^\[backup:current\]\n([^[]*)/m.exec(text) ?? []
  return Object.fromEntries(
    section
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

export interface NextBackup {
  readonly type: 'full' | 'incr'
  readonly at: Date
}

/** Another backup of the database, beside those that lie in the repository already, with the WAL that was written since the last one. */
export async function takePgBackRestBackup(
  repository: string,
  { type, at }: NextBackup,
  store: ObjectStore,
): Promise<void> {
  const listed = await listedBackups(repository)
  const labels = Object.keys(listed)
  const [full, prior] = [labels.findLast((label) => label.endsWith('F')), labels.at(-1)]
  if (full === undefined || prior === undefined) throw new Error('a repository without a full backup')
  const stoppedAt = at.toISOString().replace(/\.\d+/, '')
  const stamp = stoppedAt.replace(/[-:]/g, '').slice(0, 15).replace('T', '-')
  const [, lastSegment = ''] =
    /"backup-archive-stop":"[0-9A-F]{16}([0-9A-F]{8})"/.exec(listed[prior] ?? '') ?? []
  const firstSegment = Number.parseInt(lastSegment, 16) + 1
  await makePgBackRestRepository(
    store,
    [
      {
        label: type === 'full' ? `${stamp}F` : `${full}_${stamp}I`,
        ...(type === 'incr' && { prior }),
        files: {
          PG_VERSION: '15\n',
          'base/1/1249': 'catalog '.repeat(4000),
          'base/16384/16390': `rows until ${stoppedAt} `.repeat(1200),
        },
        wal: [firstSegment, firstSegment + 1],
        stoppedAt,
      },
    ],
    { listed },
  )
}

import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { kindling } from '../../src/main/systems/kindling/kindling.ts'
import { verifyRepository } from '../lab/verify-repository.ts'
import {
  postgresProblem,
  postgresTemplate,
  type LabPostgres,
  type PostgresTemplate,
} from '../lab/postgres.ts'

const problem = postgresProblem()

describe.skipIf(problem !== null)(
  `a repository that pgBackRest wrote${problem === null ? '' : ` (skipped: ${problem})`}`,
  () => {
    let template: PostgresTemplate
    beforeAll(async () => {
      template = await postgresTemplate('kindling', 'CREATE TABLE rows (n int)', async () => undefined)
    })
    afterAll(async () => template.remove())

    const closing: { close(): Promise<void> }[] = []
    afterEach(async () => {
      for (const each of closing.splice(0).toReversed()) await each.close()
    })

    /** A full, a differential and an incremental backup, each with rows of its own. */
    async function threeBackups(...options: readonly string[]): Promise<{
      readonly postgres: LabPostgres
      readonly folder: string
      readonly labels: readonly [string, string, string]
    }> {
      const postgres = await template.start(options)
      closing.push({ close: async () => postgres.stop() })
      await postgres.pgBackRest('stanza-create')
      for (const type of ['full', 'diff', 'incr']) {
        await postgres.sql(`CREATE TABLE rows_${type} AS SELECT generate_series(1, 2000)`)
        await postgres.pgBackRest('backup', `--type=${type}`)
      }
      const folder = join(postgres.repository, 'backup', 'kindling')
      const labels = (await readdir(folder)).filter((name) => /^\d/.test(name)).sort()
      const [full = '', differential = '', incremental = ''] = labels
      return { postgres, folder, labels: [full, differential, incremental] }
    }

    async function said(postgres: LabPostgres) {
      const store = await openFolderStore(postgres.repository)
      try {
        return await verifyRepository(store, kindling)
      } finally {
        await store.close()
      }
    }

    async function flip(file: string, at: number): Promise<void> {
      const bytes = await readFile(file)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      await writeFile(file, bytes)
    }

    const proved = { full: 'matches', WAL: 'matches' }

    test('is proved to the plain bytes of each file, then each damage is told where it is', async () => {
      const { postgres, folder, labels } = await threeBackups()
      const [full, differential, incremental] = labels
      const first = await said(postgres)
      expect(first.said).toEqual({
        [full]: { verdict: 'good', codes: [], stores: proved },
        [differential]: { verdict: 'good', codes: [], stores: { ...proved, differential: 'matches' } },
        [incremental]: {
          verdict: 'good',
          codes: [],
          stores: { ...proved, differential: 'matches', incremental: 'matches' },
        },
      })

      // An unfinished backup: its folder has a copy of the manifest and files, and backup.info does not list it.
      await postgres.sql('INSERT INTO rows SELECT generate_series(1, 2000)')
      await postgres.pgBackRest('backup', '--type=incr')
      const last =
        (await readdir(folder))
          .filter((name) => /^\d/.test(name))
          .sort()
          .at(-1) ?? ''
      await rm(join(folder, last, 'backup.manifest'))
      expect((await said(postgres)).said[last]).toMatchObject({
        verdict: 'warning',
        codes: ['format.unusual'],
      })
      await rm(join(folder, last, 'backup.manifest.copy'))
      expect((await said(postgres)).said[last]).toMatchObject({
        verdict: 'bad',
        codes: ['manifest.incomplete'],
      })
      await postgres.pgBackRest('expire', `--set=${last}`)
      expect(Object.keys((await said(postgres)).said).sort()).toEqual([...labels].sort())

      await flip(join(folder, differential, 'pg_data', 'backup_label.gz'), 40)
      const flipped = await said(postgres)
      expect(flipped.said[differential]?.stores['differential']).toBe('present object.hashMismatch')
      expect(flipped.said[incremental]?.verdict).toBe('good')

      await rename(join(folder, full), join(folder, `${full}.gone`))
      const lost = await said(postgres)
      expect(lost.said[full]?.codes).toEqual(['manifest.incomplete'])
      expect(lost.said[incremental]?.stores['full']).toBe('listed chain.holderMissing')
    })

    test('with a WAL segment that was deleted is bad for the backup that was made meanwhile, and for no other', async () => {
      const { postgres, labels } = await threeBackups()
      const [full, differential, incremental] = labels
      const { backups } = await said(postgres)
      const wal = backups
        .find(({ backup }) => backup.backupId === differential)
        ?.report.stores.find(({ store }) => store === 'WAL')
      await rm(join(postgres.repository, wal?.key ?? 'none'))
      const after = await said(postgres)
      expect(after.said[differential]).toMatchObject({
        verdict: 'bad',
        stores: { WAL: 'listed chain.objectMissing' },
      })
      expect([after.said[full]?.verdict, after.said[incremental]?.verdict]).toEqual(['good', 'good'])
    })

    test('in bundles is proved file by file, and a bundle that is missing is missed', async () => {
      const { postgres, folder, labels } = await threeBackups('repo1-bundle=y')
      const [full, differential, incremental] = labels
      const first = await said(postgres)
      for (const label of labels) expect(first.said[label]?.verdict).toBe('good')
      await flip(join(folder, full, 'bundle', '2'), 1000)
      expect((await said(postgres)).said[full]?.stores['full']).toBe('present object.hashMismatch')
      await rm(join(folder, differential, 'bundle', '1'))
      const lost = await said(postgres)
      expect(lost.said[differential]?.stores['differential']).toBe('listed chain.objectMissing')
      expect(lost.said[incremental]?.stores['incremental']).toBe('matches')
    })

    test('in another compression is never called good: the files are as stored, the WAL is not provable', async () => {
      const { postgres, labels } = await threeBackups('compress-type=zst')
      const { said: all } = await said(postgres)
      expect(all[labels[0]]).toEqual({
        verdict: 'unknown',
        codes: [],
        stores: { full: 'intact', WAL: 'present format.unknown' },
      })
    })

    test('encrypted says so, and no more', async () => {
      const { postgres, labels } = await threeBackups(
        'repo1-cipher-type=aes-256-cbc',
        'repo1-cipher-pass=lab',
      )
      const { said: all } = await said(postgres)
      expect(all[labels[2]]).toEqual({ verdict: 'unknown', codes: ['format.unknown'], stores: {} })
    })
  },
)

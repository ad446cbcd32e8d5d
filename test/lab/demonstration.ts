import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CliPorts, DemonstrationLab } from '../../src/main/cli/context.ts'
import { parseAddress } from '../../src/shared/domain/address.ts'
import { makeChangoRepository } from './chango-repository.ts'
import { makeKiokRepository, nightsFrom, usualSizes } from './kiok.ts'
import { noAccess } from '../../src/shared/contract/repositories.ts'

/** A demonstration's key: made up, printed nowhere, worth nothing. */
const masterKey = 'demonstration only: this key protects nothing'
/** Two repositories as two clusters would have left them: two weeks of kiok, both dialects of chango. */
export async function makeDemonstration(
  dir: string,
  { clock, openStore, openByteWork }: Pick<CliPorts, 'clock' | 'openStore' | 'openByteWork'>,
): Promise<DemonstrationLab> {
  const folder = resolve(dir)
  const masterKeyFile = join(folder, 'master.key')
  await mkdir(folder, { recursive: true })
  await writeFile(masterKeyFile, `${masterKey}\n`, { mode: 0o600 })
  await chmod(masterKeyFile, 0o600)
  const lastNight = new Date(clock.now() - 6 * 3_600_000)
  const firstNight = new Date(lastNight.getTime() - 13 * 86_400_000).toISOString().replace(/\.\d+/, '')
  const byteWork = await openByteWork(null)
  try {
    const repositories: DemonstrationLab['repositories'][number][] = []
    for (const system of ['kiok', 'chango'] as const) {
      const repository = join(folder, `${system}-backups`)
      await mkdir(repository, { recursive: true })
      const address = pathToFileURL(repository).href
      const store = await openStore(parseAddress(address), noAccess, 'write')
      try {
        if (system === 'kiok') {
          const nights = nightsFrom(firstNight, 14, (night) =>
            night % 7 === 3 ? ['metadata', 'joblog', 'iam'] : ['metadata', 'joblog'],
          )
          await makeKiokRepository(
            {
              seed: 'demonstration',
              cluster: 'kiok-demo',
              masterKey,
              storeSizes: usualSizes,
              nights,
              iterations: 200_000,
            },
            { store, byteWork },
          )
        } else {
          await makeChangoRepository({ seed: 'demonstration', masterKey, lastNight }, store)
        }
      } finally {
        await store.close()
      }
      repositories.push({ system, address })
    }
    return { masterKeyFile, repositories }
  } finally {
    await byteWork.close()
  }
}

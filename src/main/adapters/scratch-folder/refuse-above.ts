import { lstat, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { HoldfastError } from '../../../shared/domain/error.ts'

/** What says of a folder that data lives in it: each list is of names that have to be there together. */
const signs: readonly { readonly names: readonly string[]; readonly why: string }[] = [
  { names: ['.holdfast/journal'], why: 'a backup was restored into it' },
  { names: ['kms', 'iam', 'metadata'], why: 'it holds the stores of a master' },
  // RocksDB: CURRENT names the manifest that is in use.
  { names: ['CURRENT', 'LOCK'], why: 'it is a store that a program keeps open' },
  { names: ['PG_VERSION'], why: 'it is the data folder of a PostgreSQL' },
  { names: ['epochs.redb'], why: 'it is the data folder of a kiseki node' },
]

/** The folder in which a scratch folder may be made, links resolved; `target.refused` where it may not. */
export async function refuseAbove(above: string, apartFrom: readonly string[]): Promise<string> {
  if (!isAbsolute(above)) throw refused(above, 'It is no absolute path.')
  const real = await realpath(above).catch(() => null)
  if (real === null || !(await stat(real)).isDirectory()) throw refused(above, 'There is no such folder.')
  for (const folder of apartFrom) {
    const repository = await realpath(folder).catch(() => folder)
    if (real === repository || real.startsWith(`${repository}/`)) {
      throw refused(above, `It lies in the repository ${folder}.`)
    }
  }
  for (let at = real; ; at = dirname(at)) {
    for (const { names, why } of signs) {
      const there = await Promise.all(names.map(async (name) => isThere(join(at, name))))
      if (there.every(Boolean))
        throw refused(above, at === real ? `${upper(why)}.` : `It lies in ${at}, and ${why}.`)
    }
    if (at === dirname(at)) return real
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

function upper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function refused(above: string, why: string): HoldfastError {
  return new HoldfastError('target.refused', {
    what: `No drill is done in ${above}.`,
    why,
    unchanged: 'Nothing was changed.',
    next: 'Choose a folder that nothing else uses.',
  })
}

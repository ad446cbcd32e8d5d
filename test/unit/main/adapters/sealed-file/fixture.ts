import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  sealedFileVault,
  type SealedFileOptions,
} from '../../../../../src/main/adapters/sealed-file/sealed-file-vault.ts'
import { systemRandom } from '../../../../../src/main/adapters/system/random.ts'
import { fakeClock } from '../../../../fakes/fake-clock.ts'

export const passphrase = 'six random words are best'

export interface Place extends AsyncDisposable {
  readonly folder: string
  readonly file: string
}

export async function place(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sealed-'))
  return {
    folder,
    file: join(folder, 'vault.sealed'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

export function vaultIn(folder: string, options: Partial<SealedFileOptions> = {}) {
  return sealedFileVault({
    folder,
    autoLockMs: () => 900_000,
    onAutoLock: () => {},
    clock: fakeClock(),
    random: systemRandom,
    ...options,
  })
}

/** The file as someone without its passphrase can change it: another body, the old seal, a fitting checksum. */
export function forge(text: string, change: (body: string) => string): string {
  const [body = '', seal = ''] = text.split('\n')
  const lines = `${change(body)}\n${seal}\n`
  return `${lines}${createHash('sha256').update(lines, 'latin1').digest('hex')}\n`
}

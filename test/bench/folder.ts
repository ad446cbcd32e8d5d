import { inRounds, type Contestant, type Timed } from './compare.ts'
import { four, makeFolder, mebibyte } from './lab.ts'
import { findTool, holdfast, shell } from './measure.ts'
import { rateRow, ratioRow, type Section } from './report.ts'

const bytes = 1024 * mebibyte

/** Verification of 1 GiB in four sealed objects, with one worker and with two. */
export async function folderSection(dir: string, rounds: number): Promise<Section> {
  const { folder, flags } = await makeFolder(dir, 'four', four(bytes / 4))
  const verify = (level: string, workers: 1 | 2): Contestant<Timed> => ({
    name: `${level}, ${workers === 1 ? 'one worker' : 'two workers'}`,
    run: () => holdfast(['verify', '--all', ...flags, '--level', level, '--workers', `${workers}`]),
  })
  const hasOpenssl = findTool('openssl')
  // What was just written must neither be fetched from the disk nor be written to it meanwhile.
  await shell(`cat ${folder}/*/* >/dev/null; sync`)
  const standing = await inRounds(rounds, {
    openssl: {
      name: 'openssl dgst -sha256',
      run: hasOpenssl ? () => shell(`openssl dgst -sha256 ${folder}/*/*.enc`) : null,
    },
    intact1: verify('intact', 1),
    intact2: verify('intact', 2),
    decrypts1: verify('decrypts', 1),
    decrypts2: verify('decrypts', 2),
    matches1: verify('matches', 1),
    matches2: verify('matches', 2),
  })
  return {
    title: 'Verify 1 GiB from a folder, four sealed objects',
    rows: [
      rateRow(bytes, standing.openssl),
      rateRow(bytes, standing.intact1),
      rateRow(bytes, standing.intact2),
      rateRow(bytes, standing.decrypts1, 0.8),
      rateRow(bytes, standing.decrypts2, 0.8 * 1.4),
      ratioRow(standing.decrypts2, standing.decrypts1, 1.4),
      rateRow(bytes, standing.matches1),
      rateRow(bytes, standing.matches2),
      ratioRow(standing.matches2, standing.matches1),
    ],
    runs: Object.values(standing),
  }
}

import { rm } from 'node:fs/promises'
import { nightsFrom } from '../lab/kiok.ts'
import { inRounds, median } from './compare.ts'
import { four, makeFolder, mebibyte, type FolderLab } from './lab.ts'
import { holdfast } from './measure.ts'
import { memoryRow, secondsRow, type Row, type Section } from './report.ts'

/** Peak memory of whole runs, with objects of 256 MiB and of 4 GiB, one at a time and two at once. */
export async function memorySection(dir: string): Promise<Section> {
  const rows: Row[] = []
  for (const [what, lab] of [
    ['four objects of 256 MiB', four(256 * mebibyte)],
    ['one object of 4 GiB', one(4096 * mebibyte)],
    ['two objects of 2 GiB at once', two(2048 * mebibyte)],
  ] as const) {
    const made = await makeFolder(dir, 'memory', lab)
    const { peakBytes } = await holdfast(['verify', '--all', ...made.flags, '--workers', '2'])
    rows.push(memoryRow(what, peakBytes))
    await rm(made.folder, { recursive: true })
  }
  return { title: 'Peak memory of verify from a folder, two workers', rows, runs: [] }
}

/** What backups cost that share most of their objects: the first verification of all of them, by their number. */
export async function costSection(dir: string, rounds: number): Promise<Section> {
  const [few, many] = [250, 1000]
  const labs = [await nights(dir, few), await nights(dir, many)] as const
  const verify = (lab: FolderLab) => () => holdfast(['verify', '--all', ...lab.flags, '--json'])
  const standing = await inRounds(rounds, {
    few: { name: `${few} backups`, run: verify(labs[0]) },
    many: { name: `${many} backups`, run: verify(labs[1]) },
  })
  const seconds = (of: 'few' | 'many'): number => median(standing[of].runs.map((run) => run.seconds))
  const slope = seconds('many') / seconds('few')
  const { summary } = JSON.parse((await verify(labs[1])()).stdout) as { summary: { objectsRead: number } }
  // Each night has a manifest and one changed store; the first one has four stores more.
  const expected = many * 2 + 4
  return {
    title: 'Cost of many backups, one of five stores changed each night',
    rows: [
      secondsRow(standing.few),
      secondsRow(standing.many),
      {
        what: `time for ${many / few} times as many backups`,
        measured: `${slope.toFixed(2)} times`,
        wanted: `at most ${many / few} times`,
        isMet: slope <= many / few,
      },
      {
        what: 'readings of unchanged stores',
        measured: `${summary.objectsRead - expected}`,
        wanted: '0',
        isMet: summary.objectsRead === expected,
      },
    ],
    runs: Object.values(standing),
  }
}

/** How soon the command line answers. */
export async function startSection(dir: string, rounds: number): Promise<Section> {
  const lab = await makeFolder(dir, 'small', four(10_000))
  const standing = await inRounds(rounds * 3, {
    help: { name: '--help', run: () => holdfast(['--help']) },
    backups: { name: 'backups of a folder', run: () => holdfast(['backups', ...lab.flags]) },
  })
  const { sdkModules } = await holdfast(['verify', '--all', ...lab.flags], { countModules: true })
  return {
    title: 'Start',
    rows: [
      secondsRow(standing.help, 0.35),
      secondsRow(standing.backups),
      {
        what: 'modules of the AWS SDK loaded for a folder',
        measured: `${sdkModules}`,
        wanted: '0',
        isMet: sdkModules === 0,
      },
    ],
    runs: Object.values(standing),
  }
}

const small = 3000

function one(sizeBytes: number): ReturnType<typeof four> {
  return { sizes: { metadata: sizeBytes, iam: small, connections: small, joblog: small } }
}

function two(sizeBytes: number): ReturnType<typeof four> {
  return { sizes: { metadata: sizeBytes, iam: small, connections: small, joblog: sizeBytes } }
}

async function nights(dir: string, count: number): Promise<FolderLab> {
  return makeFolder(dir, `${count} nights`, {
    ...four(small),
    nights: nightsFrom('2024-01-01T02:00:00Z', count, () => ['metadata']),
  })
}

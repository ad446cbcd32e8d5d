import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { armadaTable } from '../lab/armada.ts'
import { findArmadaBinary } from '../lab/armada-binary.ts'
import { startFilledArmada } from './armada-real.ts'
import { inRounds, type Timed } from './compare.ts'
import { holdfast, measure, type MeasuredRun } from './measure.ts'
import { memoryRow, rateRow, ratioRow, type Section } from './report.ts'

const processFile = fileURLToPath(new URL('armada-process.ts', import.meta.url))
/** Some 255 MB as the server stores them, half as much again when they are decompressed. */
const keys = 2_000_000

/**
 * A table that a server streams over gRPC, in a process of its own (where ARMADA_BIN names armada's program, that): read by a client that only counts, and backed up. Then the backup,
 * verified by the built command line from its start to its end.
 */
export async function armadaSection(dir: string, rounds: number): Promise<Section> {
  const file = join(dir, 'bench.bak')
  await pipeline(armadaTable('bench', 'bench', keys, 2), createWriteStream(file))
  const { size } = await stat(file)
  const binary = findArmadaBinary()
  const isReal = 'program' in binary
  const server = isReal ? await startFilledArmada(binary.program, dir, keys) : await startOwn(file)
  const { target } = server
  try {
    const backups: MeasuredRun[] = []
    const verifications: MeasuredRun[] = []
    let folder = ''
    const standing = await inRounds(rounds, {
      raw: { name: 'a raw gRPC client', run: () => client('raw', target) },
      backup: {
        name: 'a backup',
        async run() {
          await rm(folder, { recursive: true, force: true })
          folder = join(dir, `backups-${backups.length}`)
          await mkdir(folder)
          const run = await client('backup', target, pathToFileURL(folder).href)
          backups.push(run)
          return run
        },
      },
      verification: {
        name: 'its verification',
        async run() {
          const [backupId = ''] = await readdir(folder)
          const repository = pathToFileURL(folder).href
          const run = await holdfast(['verify', backupId, '--system', 'armada', '--repository', repository])
          verifications.push(run)
          return run
        },
      },
    })
    const peak = (runs: readonly MeasuredRun[]): number => Math.max(...runs.map(({ peakBytes }) => peakBytes))
    return {
      title: `armada: a table of ${Math.round(size / 1e6)} MB, streamed over gRPC through the loopback${isReal ? " by armada's own program" : ''}`,
      rows: [
        rateRow(size, standing.raw),
        rateRow(size, standing.backup),
        ratioRow(standing.backup, standing.raw, 0.6),
        memoryRow('peak memory, a backup', peak(backups)),
        rateRow(size, standing.verification),
        ratioRow(standing.verification, standing.raw, 0.6),
        memoryRow('peak memory, its verification', peak(verifications)),
      ],
      runs: Object.values(standing),
    }
  } finally {
    await server.stop()
  }
}

/** Streams the file as fast as a process can that computes nothing for it. */
async function startOwn(file: string): Promise<{ readonly target: string; stop(): Promise<void> }> {
  const server = spawn(process.execPath, [processFile, 'serve', file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [target = ''] = (await once(createInterface({ input: server.stdout }), 'line')) as string[]
  return {
    target,
    async stop() {
      server.stdin.end()
      await once(server, 'exit')
    },
  }
}

async function client(...args: readonly string[]): Promise<MeasuredRun> {
  const { stdout } = await measure([process.execPath, processFile, ...args], {})
  return {
    stdout,
    sdkModules: 0,
    ...(JSON.parse(stdout) as Timed & Pick<MeasuredRun, 'cpuSeconds' | 'peakBytes'>),
  }
}

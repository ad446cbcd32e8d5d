import { join } from 'node:path'
import { countWords } from '../../src/shared/domain/size-words.ts'
import { inRounds } from './compare.ts'
import { manyFiles } from './many.ts'
import { shell, type MeasuredRun } from './measure.ts'
import { memoryRow, ratioRow, secondsRow, type Section } from './report.ts'

const files = 20_000

/** A whole restore of small files into a folder of this machine, beside what unpacks the same archive and checks nothing. */
export async function localRestoreSection(dir: string, rounds: number): Promise<Section> {
  const many = await manyFiles(dir, files)
  const restores: MeasuredRun[] = []
  const standing = await inRounds(rounds, {
    tar: {
      name: 'tar -x, sync',
      run: () => shell(`mkdir ${dir}/tar && tar -xf ${many.file} -C ${dir}/tar && sync && rm -r ${dir}/tar`),
    },
    restore: {
      name: 'a whole restore',
      async run() {
        const folder = `data-${restores.length}`
        const run = await many.restoreTo(folder, join(dir, folder))
        restores.push(run)
        return run
      },
    },
  })
  return {
    title: `Restore of ${countWords(files)} small files to this machine`,
    rows: [
      secondsRow(standing.tar),
      secondsRow(standing.restore),
      ratioRow(standing.restore, standing.tar),
      memoryRow('peak memory, a whole restore', Math.max(...restores.map(({ peakBytes }) => peakBytes))),
    ],
    runs: Object.values(standing),
  }
}

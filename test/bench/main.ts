/**
 * Measures what the built command line promises of speed and memory, beside the tools that an operator would use else.
 *
 *   node test/bench/main.ts [--json] [--rounds 3] [--only folder,bucket,listing,memory,cost,start,local-restore,ssh,
 *   ssh-restore,armada,window]
 *
 * Prints ratios of one run on one machine; it is no test and does not fail where a wish is not met. Needs about 9 GB for
 * temporary files.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRgw, type Rgw } from '../lab/rgw.ts'
import { armadaSection } from './armada.ts'
import { bucketSection, listingSection } from './bucket.ts'
import { costSection, memorySection, startSection } from './cost.ts'
import { folderSection } from './folder.ts'
import { localRestoreSection } from './local-restore.ts'
import { machineInWords, thisMachine } from './machine.ts'
import { tableOf, type Section } from './report.ts'
import { sshRestoreSection } from './ssh-restore.ts'
import { sshSection } from './ssh.ts'
import { windowSection } from './window.ts'

const sections = [
  'start',
  'folder',
  'bucket',
  'listing',
  'memory',
  'cost',
  'local-restore',
  'ssh',
  'ssh-restore',
  'armada',
  'window',
] as const

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: sections.join(',') },
  },
})
const rounds = Number(values.rounds)
const machine = thisMachine()
if (!values.json) console.log(`${machineInWords(machine)}\n`)

const lab: { rgw: Rgw | null } = { rgw: null }
const made: Section[] = []
try {
  for (const name of sections.filter((each) => values.only.split(',').includes(each))) {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
    try {
      const section = await run(name, dir)
      made.push(section)
      if (!values.json) console.log(tableOf(section))
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  }
} finally {
  if (lab.rgw !== null && 'stop' in lab.rgw) await lab.rgw.stop()
}
if (values.json) console.log(JSON.stringify({ machine, sections: made }, null, 2))

async function run(name: (typeof sections)[number], dir: string): Promise<Section> {
  switch (name) {
    case 'ssh':
      return sshSection(rounds)
    case 'start':
      return startSection(dir, rounds)
    case 'ssh-restore':
      return sshRestoreSection(rounds)
    case 'armada':
      return armadaSection(dir, rounds)
    case 'local-restore':
      return localRestoreSection(dir, rounds)
    case 'folder':
      return folderSection(dir, rounds)
    case 'memory':
      return memorySection(dir)
    case 'cost':
      return costSection(dir, rounds)
    case 'window':
      return windowSection(dir, rounds)
    case 'bucket':
    case 'listing': {
      const rgw = (lab.rgw ??= await startRgw())
      if ('skip' in rgw) return { title: `Ceph RGW: not here (${rgw.skip})`, rows: [], runs: [] }
      return name === 'bucket' ? bucketSection(rgw, dir, rounds) : listingSection(rgw, dir, rounds)
    }
  }
}

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { CliPorts, DemonstrationFleet, DemonstrationLab } from '../../src/main/cli/context.ts'
import { HoldfastError } from '../../src/shared/domain/error.ts'
import { describeFleet, makeDemonstrationFleet } from './demonstration-fleet.ts'
import { makeDemonstration } from './demonstration.ts'

/** Stands in a folder of a demonstration, and says when its fleet was made; null: not yet, or not to its end. */
const sign = '.holdfast-demonstration.json'
const signed = z.strictObject({ schema: z.literal(1), fleetMadeAt: z.string().nullable() })

/** What a demonstration makes, by its two forms. Nothing else in its folder is ever removed. */
const fleetNames = ['fleet', 'fleet.key', 'desk']
const labNames = ['master.key', 'kiok-backups', 'chango-backups', 'kiok-restored', 'chango-restored', 'state']

type Ports = Pick<CliPorts, 'clock' | 'openStore' | 'openByteWork'>

/** The clusters of the window: those that were made in this folder before, with all that happened to them, or new ones. */
export async function demonstrationFleet(
  dir: string,
  ports: Ports,
): Promise<DemonstrationFleet & { readonly madeAt: string | null }> {
  const { fleetMadeAt } = await demandOwn(dir)
  if (fleetMadeAt !== null) return { ...describeFleet(dir), madeAt: fleetMadeAt }
  await begin(dir, fleetNames, null)
  const fleet = await makeDemonstrationFleet(dir, ports)
  await write(dir, new Date(ports.clock.now()).toISOString())
  return { ...fleet, madeAt: null }
}

/** The repositories of the command line, made anew. `renewed`: they were there before. */
export async function demonstrationLab(
  dir: string,
  ports: Ports,
): Promise<DemonstrationLab & { readonly renewed: boolean }> {
  const { fleetMadeAt } = await demandOwn(dir)
  const renewed = await begin(dir, labNames, fleetMadeAt)
  return { ...(await makeDemonstration(dir, ports)), renewed }
}

/** Throws `usage` for a folder that holds anything and is none of a demonstration. */
async function demandOwn(dir: string): Promise<z.infer<typeof signed>> {
  const names = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw notOurs(dir, error)
  })
  if (names.length === 0) return { schema: 1, fleetMadeAt: null }
  try {
    return signed.parse(JSON.parse(await readFile(join(dir, sign), 'utf8')))
  } catch (error) {
    throw notOurs(dir, error)
  }
}

function notOurs(dir: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'usage',
    {
      what: `${dir} is no folder of a demonstration, and is not empty.`,
      why: 'A demonstration is made, and made anew, only in a folder of its own.',
      unchanged: 'Nothing was changed.',
      next: 'Name another folder, or none.',
    },
    { cause },
  )
}

/** Removes what an earlier one has made under these names; true where there was any. */
async function begin(dir: string, names: readonly string[], fleetMadeAt: string | null): Promise<boolean> {
  await mkdir(dir, { recursive: true })
  await write(dir, fleetMadeAt)
  const there = new Set(await readdir(dir))
  const old = names.filter((name) => there.has(name))
  for (const name of old) await rm(join(dir, name), { recursive: true })
  return old.length > 0
}

async function write(dir: string, fleetMadeAt: string | null): Promise<void> {
  await writeFile(join(dir, sign), `${JSON.stringify({ schema: 1, fleetMadeAt })}\n`)
}

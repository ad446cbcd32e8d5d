import { randomUUID } from 'node:crypto'
import { lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { HoldfastError } from '../../../shared/domain/error.ts'
import type { Clock } from '../../ports/clock.ts'
import type { LeftScratch, Scratch, ScratchSpace } from '../../ports/scratch-space.ts'
import { makePrivateFolder, readPrivateFile, replaceFile, systemCode } from '../files/private-files.ts'
import { judgeProcess, thisProcess, type ProcessIdentity } from '../files/process-identity.ts'
import { refuseAbove } from './refuse-above.ts'

const entryName = /^[0-9a-f-]{36}\.json$/

/** What is written down of a scratch folder before it is made. */
const entry = z.object({
  dir: z.string(),
  what: z.string(),
  since: z.string(),
  maker: z.object({
    host: z.string(),
    pid: z.number().int().min(1),
    startTicks: z.string().nullable(),
    bootId: z.string().nullable(),
    pidNamespace: z.string().nullable(),
  }),
})
type Entry = z.infer<typeof entry>

/** Keeps its list in `<folder>/<id>.json`; scratch folders are made there, too, where no other place is asked for. */
export function openScratchSpace(
  folder: string,
  {
    clock,
    judge = judgeProcess,
  }: {
    readonly clock: Pick<Clock, 'now'>
    readonly judge?: (maker: ProcessIdentity) => Promise<'alive' | 'dead' | 'unknown'>
  },
): ScratchSpace {
  return {
    usual: folder,

    async make(above, { what, apartFrom }): Promise<Scratch> {
      await makePrivateFolder(folder)
      const parent = await refuseAbove(above ?? folder, apartFrom)
      const id = randomUUID()
      const dir = join(parent, nameOf(id))
      const since = new Date(clock.now()).toISOString()
      const content: Entry = { dir, what, since, maker: await thisProcess() }
      await replaceFile(fileOf(id), `${JSON.stringify(content)}\n`)
      try {
        await mkdir(dir, { mode: 0o700 })
      } catch (error) {
        await rm(fileOf(id), { force: true })
        throw notMade(dir, error)
      }
      return { dir, remove: async () => remove(id, dir) }
    },

    async refuse(above, apartFrom) {
      if (above !== null) await refuseAbove(above, apartFrom)
    },

    async sweep() {
      const found: LeftScratch[] = []
      for (const name of await readdir(folder).catch(() => [])) {
        if (!entryName.test(name)) continue
        const id = basename(name, '.json')
        const left = parse(await readPrivateFile(fileOf(id)).catch(() => null), id)
        if (left === null) continue
        const maker = await judge(left.maker)
        if (maker === 'alive') continue
        const { dir, what, since } = left
        found.push({ dir, what, since, stands: await whyItStands(id, left, maker) })
      }
      return found
    },
  }

  function fileOf(id: string): string {
    return join(folder, `${id}.json`)
  }

  /** Its name is forgotten last: what cannot be removed now is tried again at the next start. */
  async function remove(id: string, dir: string): Promise<void> {
    try {
      await removeOwn(dir)
      await rm(fileOf(id), { force: true })
    } catch (error) {
      throw new HoldfastError('restore.failed', {
        what: `The scratch folder ${dir} could not be removed.`,
        why: error instanceof Error ? error.message : 'The system gives no reason.',
        unchanged: 'What was restored for trial still lies there, readable for this account alone.',
        next: 'The next start tries again; or remove it by hand.',
      })
    }
  }

  async function whyItStands(
    id: string,
    { dir, maker }: Entry,
    judged: 'dead' | 'unknown',
  ): Promise<string | null> {
    if (judged === 'unknown') {
      return `It was made by process ${maker.pid} on ${maker.host}, and whether that one still runs cannot be told from here.`
    }
    try {
      await remove(id, dir)
      return null
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      return error.text.why ?? error.text.what
    }
  }
}

function nameOf(id: string): string {
  return `holdfast-scratch-${id}`
}

/** A folder of this account alone is removed: what stands under its name otherwise is somebody else's. */
async function removeOwn(dir: string): Promise<void> {
  try {
    const stats = await lstat(dir)
    if (!stats.isDirectory()) throw new Error('It is no folder any more.')
    if (process.geteuid !== undefined && stats.uid !== process.geteuid())
      throw new Error('It belongs to another user.')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  await rm(dir, { recursive: true, force: true })
}

/** Null for what is no entry, or names another folder than its own. */
function parse(bytes: Uint8Array | null, id: string): Entry | null {
  if (bytes === null) return null
  try {
    const found = entry.parse(JSON.parse(new TextDecoder().decode(bytes)))
    return basename(found.dir) === nameOf(id) ? found : null
  } catch {
    return null
  }
}

function notMade(dir: string, error: unknown): HoldfastError {
  return new HoldfastError(
    systemCode(error) === 'ENOSPC' ? 'target.full' : 'target.refused',
    {
      what: `The scratch folder ${dir} could not be made.`,
      why: error instanceof Error ? error.message : 'The system gives no reason.',
      unchanged: 'Nothing was changed.',
      next: 'Name another folder with --scratch.',
    },
    { cause: error },
  )
}

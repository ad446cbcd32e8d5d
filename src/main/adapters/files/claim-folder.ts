import { randomInt, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Clock } from '../../ports/clock.ts'
import { openPrivateFile, readPrivateFile, syncFolder, systemCode } from './private-files.ts'
import { judgeProcess, thisProcess } from './process-identity.ts'

/**
 * Each instance that wants a folder has a claim file of its own, under a name that is never used again. It first shows
 * its own and only then looks for others: of two that come at once at least one sees the other and steps back. Removing
 * the file of a dead process can therefore never remove a living one's.
 */
const claimName = /^instance-[0-9a-f-]{36}\.json$/
const draftName = /^instance-[0-9a-f-]{36}\.json\.new$/

const owner = z.object({
  host: z.string(),
  pid: z.number().int().min(1),
  startTicks: z.string().nullable(),
  bootId: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  since: z.string(),
})

export interface Holder {
  /** Who it is, as the subject of a sentence. */
  readonly who: string
  readonly file: string
}

export type Claim =
  | { readonly held: true; readonly release: () => Promise<void> }
  | { readonly held: false; readonly holder: Holder }

/** Two that started at once have both stepped back: they try again, each after a time of its own. */
const tries = 5
const longestPauseMs = 60

/** Claims the folder for this process; a killed process holds nothing, though nobody has asked after it yet. */
export async function claimFolder(folder: string, { clock }: { readonly clock: Clock }): Promise<Claim> {
  for (let left = tries; ; left -= 1) {
    const claim = await tryToClaim(folder, clock)
    if (claim.held || left <= 1) return claim
    await clock.wait(randomInt(longestPauseMs))
  }
}

async function tryToClaim(folder: string, clock: Clock): Promise<Claim> {
  const name = `instance-${randomUUID()}.json`
  const file = join(folder, name)
  const release = async (): Promise<void> => rm(file, { force: true })
  try {
    await show(file, { ...(await thisProcess()), since: new Date(clock.now()).toISOString() })
    const holder = await findOther(folder, name)
    if (holder === null) {
      await syncFolder(folder)
      return { held: true, release }
    }
    await release()
    return { held: false, holder }
  } catch (error) {
    await release()
    // Another instance took the folder meanwhile and swept our draft.
    if (systemCode(error) === 'ENOENT') return { held: false, holder: { who: 'another instance', file } }
    throw error
  }
}

/** The file has its name only once it is whole. */
async function show(file: string, content: z.infer<typeof owner>): Promise<void> {
  const handle = await openPrivateFile(
    `${file}.new`,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
  )
  try {
    await handle.writeFile(`${JSON.stringify(content)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
}

async function findOther(folder: string, own: string): Promise<Holder | null> {
  for (const name of await readdir(folder)) {
    if (!claimName.test(name) || name === own) continue
    const file = join(folder, name)
    const bytes = await readPrivateFile(file).catch(() => new Uint8Array())
    if (bytes === null) continue
    const found = parse(bytes)
    if (found === null) return { who: 'an instance that cannot be told', file }
    if ((await judgeProcess(found)) !== 'dead') {
      return { who: `process ${found.pid} on ${found.host}, running since ${found.since}`, file }
    }
    await rm(file, { force: true })
  }
  return null
}

function parse(bytes: Uint8Array): z.infer<typeof owner> | null {
  try {
    return owner.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return null
  }
}

/** Removes what killed instances left unfinished. Only for whoever holds the folder: the others' are left alone. */
export async function sweepClaims(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (draftName.test(name)) await rm(join(folder, name), { force: true })
  }
}

import { watch } from 'node:fs'
import { access, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { replaceFile } from '../files/private-files.ts'

/** Word that a job is to be cancelled: an empty file of its name, which whoever runs the job takes away. */
const ending = '.cancel'
const lookAgainMs = 50

export function isWord(name: string): boolean {
  return name.endsWith(ending)
}

/** Takes each word as it is left. Where the system cannot watch a folder, nobody is told that a word was taken. */
export function listenForWords(folder: string, listener: (jobId: string) => void): () => void {
  const take = async (name: string): Promise<void> => {
    // Of several notices of one word the first one finds it.
    const isTaken = await rm(join(folder, name)).then(
      () => true,
      () => false,
    )
    if (isTaken) listener(basename(name, ending))
  }
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name !== null && isWord(name)) void take(name)
    })
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => undefined
  }
}

export async function leaveWord(folder: string, jobId: string, patienceMs: number): Promise<void> {
  const file = join(folder, `${jobId}${ending}`)
  await replaceFile(file, '')
  const until = performance.now() + patienceMs
  while (await isThere(file)) {
    if (performance.now() > until) {
      await rm(file, { force: true })
      throw new HoldfastError('state.readOnly', {
        what: 'The process that runs the job was asked to cancel it, and did not answer.',
        unchanged: 'The job goes on there.',
        next: 'Cancel it in the window of that process, or with Ctrl-C where a terminal follows it.',
      })
    }
    await rest(lookAgainMs)
  }
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

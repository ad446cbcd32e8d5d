/** A thread that swaps a folder for a link to another and back, again and again; says how often it managed to. */
import { renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

const { folder, victim, times } = workerData as { folder: string; victim: string; times: number }
let swaps = 0
for (let count = 0; count < times; count += 1) {
  const away = `${folder}.away-${count}`
  attempt(() => renameSync(folder, away))
  if (attempt(() => symlinkSync(victim, folder))) {
    swaps += 1
    attempt(() => unlinkSync(folder))
  }
  // Fails where the restore has made itself a new folder; then that one is the next to be swapped.
  attempt(() => renameSync(away, folder))
}
parentPort?.postMessage(swaps)

function attempt(work: () => void): boolean {
  try {
    work()
    return true
  } catch {
    return false
  }
}

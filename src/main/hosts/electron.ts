import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, dialog } from 'electron'
import { isHoldfastError } from '../../shared/domain/error.ts'
import { openDesktop, prepareDesktop } from '../electron/open-desktop.ts'
import { createFinishTeller } from '../electron/tell-finished.ts'
import { systemRandom } from '../adapters/system/random.ts'
import { notificationFor, quitQuestion } from '../jobs/job-words.ts'
import { openDesk } from './desk.ts'
import { keepOutOfDumps } from './keep-out-of-dumps.ts'
import { endOnUncaught } from './last-words.ts'
import { keepYoungHeapSmall } from './small-young-heap.ts'
import { stateFolder } from './state-folder.ts'

/** Links of the window that may leave it, by their exact hosts. There is none yet. */
const externalHosts: ReadonlySet<string> = new Set()

// By default this signal opens an inspector to every program of the host.
process.on('SIGUSR1', () => {})
keepOutOfDumps()
keepYoungHeapSmall()
endOnUncaught((code) => app.exit(code))
// Not awaited here: Electron is ready only after this module has been run to its end.
const folder = stateFolder(process.env, homedir())
if (prepareDesktop(join(folder, 'window'))) run().catch(failed)
else app.quit()

function failed(error: unknown): void {
  // Whatever it is, its text is for the terminal of the account that started it.
  process.stderr.write(`holdfast: the window could not be opened: ${String(error)}\n`)
  // Started by an icon, nobody reads a terminal; before it is ready, Electron shows no box on Linux.
  const words = isHoldfastError(error) ? error.message : 'What went wrong was told to the terminal.'
  const show = (): void => dialog.showErrorBox('Holdfast could not open its window', words)
  void app
    .whenReady()
    .then(show)
    .finally(() => app.exit(1))
}

async function run(): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  let isSeen = true
  const running = await openDesk({
    stateFolder: folder,
    version,
    shell: 'window',
    workerUrl: new URL('./worker.js', import.meta.url),
    setVisible: (visible) => {
      isSeen = visible
    },
  })
  const { desk, router, log } = running
  running.startLooking()
  const desktop = await openDesktop({
    router,
    pagesFolder: fileURLToPath(new URL('../renderer', import.meta.url)),
    preloadFolder: fileURLToPath(new URL('../preload', import.meta.url)),
    externalHosts,
    quitWords: () => quitQuestion(desk.jobs.list()),
    close: () => running.close(),
    random: systemRandom,
    log,
  })
  const tell = createFinishTeller({
    noticeOf: (job) => notificationFor(job, { visible: isSeen }),
    notify: (notice) => desktop.notify(notice),
  })
  desk.jobs.onChange((id) => tell(desk.jobs.get(id)))
}

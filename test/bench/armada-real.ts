import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openFolderStore } from '../../src/main/adapters/folder/folder-store.ts'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { armadaConnection } from '../../src/main/systems/armada/live/connection.ts'
import { restoreArmada } from '../../src/main/systems/armada/live/restore-armada.ts'
import { openServer } from '../../src/main/systems/armada/live/server.ts'
import { makeArmadaBackup } from '../lab/armada.ts'
import { startArmadaProcess } from '../lab/armada-binary.ts'
import { labSessions } from '../lab/masters/lab-session.ts'

/** A server of armada's own program with one table, `bench`, that a restore has filled with the lab's keys. */
export async function startFilledArmada(
  program: string,
  dir: string,
  keys: number,
): Promise<{ readonly target: string; stop(): Promise<void> }> {
  const folder = join(dir, 'filled')
  await mkdir(folder)
  const store = await openFolderStore(folder)
  await makeArmadaBackup(
    'filled',
    '2026-11-19T02:00:00Z',
    { seed: 'bench', tables: { bench: keys }, version: 1 },
    store,
  )
  await store.close()
  const server = await startArmadaProcess({ program })
  const target = `127.0.0.1:${server.port}`
  const origin = `http://${target}`
  const config = armadaConnection.parse({ servers: [origin] })
  const session = labSessions({ name: 'bench', system: 'armada', address: pathToFileURL(folder).href }, {})()
  try {
    const opened = await openServer(origin, session, config)
    const isReady = async (): Promise<boolean> =>
      opened.status().then(
        ({ errors }) => errors.length === 0,
        () => false,
      )
    while (!(await isReady())) await systemClock.wait(250)
    const silent = { progress: () => undefined, log: () => undefined }
    for await (const _ of restoreArmada(session, config, { backupId: 'filled' }, silent));
  } catch (error) {
    await server.stop()
    throw error
  } finally {
    await session.close()
  }
  return { target, stop: () => server.stop() }
}

import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { startRgw, type Rgw } from './rgw.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the shared servers of this run; each starts when it is first asked for. */
    labUrl: string
  }
}

/** One lab for a whole test run. Test files ask for what they need over loopback, since each has its own process. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let rgw: Promise<Rgw> | undefined
  const desk = createServer((_request, response) => {
    rgw ??= startRgw()
    rgw.then(
      (started) => response.end(JSON.stringify(started)),
      (error: unknown) => response.end(JSON.stringify({ skip: String(error) })),
    )
  })
  await new Promise<void>((resolve) => {
    desk.listen(0, '127.0.0.1', resolve)
  })
  const address = desk.address()
  if (address === null || typeof address === 'string') throw new Error('the lab has no port')
  project.provide('labUrl', `http://127.0.0.1:${address.port}`)
  return async () => {
    desk.closeAllConnections()
    desk.close()
    const started = await rgw
    if (started !== undefined && 'stop' in started) await started.stop()
  }
}

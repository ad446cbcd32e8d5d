import { createServer } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { RPCHandler } from '@orpc/server/node'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { systemRandom } from '../../src/main/adapters/system/random.ts'
import { readPageFile } from '../../src/main/pages/page-file.ts'
import { createFakeDesk } from './fake-desk/fake-desk.ts'
import { scenarios } from './fake-desk/world.ts'
import { memoryLog } from './memory-log.ts'

/**
 * The built window over a fake desk, for whoever works on it: `node test/fakes/serve-window.ts [--port N] [--scenario NAME]`.
 * It has no guard at all and knows no secret; never serve anything real with it.
 */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '4700' }, scenario: { type: 'string', default: 'usual' } },
})
const scenario = scenarios.find((name) => name === values.scenario)
if (scenario === undefined) throw new Error(`--scenario is one of ${scenarios.join(', ')}.`)

const log = memoryLog()
const { router } = await createFakeDesk({ scenario, clock: systemClock, random: systemRandom, log })
const handler = new RPCHandler(router)
const folder = join(import.meta.dirname, '../../out/renderer')

const server = createServer((request, response) => {
  void (async () => {
    const { matched } = await handler.handle(request, response, {
      prefix: '/rpc',
      context: { shell: 'browser', log },
    })
    if (matched) return
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/session') {
      // Whatever token the address had.
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"json":{"bearer":"fake"}}')
      return
    }
    const file = await readPageFile(pathname, { folder, random: systemRandom })
    response.writeHead(file === null ? 404 : 200, file?.headers).end(file?.body)
  })()
})
server.listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`${scenario} at http://127.0.0.1:${values.port}/#token=fake\n`)
})

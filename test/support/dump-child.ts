/**
 * Has a canary in its memory, says its forms, and ends as it is told: `segfault`, `throw`. With `kept` it has begun as the
 * programs of this package do.
 */
import { keepOutOfDumps } from '../../src/main/hosts/keep-out-of-dumps.ts'

const [end = '', begin = ''] = process.argv.slice(2)
if (begin === 'kept') keepOutOfDumps()

/** Put together here, so that it is in no source and no argument. */
const secret = Buffer.from(['canary', 'in', 'memory', String(40 + 7)].join('-'))
process.on('exit', () => secret.fill(0))

if (end === 'throw') throw new Error('It broke.')
process.kill(process.pid, 'SIGSEGV')
// Until the signal has come.
setInterval(() => undefined, 1000)

import { Buffer } from 'node:buffer'
import { systemClock } from '../../src/main/adapters/system/clock.ts'
import { fakeHost, type FakeAnswer, type FakeCall } from '../fakes/remote-host.ts'
import { remoteHostSuite } from './remote-host-suite.ts'

/** Plays the few programs that the suite asks for. */
async function play(call: FakeCall): Promise<FakeAnswer | null> {
  const { argv, environment = {}, secretEnvironment = {} } = call
  switch (argv[0]) {
    case 'printf':
      return { stdout: argv.slice(2).map((word) => `${word}\0`).join('') } // prettier-ignore
    case 'cat': {
      const bytes = await call.readStdin()
      return { stdout: endlessly(bytes, 1) }
    }
    case 'sleep':
      return { hangs: true }
    case 'true':
      return {}
    case 'head':
      return { stdout: endlessly(Buffer.alloc(1_000_000), Number(argv[2]) / 1_000_000) }
    case 'yes':
      return { stdout: endlessly(Buffer.from('y\n'), Number.POSITIVE_INFINITY) }
    case 'sh': {
      const script = argv[2] ?? ''
      if (script.includes('exit 3')) return { stdout: 'out\n', stderr: 'err\n', code: 3 }
      if (script.includes('kill')) return { signal: 'SIGKILL' }
      if (script.includes('started')) return { stdout: 'started\n', hangs: true }
      if (script.includes('>&2')) return { stderr: `${'x'.repeat(100_000)}\u001bend` }
      const variables = { ...environment, ...secretEnvironment }
      const values = ['OPEN', 'SECRET', 'EMPTY', 'TRAILING'].map((name) => `${variables[name] ?? ''}\0`)
      return { stdout: `${values.join('')}${(await call.readStdin()).toString()}` }
    }
    default:
      return null
  }
}

async function* endlessly(piece: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < times; done += 1) yield piece
}

remoteHostSuite('a scripted host', async () => ({
  open: async () => fakeHost(play, { clock: systemClock }),
  asUsers: { free: 'free', asked: 'asked' },
  cleanUp: async () => undefined,
}))

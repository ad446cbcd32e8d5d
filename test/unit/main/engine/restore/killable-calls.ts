import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { KillSwitch } from './killable.ts'

type Call = (...given: unknown[]) => unknown

let armed: KillSwitch | null = null

/** From here on every system call that changes something is a point at which the process may die. */
export function killAtCalls(kill: KillSwitch): Disposable {
  armed = kill
  return { [Symbol.dispose]: () => void (armed = null) }
}

const changing = new Set(['mkdir', 'rename', 'link', 'unlink', 'rmdir', 'truncate', 'chmod', 'chown'])

/** `node:fs/promises`, for vi.mock: calls that change something are points, and the dead call nothing any more. */
export function killableCalls<T extends object>(original: T): T {
  const wrapped = Object.entries(original).map(([name, value]: [string, unknown]) => [
    name,
    !isCall(value) ? value : name === 'open' ? opening(value) : calling(name, value, null),
  ])
  return Object.fromEntries(wrapped) as T
}

function opening(open: Call): Call {
  return async (...given) => {
    const flags = typeof given[1] === 'number' ? given[1] : 0
    if ((flags & constants.O_CREAT) !== 0) armed?.tick()
    else armed?.check()
    return handleOf((await open(...given)) as FileHandle)
  }
}

function handleOf(handle: FileHandle): FileHandle {
  return new Proxy(handle, {
    get(inner, property) {
      const value: unknown = Reflect.get(inner, property, inner)
      if (!isCall(value)) return value
      // The system closes what a dead process had open.
      if (property === 'close' || property === Symbol.asyncDispose) return value.bind(inner)
      return calling(String(property), value, inner)
    },
  })
}

function calling(name: string, call: Call, on: FileHandle | null): Call {
  return async (...given) => {
    if (name === 'write') return writing(call, on, given)
    if (changing.has(name)) armed?.tick()
    else armed?.check()
    return Reflect.apply(call, on, given)
  }
}

/** Who dies while writing has written a part. */
async function writing(
  write: Call,
  on: FileHandle | null,
  [bytes, offset, length, position]: unknown[],
): Promise<unknown> {
  try {
    armed?.tick()
  } catch (error) {
    if (armed?.died === 'now')
      await Reflect.apply(write, on, [bytes, offset, Math.floor(Number(length) / 2), position])
    throw error
  }
  return Reflect.apply(write, on, [bytes, offset, length, position])
}

function isCall(value: unknown): value is Call {
  return typeof value === 'function'
}

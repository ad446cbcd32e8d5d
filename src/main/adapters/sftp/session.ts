import type { NodeSSH } from 'node-ssh'
import { HoldfastError } from '../../../shared/domain/error.ts'
import { badAnswer, unreachable } from './sftp-errors.ts'

type Sftp = Awaited<ReturnType<NodeSSH['requestSFTP']>>

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly sizeBytes: number
  /** Whole seconds since the epoch: SFTP version 3 knows no finer time. */
  readonly modifiedSeconds: number
  /** Permission bits. */
  readonly mode: number
  readonly uid: number | null
}

export interface NamedFacts {
  readonly name: string
  readonly facts: FileFacts
}

/**
 * The requests of SFTP version 3 as promises. A failure that the server answers is an `Error` with its status as `code`;
 * a connection that is lost, or a request that is not answered in time, fails all requests with
 * `repository.unreachable`, at once and from then on. Every answer is checked for being of the kind that was asked for.
 */
export interface Session {
  readonly isOpen: boolean
  realPath(path: string): Promise<string>
  lstat(path: string): Promise<FileFacts>
  stat(path: string): Promise<FileFacts>
  openFolder(path: string): Promise<Buffer>
  /** The next names, without `.` and `..`; null at the end. */
  readFolder(handle: Buffer): Promise<readonly NamedFacts[] | null>
  openFile(path: string, mode: 'r' | 'wx'): Promise<Buffer>
  fstat(handle: Buffer): Promise<FileFacts>
  /** How many bytes came: 0 at the end of the file. */
  read(handle: Buffer, into: Buffer, offset: number, lengthBytes: number, position: number): Promise<number>
  write(handle: Buffer, bytes: Buffer, position: number): Promise<void>
  /** Onto the disk, where the server can. */
  sync(handle: Buffer): Promise<void>
  closeHandle(handle: Buffer): Promise<void>
  /** Fails where the new name is taken. */
  rename(from: string, to: string): Promise<void>
  /** Takes the place of what has the new name; false where the server has no way to do so. */
  replace(from: string, to: string): Promise<boolean>
  remove(path: string): Promise<void>
  makeFolder(path: string): Promise<void>
  removeFolder(path: string): Promise<void>
  /** Null where the server does not say. */
  space(path: string): Promise<{ readonly freeBlocks: number; readonly isReadOnly: boolean } | null>
  close(): void
}

type Done = (error: unknown, value?: unknown) => void

export async function openSession(ssh: NodeSSH, host: string, requestTimeoutMs: number): Promise<Session> {
  const pending = new Set<(error: HoldfastError) => void>()
  let death: HoldfastError | null = null

  function die(why: string, cause?: unknown): void {
    death ??= unreachable(`The connection to ${host} is lost.`, why, cause)
    for (const fail of pending) fail(death)
    pending.clear()
    ssh.dispose()
  }

  function ask(send: (done: Done) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (death !== null) return reject(death)
      const timer = setTimeout(() => die('It did not answer in time.'), requestTimeoutMs)
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        pending.delete(fail)
        act()
      }
      const fail = (error: unknown): void => settle(() => reject(error))
      pending.add(fail)
      try {
        send((error, value) => {
          // ssh2's word for a channel that was closed under a request.
          if (error instanceof Error && error.message === 'No response from server')
            die('The connection broke.', error)
          else if (error !== undefined && error !== null) fail(error)
          else settle(() => resolve(value))
        })
      } catch (error) {
        fail(error)
      }
    })
  }

  ssh.connection?.on('close', () => die('The connection was closed.'))
  const channel = await ask((done) => {
    if (ssh.connection === null) die('The connection was closed.')
    else ssh.connection.sftp(done)
  }).catch((error: unknown) => {
    ssh.dispose()
    if (error instanceof HoldfastError) throw error
    throw new HoldfastError(
      'repository.badAnswer',
      { what: `The host ${host} offers no SFTP.`, next: 'Enable the subsystem sftp in its SSH server.' },
      { cause: error },
    )
  })
  const sftp = channel as Sftp
  sftp.on('error', (error: unknown) => die('It did not keep to the protocol.', error))
  sftp.on('close', () => die('The server closed the channel.'))
  sftp.on('end', () => die('The server closed the channel.'))

  return {
    get isOpen() {
      return death === null
    },
    realPath: async (path) => asText(await ask((done) => sftp.realpath(path, done))),
    lstat: async (path) => asFacts(await ask((done) => sftp.lstat(path, done))),
    stat: async (path) => asFacts(await ask((done) => sftp.stat(path, done))),
    fstat: async (handle) => asFacts(await ask((done) => sftp.fstat(handle, done))),
    openFolder: async (path) => asHandle(await ask((done) => sftp.opendir(path, done))),
    openFile: async (path, mode) => asHandle(await ask((done) => sftp.open(path, mode, done))),
    closeHandle: async (handle) => void (await ask((done) => sftp.close(handle, done))),
    async readFolder(handle) {
      const answer = await ask((done) =>
        sftp.readdir(handle, (error, list) => (isEndOfFile(error) ? done(null, null) : done(error, list))),
      )
      return answer === null ? null : asNames(answer)
    },
    async read(handle, into, offset, lengthBytes, position) {
      const answer = await ask((done) => sftp.read(handle, into, offset, lengthBytes, position, done))
      if (typeof answer !== 'number' || answer > lengthBytes)
        throw badAnswer('An answer holds no file content.')
      return answer
    },
    write: async (handle, bytes, position) =>
      void (await ask((done) => sftp.write(handle, bytes, 0, bytes.byteLength, position, done))),
    sync: async (handle) => void (await whereSupported(ask((done) => sftp.ext_openssh_fsync(handle, done)))),
    rename: async (from, to) => void (await ask((done) => sftp.rename(from, to, done))),
    replace: async (from, to) =>
      (await whereSupported(ask((done) => sftp.ext_openssh_rename(from, to, done)))) !== notSupported,
    remove: async (path) => void (await ask((done) => sftp.unlink(path, done))),
    makeFolder: async (path) => void (await ask((done) => sftp.mkdir(path, done))),
    removeFolder: async (path) => void (await ask((done) => sftp.rmdir(path, done))),
    async space(path) {
      const answer = await whereSupported(ask((done) => sftp.ext_openssh_statvfs(path, done)))
      if (typeof answer !== 'object' || answer === null) return null
      const { f_bavail: freeBlocks, f_flag: flags } = answer as Record<string, unknown>
      if (typeof freeBlocks !== 'number' || typeof flags !== 'number') return null
      return { freeBlocks, isReadOnly: (flags & 1) === 1 }
    },
    close: () => die('It was closed here.'),
  }
}

const notSupported = Symbol('not supported')

/** ssh2 throws where the server did not announce an extension. */
async function whereSupported(asked: Promise<unknown>): Promise<unknown> {
  return asked.catch((error: unknown) => {
    if (error instanceof Error && /does not support this extended request/.test(error.message))
      return notSupported
    throw error
  })
}

function isEndOfFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 1
}

function asText(answer: unknown): string {
  if (typeof answer !== 'string') throw badAnswer('An answer holds no path.')
  return answer
}

function asHandle(answer: unknown): Buffer {
  if (!Buffer.isBuffer(answer)) throw badAnswer('An answer holds no handle.')
  return answer
}

const fileTypeBits = 0o170000
const kinds: Readonly<Record<number, FileFacts['kind']>> = {
  0o100000: 'file',
  0o040000: 'folder',
  0o120000: 'link',
}

function asFacts(answer: unknown): FileFacts {
  const { mode, size, mtime, uid } =
    typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {}
  if (typeof mode !== 'number' || typeof size !== 'number' || typeof mtime !== 'number') {
    throw badAnswer('An answer lacks the type, size or time of a file.')
  }
  return {
    kind: kinds[mode & fileTypeBits] ?? 'other',
    sizeBytes: size,
    modifiedSeconds: mtime,
    mode: mode & 0o7777,
    uid: typeof uid === 'number' ? uid : null,
  }
}

function asNames(answer: unknown): readonly NamedFacts[] {
  if (!Array.isArray(answer)) throw badAnswer('An answer holds no names.')
  return answer.map((one: unknown) => {
    const { filename, attrs } =
      typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {}
    if (typeof filename !== 'string') throw badAnswer('An answer holds no names.')
    return { name: filename, facts: asFacts(attrs) }
  })
}

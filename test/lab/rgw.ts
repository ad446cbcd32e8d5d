import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Where a running gateway answers, path style, and with which keys. It knows one user, who may make buckets. */
export interface RgwAccess {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export type Rgw = (RgwAccess & { stop(): Promise<void> }) | { readonly skip: string }

const script = fileURLToPath(new URL('rgw.sh', import.meta.url))
const tools = ['ceph', 'ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw', 'radosgw-admin', 'setpriv', 'curl']

/**
 * Starts a real S3 server (Ceph RGW over one memory OSD), which takes about a quarter of a minute. `skip` says why it
 * cannot be had on this machine. It ends with `stop`, and also when this process dies: the script behind it lives as
 * long as its standard input.
 */
export async function startRgw(): Promise<Rgw> {
  const absent = tools.filter((tool) => spawnSync('which', [tool]).status !== 0)
  if (absent.length > 0) {
    return {
      skip: `no Ceph here (${absent.join(', ')}); Debian: ceph-mon ceph-osd ceph-mgr radosgw ceph-common`,
    }
  }
  const [s3Port, monPort] = await freePorts()
  const keys = {
    accessKeyId: `AK${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
  }
  const folder = await mkdtemp(join('/tmp', 'hf-rgw-'))
  const child = spawn(script, [folder, `${s3Port}`, `${monPort}`, keys.accessKeyId, keys.secretAccessKey], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own group: Ctrl-C reaches it through the closed pipe only, so that it can clean up.
    detached: true,
  })
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('close', () => resolve())
  })
  const complaints = text(child.stderr)
  for await (const line of createInterface(child.stdout)) {
    if (line !== 'ready') continue
    const stop = async (): Promise<void> => {
      child.stdin.destroy()
      await gone
    }
    return { endpoint: `http://127.0.0.1:${s3Port}`, ...keys, stop }
  }
  await gone
  return { skip: `Ceph RGW did not start: ${(await complaints).trim().slice(-1000)}` }
}

/** Two ports that were free a moment ago, held together so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => {
            const address = server.address()
            if (address === null || typeof address === 'string') reject(new Error('no port'))
            else resolve(address.port)
          })
        }),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  const [first, second] = ports
  if (first === undefined || second === undefined) throw new Error('no ports')
  return [first, second]
}

import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { listening } from '../wire.ts'
import { startLabHosts, type LabHosts } from './hosts.ts'

/** A unit that is a file: what is done to it is written down, and each start has an id of its own. */
const systemctl = `#!/bin/sh
cd /opt/lab || exit 1
case $1 in
show)
  case $2 in
  *ExecStart*) echo 'ExecStart={ path=/opt/armada/armada ; argv[]=/opt/armada/armada leader --raft.node-host-dir=/opt/armada/raft --raft.state-machine-dir=/opt/armada/sm ; ignore_errors=no }';;
  *)
    state=inactive
    [ -e node.up ] && state=active
    printf 'LoadState=loaded\\nActiveState=%s\\nInvocationID=%s\\n' "$state" "$(wc -l <record 2>/dev/null || echo 0)";;
  esac;;
restart) echo "restart $3" >>record; : >node.up;;
esac
exit 0
`

/** A node of armada on a host of its own that is down: its port refuses everything until its unit was started there. */
export async function startDownNode(target: number): Promise<
  | { readonly skip: string }
  | {
      readonly port: number
      readonly hosts: LabHosts
      /** What was done to its unit. */
      record(): readonly string[]
      /** As after a disk was lost. */
      loseFolders(): Promise<void>
      close(): Promise<void>
    }
> {
  const hosts = await startLabHosts({
    count: 1,
    serviceUser: 'lab-armada',
    asRoot: true,
    folders: ['armada'],
    files: () => ({ 'bin/systemctl': systemctl }),
  })
  if ('skip' in hosts) return hosts
  const [host] = hosts.hosts
  if (host === undefined) throw new Error('no host')
  const folders = ['raft', 'sm'].map((name) => join(host.tree, 'armada', name))
  for (const folder of folders) {
    await mkdir(folder)
    await writeFile(join(folder, 'log'), 'x')
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    if (!existsSync(join(host.tree, 'lab', 'node.up'))) {
      socket.destroy()
      return
    }
    const onward = connect(target, '127.0.0.1')
    onward.on('error', () => socket.destroy())
    socket.pipe(onward).pipe(socket)
    for (const each of [socket, onward]) sockets.add(each)
  })
  return {
    port: await listening(server),
    hosts,
    record: () => host.record(),
    async loseFolders() {
      for (const folder of folders) await rm(folder, { recursive: true })
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await hosts.close()
    },
  }
}

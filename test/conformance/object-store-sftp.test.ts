import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readKnownHosts } from '../../src/main/adapters/ssh-login/known-hosts.ts'
import { openSftpStore } from '../../src/main/adapters/sftp/sftp-store.ts'
import { startSshd } from '../lab/sshd.ts'
import { objectStoreSuite } from './object-store-suite.ts'

objectStoreSuite('an SFTP folder', async () => {
  const server = await startSshd()
  if ('skip' in server) return server
  const folder = join(server.folder, 'repository')
  await mkdir(folder)
  const store = await openSftpStore(
    { kind: 'sftp', user: server.user, host: server.host, port: server.port, folder },
    {
      account: { home: server.folder, user: server.user },
      hostKeys: async () => readKnownHosts([server.knownHostsFile]),
      credentials: { agentSocket: null, keyFiles: [server.keyFile] },
    },
  )
  return {
    store,
    async fill(keys) {
      for (const key of keys) {
        await mkdir(dirname(join(folder, key)), { recursive: true })
        await writeFile(join(folder, key), '.')
      }
    },
    async cleanUp() {
      await store.close()
      await server.stop()
    },
  }
})

import { reachHost } from '../lab/ssh-home.ts'
import { startSshd } from '../lab/sshd.ts'
import { remoteHostSuite } from './remote-host-suite.ts'

/** The one who logs in may become two others: one without a password, the other with it. */
remoteHostSuite('a real SSH server', async () => {
  const server = await startSshd({
    users: [
      { name: 'lab-operator', password: 'the password', sudo: '(lab-free) NOPASSWD: ALL, (lab-asked) ALL' },
      { name: 'lab-free', password: 'x' },
      { name: 'lab-asked', password: 'y' },
    ],
  })
  if ('skip' in server) return server
  return {
    open: () => reachHost(server, { user: 'lab-operator', sudoPassword: 'the password' }),
    asUsers: { free: 'lab-free', asked: 'lab-asked' },
    cleanUp: () => server.stop(),
  }
})

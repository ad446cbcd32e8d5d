import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface Authority {
  /** PEM file of the authority's own certificate. */
  readonly file: string
  /** A server's certificate for these names (`IP:127.0.0.1`, `DNS:localhost`), valid for this many days from now on; less than 0: expired. */
  issue(names: string, days: number): Certificate
  remove(): void
}

/** A certificate authority of the test's own, by the `openssl` command; null where there is none. */
export function makeAuthority(): Authority | null {
  const folder = mkdtempSync(join(tmpdir(), 'hf-ca-'))
  const at = (name: string): string => join(folder, name)
  const openssl = (...options: string[]): void => {
    execFileSync('openssl', options, { cwd: folder, stdio: 'ignore' })
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  try {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=lab',
      '-days',
      '2',
    )
  } catch {
    rmSync(folder, { recursive: true })
    return null
  }
  return {
    file: at('ca.pem'),
    issue(names, days) {
      openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=server')
      writeFileSync(at('names'), `subjectAltName=${names}\n`)
      openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial',
        '-days', `${days}`, '-extfile', 'names', '-out', 'server.pem') // prettier-ignore
      return { key: readFileSync(at('server.key'), 'utf8'), cert: readFileSync(at('server.pem'), 'utf8') }
    },
    remove() {
      rmSync(folder, { recursive: true })
    },
  }
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { algorithmsFor } from '../../../../../src/main/adapters/ssh-login/algorithms.ts'

test('ssh2 is no older than 1.15, which keeps to the strict exchange of keys against Terrapin (CVE-2023-48795)', () => {
  const ofNodeSsh = createRequire(createRequire(import.meta.url).resolve('node-ssh'))
  const text = readFileSync(ofNodeSsh.resolve('ssh2/package.json'), 'utf8')
  const [major = 0, minor = 0] = /"version": "(\d+)\.(\d+)\./.exec(text)?.slice(1).map(Number) ?? []
  expect(major * 1000 + minor).toBeGreaterThanOrEqual(1015)
})

test('Types of keys that are known are asked for first, RSA by its newer signatures, and none is left out', () => {
  const all = algorithmsFor([]).serverHostKey
  const rsa = algorithmsFor(['ssh-rsa']).serverHostKey
  expect(rsa.slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
  expect(rsa.toSorted()).toEqual(all.toSorted())
  expect(rsa).not.toContain('ssh-rsa')
})

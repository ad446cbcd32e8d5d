import { getCACertificates, rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { systemAuthorities } from '../../../../../src/main/adapters/tls-trust/system-authorities.ts'

test("The system's authorities are believed beside those that come with Node", () => {
  const believed = new Set(systemAuthorities())
  expect(rootCertificates.filter((certificate) => !believed.has(certificate))).toEqual([])
  expect(getCACertificates('system').filter((certificate) => !believed.has(certificate))).toEqual([])
})

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { electronIn, whyNoDesktop } from '../../../../src/main/hosts/desktop-way.ts'

test('There is a desktop where there is a display and the sandbox holds', () => {
  const linux = { platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 } as const
  expect(whyNoDesktop(linux)).toBe(null)
  expect(whyNoDesktop({ ...linux, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toBe(null)
  expect(whyNoDesktop({ ...linux, env: {} })).toBe('there is no display')
  expect(whyNoDesktop({ ...linux, env: { DISPLAY: '' } })).toBe('there is no display')
  expect(whyNoDesktop({ ...linux, uid: 0 })).toMatch(/not root$/)
  expect(whyNoDesktop({ platform: 'darwin', env: {}, uid: 501 })).toBe(null)
  expect(whyNoDesktop({ platform: 'win32', env: {}, uid: null })).toBe(null)
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-electron-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('Electron is used where its program is there, and fetched where it is not', () => {
  writeFileSync(join(folder, 'package.json'), '{"version":"45.4.1"}')
  expect(electronIn(folder)).toEqual({ kind: 'notFetched', installer: join(folder, 'install.js') })
  writeFileSync(join(folder, 'path.txt'), 'electron')
  expect(electronIn(folder)).toMatchObject({ kind: 'notFetched' })
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist/electron'), '')
  expect(electronIn(folder)).toEqual({ kind: 'ready', program: join(folder, 'dist/electron') })
})

test('An Electron in which a foreign page could read our scheme is not used', () => {
  writeFileSync(join(folder, 'package.json'), '{"version":"41.9.9"}')
  expect(electronIn(folder)).toEqual({ kind: 'unusable', reason: 'Electron 41.9.9 is too old to be safe' })
  expect(electronIn(null)).toEqual({ kind: 'unusable', reason: 'Electron is not installed' })
})

test('The Electron of this package is new enough', () => {
  const { devDependencies }: { readonly devDependencies: Readonly<Record<string, string>> } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8'),
  )
  expect(Number(devDependencies['electron']?.split('.')[0])).toBeGreaterThanOrEqual(42)
})

import { FuseV1Options, FuseVersion, type FuseV1Config } from '@electron/fuses'

/**
 * What a packaged Electron can still be made to do from outside (docs/tutorial/fuses.md of Electron). Every fuse of its wire has to
 * be named here: one that a newer Electron adds stops the packaging until it was decided.
 */
export const fuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  // Arm64 Macs run nothing whose signature does not fit its bytes.
  resetAdHocDarwinSignature: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Checked on macOS and Windows; Linux has the list of hashes beside the package instead.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} satisfies FuseV1Config

/** Where an administrator locks settings: where a user of the machine cannot write, and no variable leads elsewhere. */
export function policyFile(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return '/Library/Application Support/Holdfast/policy.json'
  if (platform === 'win32') return 'C:\\ProgramData\\Holdfast\\policy.json'
  return '/etc/holdfast/policy.json'
}

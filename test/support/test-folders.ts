// Throw-away folders and the settings of the test profile.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface TestFolder {
  path: string
  remove(): void
}

/** A new empty folder (its real path, as VS Code reports it), and how to remove it. */
export function temporaryFolder(name: string): TestFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), `costflame-${name}-`)))
  // Retries: a server that is just ending may still write its last log line.
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

/** Writes files given by relative path. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** Settings that keep VS Code quiet and offline; a rejected telemetry call would fail a test in the same host. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
  'terminal.integrated.gpuAcceleration': 'off',
  'terminal.integrated.enablePersistentSessions': false,
}

/** Writes the user settings of a profile before VS Code starts; `settings` win over the quiet ones. */
export function writeUserSettings(
  userDataFolder: string,
  settings: Readonly<Record<string, unknown>> = {},
): void {
  const text = JSON.stringify({ ...quietSettings, ...settings }, null, 2)
  writeFiles(userDataFolder, { 'User/settings.json': text })
}

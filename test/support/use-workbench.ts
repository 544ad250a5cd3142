// One workbench for the tests of a `describe`, closed at the end, with a picture of each failure.
import { type TestFolder, temporaryFolder, writeFiles } from './test-folders'
import { openWorkbench, type Workbench, type WorkbenchOptions } from './workbench'

export interface UseWorkbenchOptions extends Omit<WorkbenchOptions, 'workspaceFolder'> {
  /** The files of the throw-away workspace, by relative path. */
  files: Readonly<Record<string, string>>
}

export interface WorkbenchInUse {
  workbench: Workbench
  workspaceFolder: string
}

/**
 * Call it in a `describe`; the function that it gives may be called in hooks and tests.
 * A test that fails leaves test-results/failed-<title>.png.
 */
export function useWorkbench(options: UseWorkbenchOptions): () => WorkbenchInUse {
  let folder: TestFolder | undefined
  let workbench: Workbench | undefined

  before('open the workbench', async () => {
    folder = temporaryFolder('workspace')
    writeFiles(folder.path, options.files)
    workbench = await openWorkbench({ ...options, workspaceFolder: folder.path })
  })
  afterEach('picture a failure', async function () {
    const test = this.currentTest
    if (test?.state !== 'failed') return
    await workbench?.screenshot(
      `failed-${test
        .fullTitle()
        .replace(/[^\w]+/g, '-')
        .slice(0, 100)}.png`,
    )
  })
  after('close the workbench', async () => {
    await workbench?.close()
    folder?.remove()
  })

  return () => {
    if (!folder || !workbench) throw new Error('the workbench is open only in hooks and tests')
    return { workbench, workspaceFolder: folder.path }
  }
}

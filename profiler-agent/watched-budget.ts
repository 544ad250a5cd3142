// The budget file as it stands on disk, read again when it has changed.

import { type LoadedBudget, loadBudget } from './run-findings'
import { WatchedFile } from './watched-file'

export class WatchedBudget extends WatchedFile<LoadedBudget> {
  constructor(path: string | undefined, root: string | undefined) {
    super(path, root, loadBudget)
  }
}
